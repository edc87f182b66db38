// Charts that are not over time: stacked bars and paths.

import type { Report } from "../data/types";
import { element, escape } from "../lib/dom";
import { show } from "../lib/format";
import { isPaper, type Theme } from "../lib/look";
import { axisLook, colors, legendLook, Picture } from "./canvas";
import { tooltip } from "./time";

/** The border of a bar without height would cover the axis. */
const seen = (value: number) => (value === 0 ? null : value);

function stacked(bars: { name: string; data: number[] }[], theme: Theme) {
  // Parts of a stack stay apart even in grey.
  return bars.map(({ name, data }) => ({ type: "bar" as const, name, data: data.map(seen), stack: "all", itemStyle: { borderColor: theme.paper, borderWidth: 1 } }));
}

/** How many visits waited how long for a charging port. */
export function waitsChart(report: Report): HTMLElement {
  const node = element("div", { class: "chart" });
  let below = 0;
  const classes = report.waits.up_to_min.map((up) => {
    const name = up === null ? `over ${below}` : up === 0 ? "none" : `${below}–${up}`;
    below = up ?? below;
    return name;
  });
  const kinds = [
    { name: "trucks", data: report.waits.trucks },
    { name: "equipment", data: report.waits.equipment },
    { name: "visitors", data: report.waits.visitors },
  ].filter(({ data }) => data.some((n) => n > 0));
  new Picture(node).draw((theme) => ({
    color: colors(kinds.map(({ name }) => name), theme),
    aria: { enabled: true, label: { description: "Waits for a charging port, by class of minutes" } },
    tooltip: tooltip("visits"),
    legend: { top: 0, ...legendLook(theme) },
    grid: { left: 64, right: 20, top: 48, bottom: 46 },
    xAxis: { type: "category", data: classes, name: "wait, minutes", nameLocation: "middle", nameGap: 28, ...axisLook(theme) },
    yAxis: { type: "value", name: "visits", ...axisLook(theme) },
    series: stacked(kinds, theme),
  }));
  return node;
}

/** Stacked bars of one value a name, such as the parts of a cost. */
export function drawStack(node: HTMLElement, names: string[], bars: { name: string; data: number[] }[], unit: string): void {
  new Picture(node).draw((theme) => ({
    color: colors(bars.map((bar) => bar.name), theme),
    aria: { enabled: true, label: { description: `Parts by name, ${unit}` } },
    tooltip: tooltip(unit),
    legend: { top: 0, type: isPaper() ? "plain" : "scroll", ...legendLook(theme) },
    grid: { left: 64, right: 20, top: isPaper() ? 84 : 56, bottom: 30 },
    xAxis: { type: "category", data: names, ...axisLook(theme) },
    yAxis: { type: "value", name: unit, ...axisLook(theme) },
    series: stacked(bars, theme),
  }));
}

export interface Path {
  name: string;
  points: { name: string; x: number; y: number }[];
}

/** Paths of points in order, each point with its name. */
export function drawPaths(node: HTMLElement, paths: Path[], axes: [string, string]): void {
  const formatter = (row: unknown) => {
    const { name, seriesName, value } = row as { name: string; seriesName: string; value: [number, number] };
    return `${escape(seriesName)}, ${escape(name)}<br>${show(value[0])} ${escape(axes[0])}<br>${show(value[1])} ${escape(axes[1])}`;
  };
  const series = ({ name, points }: Path, { ink }: Theme) => ({
    type: "line" as const,
    name,
    data: points.map((point, at) => ({ name: point.name, value: [point.x, point.y], label: { position: at === points.length - 1 ? ("right" as const) : ("top" as const) } })),
    symbolSize: 6,
    label: { show: true, color: ink, formatter: (row: { dataIndex: number; name: string }) => (row.dataIndex % 5 === 0 || row.dataIndex === points.length - 1 ? row.name : "") },
  });
  new Picture(node).draw((theme) => ({
    color: colors(paths.map((path) => path.name), theme),
    aria: { enabled: true, label: { description: `${axes[1]} over ${axes[0]}` } },
    tooltip: { trigger: "item" as const, formatter },
    legend: { top: 0, show: paths.length > 1, ...legendLook(theme) },
    grid: { left: 64, right: 110, top: 40, bottom: 46 },
    xAxis: { type: "value", name: axes[0], nameLocation: "middle", nameGap: 28, ...axisLook(theme) },
    yAxis: { type: "value", name: axes[1], ...axisLook(theme) },
    series: paths.map((path) => series(path, theme)),
  }));
}
