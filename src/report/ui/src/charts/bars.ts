// Charts that are not over time: stacked bars and paths.

import type { Report } from "../data/types";
import { element, escape } from "../lib/dom";
import { show } from "../lib/format";
import type { Theme } from "../lib/look";
import { axisLook, colors, legendLook, Picture } from "./canvas";
import { legendRoom } from "./legend";
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
  const names = kinds.map(({ name }) => name);
  new Picture(node).draw((theme, width) => ({
    color: colors(names, theme),
    aria: { enabled: true, label: { description: "Waits for a charging port, by class of minutes" } },
    tooltip: tooltip("visits"),
    legend: { ...legendRoom(node, names, width).legend, ...legendLook(theme) },
    grid: { left: 64, right: 20, top: legendRoom(node, names, width).top, bottom: 46 },
    xAxis: { type: "category", data: classes, name: "wait, minutes", nameLocation: "middle", nameGap: 28, ...axisLook(theme) },
    yAxis: { type: "value", name: "visits", ...axisLook(theme) },
    series: stacked(kinds, theme),
  }));
  return node;
}

/** Stacked bars of one value a name, such as the parts of a cost. */
export function drawStack(node: HTMLElement, names: string[], bars: { name: string; data: number[] }[], unit: string): void {
  const parts = bars.map(({ name }) => name);
  new Picture(node).draw((theme, width) => ({
    color: colors(parts, theme),
    aria: { enabled: true, label: { description: `Parts by name, ${unit}` } },
    tooltip: tooltip(unit),
    legend: { ...legendRoom(node, parts, width).legend, ...legendLook(theme) },
    grid: { left: 64, right: 20, top: legendRoom(node, parts, width).top, bottom: 30 },
    xAxis: { type: "category", data: names, ...axisLook(theme) },
    yAxis: { type: "value", name: unit, ...axisLook(theme) },
    series: stacked(bars, theme),
  }));
}

export interface Path {
  name: string;
  points: { name: string; x: number; y: number }[];
}

/** Which points have room for their names: none stands beside a named one, by shares of the picture. */
function withRoom(paths: Path[], isNamed: (path: Path, at: number) => boolean): Set<Path["points"][number]> {
  const all = paths.flatMap(({ points }) => points);
  const span = (of: (point: (typeof all)[number]) => number) => Math.max(...all.map(of)) - Math.min(...all.map(of)) || 1;
  const [wide, high] = [span(({ x }) => x), span(({ y }) => y)];
  const named: typeof all = [];
  for (const path of paths) {
    // The last point is asked first: where a path ends says most.
    for (const [at, point] of [...path.points.entries()].reverse()) {
      const covers = (other: (typeof all)[number]) => Math.abs(other.x - point.x) < wide * 0.12 && Math.abs(other.y - point.y) < high * 0.06;
      if (isNamed(path, at) && !named.some(covers)) named.push(point);
    }
  }
  return new Set(named);
}

/** Paths of points in order, each point with its name. */
export function drawPaths(node: HTMLElement, paths: Path[], axes: [string, string]): void {
  const formatter = (row: unknown) => {
    const { name, seriesName, value } = row as { name: string; seriesName: string; value: [number, number] };
    return `${escape(seriesName)}, ${escape(name)}<br>${show(value[0])} ${escape(axes[0])}<br>${show(value[1])} ${escape(axes[1])}`;
  };
  // A name that stands at several points in a row is told at the last of them.
  const isNamed = ({ points }: Path, at: number) => at === points.length - 1 || (points.some((point, index) => index > 0 && point.name === points[index - 1]?.name) ? points[at + 1]?.name !== points[at]?.name : at % 5 === 0);
  // Names that would cover one another are left out; the tooltip has them.
  const named = withRoom(paths, isNamed);
  const series = (path: Path, { ink }: Theme) => ({
    type: "line" as const,
    name: path.name,
    data: path.points.map((point, at) => ({ name: point.name, value: [point.x, point.y], label: { position: at === path.points.length - 1 ? ("right" as const) : ("top" as const) } })),
    symbolSize: 6,
    label: { show: true, color: ink, formatter: (row: { dataIndex: number; name: string }) => (path.points.some((point, at) => at === row.dataIndex && named.has(point)) ? row.name.replaceAll("_", " ") : "") },
  });
  new Picture(node).draw((theme) => ({
    color: colors(paths.map((path) => path.name), theme),
    aria: { enabled: true, label: { description: `${axes[1]} over ${axes[0]}` } },
    tooltip: { trigger: "item" as const, formatter },
    legend: { top: 0, show: paths.length > 1, ...legendLook(theme) },
    grid: { left: 64, right: 110, top: 48, bottom: 46 },
    xAxis: { type: "value", name: axes[0], nameLocation: "middle", nameGap: 28, ...axisLook(theme) },
    yAxis: { type: "value", name: axes[1], ...axisLook(theme) },
    series: paths.map((path) => series(path, theme)),
  }));
}
