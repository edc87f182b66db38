// Charts that are not over time: stacked bars and paths.

import { COLORS, makeChart, whenSeen } from "./canvas";
import { tooltip } from "./charts";
import { show, type Report } from "./data";
import { element, escape } from "./dom";

/** How many waited how long for a port. */
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
  whenSeen(node, () =>
    makeChart(node).setOption({
      animation: false,
      color: COLORS,
      aria: { enabled: true, label: { description: "Waits for a port, by class of minutes" } },
      tooltip: tooltip("vehicles"),
      legend: { top: 0 },
      grid: { left: 64, right: 20, top: 34, bottom: 46 },
      xAxis: { type: "category", data: classes, name: "minutes", nameLocation: "middle", nameGap: 28 },
      yAxis: { type: "value", name: "vehicles" },
      series: kinds.filter(([, data]) => data.some((n) => n > 0)).map(([name, data]) => ({ type: "bar", name, data, stack: "all" })),
    }),
  );
  return node;
}

/** Stacked bars of one value a name, such as the parts of a cost. */
export function drawStack(node: HTMLElement, names: string[], bars: { name: string; data: number[] }[], unit: string): void {
  whenSeen(node, () =>
    makeChart(node).setOption({
      animation: false,
      color: COLORS,
      aria: { enabled: true, label: { description: `Parts by name, ${unit}` } },
      tooltip: tooltip(unit),
      legend: { top: 0 },
      grid: { left: 64, right: 20, top: 56, bottom: 30 },
      xAxis: { type: "category", data: names },
      yAxis: { type: "value", name: unit },
      series: bars.map((bar) => ({ type: "bar", name: bar.name, data: bar.data, stack: "all" })),
    }),
  );
}

/** Paths of points in order, each point with its name. */
export function drawPaths(node: HTMLElement, names: string[], paths: { name: string; x: number[]; y: number[] }[], axes: [string, string]): void {
  const formatter = (row: unknown) => {
    const { dataIndex, seriesName, value } = row as { dataIndex: number; seriesName: string; value: [number, number] };
    return `${escape(seriesName)}, ${escape(names[dataIndex] ?? "")}<br>${show(value[0])} ${escape(axes[0])}<br>${show(value[1])} ${escape(axes[1])}`;
  };
  whenSeen(node, () =>
    makeChart(node).setOption({
      animation: false,
      color: COLORS,
      aria: { enabled: true, label: { description: `${axes[1]} over ${axes[0]}` } },
      tooltip: { trigger: "item" as const, formatter },
      legend: { top: 0, show: paths.length > 1 },
      grid: { left: 64, right: 30, top: 40, bottom: 46 },
      xAxis: { type: "value", name: axes[0], nameLocation: "middle", nameGap: 28 },
      yAxis: { type: "value", name: axes[1] },
      series: paths.map((path) => ({
        type: "line" as const,
        name: path.name,
        data: path.x.map((value, at) => [value, path.y[at] ?? 0]),
        symbolSize: 6,
        label: { show: true, position: "top" as const, formatter: (row: { dataIndex: number }) => (row.dataIndex % 5 === 0 ? (names[row.dataIndex] ?? "") : "") },
      })),
    }),
  );
}
