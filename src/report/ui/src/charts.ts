// Charts over time, with a line at the time of the page.

import type { EChartsType } from "echarts/core";
import { colors, makeChart, whenSeen } from "./canvas";
import type { Clock } from "./clock";
import { show, type Site } from "./data";
import { element, escape } from "./dom";
import { whenOpened, number, table } from "./tables";

export interface Line {
  name: string;
  data: (number | null)[];
  stack?: string;
  area?: boolean;
  dashed?: boolean;
  /** Holds from one step to the next, with no slope between. */
  stepped?: boolean;
  /** What it sinks to matters, not what it rises to. */
  least?: boolean;
}

export function tooltip(unit: string) {
  return {
    trigger: "axis" as const,
    confine: true,
    formatter: (rows: unknown) => {
      const list = rows as { axisValueLabel: string; marker: string; seriesName: string; value: number }[];
      const lines = list.map((row) => `${row.marker}${escape(row.seriesName)}: ${show(row.value)} ${escape(unit)}`);
      return [escape(list[0]?.axisValueLabel ?? ""), ...lines].join("<br>");
    },
  };
}

/** Room that a date needs under a chart, pixels. */
const LABEL_WIDTH = 85;

/** The steps that get a label: the first of each day, or hours where all is within few days. Nothing for other names. */
function labelled(times: string[], most: number): Map<number, string> | null {
  const parts = times.map((time) => time.split(" "));
  if (!parts.every((part) => part.length === 2)) return null;
  const days = parts.flatMap(([day = ""], at) => (at === 0 || day !== parts[at - 1]?.[0] ? [{ at, text: day }] : []));
  const hours = parts.flatMap(([day = "", hour = ""], at) => (/^(00|06|12|18):00$/.test(hour) ? [{ at, text: hour === "00:00" ? day : hour }] : []));
  const all = days.length < 3 ? hours : days;
  const each = Math.ceil(all.length / most);
  return new Map(all.filter((_, index) => index % each === 0).map(({ at, text }) => [at, text]));
}

/** The next number of two digits, so that an axis ends on one that can be read. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(value, 1))) - 1);
  return Math.ceil((value * 1.02) / unit) * unit;
}

/** From so many steps on, somebody will want to look closer. */
const ZOOMED = 40;
const LEFT = 64;
const RIGHT = 40;
/** Lines with gaps are told apart by their marks, too. */
const MARKS = ["triangle", "circle", "diamond"];

export class TimeChart {
  readonly node = element("div", { class: "chart" });
  private chart: EChartsType | undefined;
  private pending: (() => void) | undefined;
  private lines: Line[] = [];
  private readonly now = element("div", { class: "now", "aria-hidden": "true" });
  private clock: Clock | undefined;
  private step_s = 1;

  constructor(
    private readonly times: string[],
    private readonly unit: string,
    private readonly about: string,
  ) {}

  /** Marks the time of `clock`, and moves it where somebody clicks; a step of this chart lasts `step_s`. */
  follow(clock: Clock, step_s = clock.step_s): this {
    this.clock = clock;
    this.step_s = step_s;
    clock.seconds.follow(() => this.mark());
    return this;
  }

  /** Draws lines over time, with a limit if there is one; at once if it can be seen, or else when it is. */
  draw(lines: Line[], limit: number | null = null): void {
    this.lines = lines;
    const isWaiting = this.pending !== undefined;
    this.pending = () => this.drawNow(lines, limit);
    if (this.chart) this.pending();
    else if (!isWaiting) whenSeen(this.node, () => this.pending?.());
  }

  /** The same as a table, closed until somebody opens it. */
  numbers(): HTMLElement {
    return whenOpened(`Numbers: ${this.about}`, () => {
      const columns = ["time", ...this.lines.map((line) => `${line.name}, ${this.unit}`)];
      const rows = this.times.map((time, step) => [time, ...this.lines.map((line) => number(line.data[step] ?? null))]);
      return table(columns, rows, this.about);
    });
  }

  private start(): EChartsType {
    const chart = makeChart(this.node);
    this.node.append(this.now);
    chart.on("dataZoom", () => this.mark());
    chart.on("finished", () => this.mark());
    chart.getZr().on("click", (event: { offsetX: number; offsetY: number }) => {
      const point = [event.offsetX, event.offsetY];
      if (!this.clock || !chart.containPixel("grid", point)) return;
      this.clock.set(Number(chart.convertFromPixel({ xAxisIndex: 0 }, event.offsetX)) * this.step_s);
    });
    this.chart = chart;
    return chart;
  }

