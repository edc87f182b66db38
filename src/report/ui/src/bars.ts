// Charts that are not over time: stacked bars and paths.

import { colors, makeChart, whenSeen } from "./canvas";
import { tooltip } from "./charts";
import { show, type Report } from "./data";
import { element, escape } from "./dom";

/** Parts of a stack stay apart even in grey. */
const APART = { borderColor: "#fff", borderWidth: 1 };

/** The border of a bar without height would cover the axis. */
const seen = (value: number) => (value === 0 ? null : value);

/** How many visits waited how long for a port. */
export function waitsChart(report: Report): HTMLElement {
  const node = element("div", { class: "chart" });
  let below = 0;
  const classes = report.waits.up_to_min.map((up) => {
    const name = up === null ? `over ${below}` : up === 0 ? "none" : `${below}–${up}`;
    below = up ?? below;
    return name;
  });
  const kinds: [string, number[]][] = [
    ["trucks", report.waits.trucks],
    ["equipment", report.waits.equipment],
    ["visitors", report.waits.visitors],
  ];
  const shown = kinds.filter(([, data]) => data.some((n) => n > 0));
  whenSeen(node, () =>
    makeChart(node).setOption({
      animation: false,
      color: colors(shown.map(([name]) => name)),
      aria: { enabled: true, label: { description: "Waits for a port, by class of minutes" } },
      tooltip: tooltip("visits"),
      legend: { top: 0 },
      grid: { left: 64, right: 20, top: 34, bottom: 46 },
      xAxis: { type: "category", data: classes, name: "minutes", nameLocation: "middle", nameGap: 28 },
      yAxis: { type: "value", name: "visits" },
      series: shown.map(([name, data]) => ({ type: "bar", name, data: data.map(seen), stack: "all", itemStyle: APART })),
    }),
  );
  return node;
}

/** Stacked bars of one value a name, such as the parts of a cost. */
export function drawStack(node: HTMLElement, names: string[], bars: { name: string; data: number[] }[], unit: string): void {
  whenSeen(node, () =>
    makeChart(node).setOption({
      animation: false,
      color: colors(bars.map((bar) => bar.name)),
      aria: { enabled: true, label: { description: `Parts by name, ${unit}` } },
      tooltip: tooltip(unit),
      legend: { top: 0, type: "scroll" },
      grid: { left: 64, right: 20, top: 56, bottom: 30 },
      xAxis: { type: "category", data: names },
      yAxis: { type: "value", name: unit },
      series: bars.map((bar) => ({ type: "bar", name: bar.name, data: bar.data.map(seen), stack: "all", itemStyle: APART })),
    }),
  );
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
  whenSeen(node, () =>
    makeChart(node).setOption({
      animation: false,
      color: colors(paths.map((path) => path.name)),
      aria: { enabled: true, label: { description: `${axes[1]} over ${axes[0]}` } },
      tooltip: { trigger: "item" as const, formatter },
      legend: { top: 0, show: paths.length > 1 },
      grid: { left: 64, right: 110, top: 40, bottom: 46 },
      xAxis: { type: "value", name: axes[0], nameLocation: "middle", nameGap: 28 },
      yAxis: { type: "value", name: axes[1] },
      series: paths.map((path) => ({
        type: "line" as const,
        name: path.name,
        data: path.points.map(({ name, x, y }, at) => ({ name, value: [x, y], label: { position: at === path.points.length - 1 ? ("right" as const) : ("top" as const) } })),
        symbolSize: 6,
        label: { show: true, formatter: (row: { dataIndex: number; name: string }) => (row.dataIndex % 5 === 0 || row.dataIndex === path.points.length - 1 ? row.name : "") },
      })),
    }),
  );
}
