// Charts over time, by Apache ECharts.

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, DataZoomComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { show, type Report, type Site } from "./data";
import { element, escape } from "./dom";

use([AriaComponent, BarChart, CanvasRenderer, DataZoomComponent, GridComponent, LegendComponent, LineChart, MarkLineComponent, TooltipComponent]);

const COLORS = ["#1f6fb0", "#e69f00", "#56b4a0", "#9aa5b1", "#b3261e"];

interface Line {
  name: string;
  data: (number | null)[];
  stack?: string;
  area?: boolean;
  dashed?: boolean;
}

const live: EChartsType[] = [];
window.addEventListener("resize", () => live.forEach((chart) => chart.resize()));
window.addEventListener("beforeprint", () => live.forEach((chart) => chart.resize()));

function tooltip(unit: string) {
  return {
    trigger: "axis" as const,
    formatter: (rows: unknown) => {
      const list = rows as { axisValueLabel: string; marker: string; seriesName: string; value: number }[];
      const lines = list.map((row) => `${row.marker}${escape(row.seriesName)}: ${show(row.value)} ${unit}`);
      return [escape(list[0]?.axisValueLabel ?? ""), ...lines].join("<br>");
    },
  };
}

/** The next number of two digits, so that an axis ends on one that can be read. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(value, 1))) - 1);
  return Math.ceil((value * 1.02) / unit) * unit;
}

export class TimeChart {
  readonly node = element("div", { class: "chart" });
  private chart: EChartsType | undefined;

  constructor(
    private readonly times: string[],
    private readonly unit: string,
    private readonly about: string,
  ) {}

  /** Draws lines over time, with a limit if there is one. The node must be on the page. */
  draw(lines: Line[], limit: number | null = null): void {
    if (!this.chart) {
      this.chart = init(this.node);
      live.push(this.chart);
    }
    const series = lines.map((line, at) => ({
      type: "line" as const,
      name: line.name,
      data: line.data,
      stack: line.stack,
      showSymbol: false,
      sampling: "max" as const,
      lineStyle: { width: line.area ? 0.5 : 1.5, type: line.dashed ? ("dashed" as const) : ("solid" as const) },
      areaStyle: line.area ? { opacity: 0.75 } : undefined,
      markLine:
        at === 0 && limit !== null
          ? { silent: true, symbol: "none", data: [{ yAxis: limit }], lineStyle: { color: "#b3261e", type: "dashed" as const }, label: { formatter: `limit ${show(limit)}` } }
          : undefined,
    }));
    this.chart.setOption(
      {
        animation: false,
        color: COLORS,
        aria: { enabled: true, label: { description: this.about } },
        tooltip: tooltip(this.unit),
        legend: { top: 0 },
        grid: { left: 64, right: 70, top: 34, bottom: 62 },
        xAxis: { type: "category", data: this.times, boundaryGap: false },
        yAxis: { type: "value", name: this.unit, max: limit === null ? undefined : (value: { max: number }) => roundUp(Math.max(value.max, limit)) },
        dataZoom: [{ type: "inside" }, { type: "slider", height: 18, bottom: 8 }],
        series,
      },
      true,
    );
  }
}

export function drawWaits(report: Report): { node: HTMLElement; draw: () => void } {
  const node = element("div", { class: "chart" });
  const draw = () => {
    const chart = init(node);
    live.push(chart);
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
    chart.setOption({
      animation: false,
      color: COLORS,
      aria: { enabled: true, label: { description: "Waits for a port, by class of minutes" } },
      tooltip: tooltip("vehicles"),
      legend: { top: 0 },
      grid: { left: 64, right: 20, top: 34, bottom: 46 },
      xAxis: { type: "category", data: classes, name: "minutes", nameLocation: "middle", nameGap: 28 },
      yAxis: { type: "value", name: "vehicles" },
      series: kinds.filter(([, data]) => data.some((n) => n > 0)).map(([name, data]) => ({ type: "bar", name, data, stack: "all" })),
    });
  };
  return { node, draw };
}

/** Stacked bars of one value a name, such as the parts of a cost. The node must be on the page. */
export function drawStack(node: HTMLElement, names: string[], bars: { name: string; data: number[] }[], unit: string): void {
  const chart = init(node);
  live.push(chart);
  chart.setOption({
    animation: false,
    color: [...COLORS, "#7a5195", "#8c6d31", "#4d4d4d", "#bcbd22"],
    aria: { enabled: true, label: { description: `Parts by name, ${unit}` } },
    tooltip: tooltip(unit),
    legend: { top: 0 },
    grid: { left: 64, right: 20, top: 56, bottom: 30 },
    xAxis: { type: "category", data: names },
    yAxis: { type: "value", name: unit },
    series: bars.map((bar) => ({ type: "bar", name: bar.name, data: bar.data, stack: "all" })),
  });
}

/** Paths of points in order, each point with its name. The node must be on the page. */
export function drawPaths(node: HTMLElement, names: string[], paths: { name: string; x: number[]; y: number[] }[], axes: [string, string]): void {
  const chart = init(node);
  live.push(chart);
  chart.setOption({
    animation: false,
    color: COLORS,
    aria: { enabled: true, label: { description: `${axes[1]} over ${axes[0]}` } },
    tooltip: {
      trigger: "item" as const,
      formatter: (row: unknown) => {
        const { dataIndex, seriesName, value } = row as { dataIndex: number; seriesName: string; value: [number, number] };
        return `${escape(seriesName)}, ${escape(names[dataIndex] ?? "")}<br>${show(value[0])} ${escape(axes[0])}<br>${show(value[1])} ${escape(axes[1])}`;
      },
    },
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
  });
}

export function siteLines(site: Site): Line[] {
  return [
    { name: "highest in the time step", data: site.peak_kw },
    { name: "mean", data: site.mean_kw, area: true },
  ];
}