  /** Moves the line of the time, without drawing the chart again. */
  private mark(): void {
    if (!this.chart || !this.clock) return;
    const at = this.clock.seconds.value / this.step_s;
    const last = this.times.length - 1;
    const [first, end] = [0, last].map((step) => Number(this.chart?.convertToPixel({ xAxisIndex: 0 }, step)));
    const x = first + ((end - first) * Math.min(at, last)) / Math.max(1, last);
    const isInside = x >= LEFT - 1 && x <= this.chart.getWidth() - RIGHT + 1;
    this.now.style.display = isInside ? "block" : "none";
    if (isInside) this.now.style.transform = `translateX(${x.toFixed(1)}px)`;
  }

  private drawNow(lines: Line[], limit: number | null): void {
    const chart = this.chart ?? this.start();
    // It may have been hidden while the window changed.
    chart.resize();
    const isLong = this.times.length > ZOOMED;
    const labels = labelled(this.times, Math.max(1, Math.floor((chart.getWidth() - LEFT - RIGHT) / LABEL_WIDTH)));
    const series = lines.map((line, at) => {
      // A point between gaps has no line that could show it.
      const hasGaps = line.data.includes(null) && !line.stepped;
      return {
      type: "line" as const,
      name: line.name,
      data: line.data,
      stack: line.stack,
      step: line.stepped ? ("end" as const) : undefined,
      showSymbol: hasGaps || this.times.length === 1,
      showAllSymbol: hasGaps,
      symbol: hasGaps ? MARKS[at % MARKS.length] : this.times.length === 1 ? "circle" : "none",
      symbolSize: 6,
      // Each series would keep points of its own, and stacked areas would not meet.
      sampling: line.stack || hasGaps || line.stepped ? undefined : line.least ? ("min" as const) : ("max" as const),
      // White between the parts of a stack, unless it would swallow spikes of a single step.
      lineStyle: line.stack && !isLong ? { width: 1, color: "#fff" } : { width: line.area ? 0.5 : 1.5, type: line.dashed ? ("dashed" as const) : ("solid" as const) },
      areaStyle: line.area ? { opacity: 0.85 } : undefined,
      markLine:
        at === 0 && limit !== null
          ? { silent: true, symbol: "none", data: [{ yAxis: limit }], lineStyle: { color: "#b3261e", type: "dashed" as const }, label: { formatter: `limit ${show(limit)} ${this.unit}`, position: "insideEndTop" as const, color: "#b3261e" } }
          : undefined,
      };
    });
    chart.setOption(
      {
        animation: false,
        color: colors(lines.map((line) => line.name)),
        aria: { enabled: true, label: { description: this.about } },
        tooltip: tooltip(this.unit),
        legend: { top: 0, type: "scroll", data: lines.map(({ name, stack }) => (stack ? { name, icon: "roundRect" } : { name })) },
        grid: { left: LEFT, right: RIGHT, top: 34, bottom: isLong ? 62 : 30 },
        xAxis: { type: "category", data: this.times, boundaryGap: false, ...(labels && { axisLabel: { interval: (at: number) => labels.has(at), formatter: (_: string, at: number) => labels.get(at) ?? "", hideOverlap: true }, axisTick: { interval: (at: number) => labels.has(at) } }) },
        yAxis: { type: "value", name: this.unit, max: limit === null ? undefined : (value: { max: number }) => roundUp(Math.max(value.max, limit)) },
        dataZoom: isLong ? [{ type: "inside", zoomOnMouseWheel: "ctrl" as const }, { type: "slider", height: 18, bottom: 8 }] : [],
        series,
      },
      true,
    );
    this.mark();
  }
}

/** The least limit of each step where it moves; none where the chart's line of one limit says it all. */
export function limitLine(site: Site): Line[] {
  return site.limits_kw.length > 0 ? [{ name: "limit", data: site.limits_kw, stepped: true, dashed: true }] : [];
}

export function siteLines(site: Site): Line[] {
  return [{ name: "highest in the time step", data: site.peak_kw }, { name: "mean", data: site.mean_kw, area: true }, ...limitLine(site)];
}
