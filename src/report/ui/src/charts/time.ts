// Charts over time, with a line at the time of the page.

import type { EChartsType } from "echarts/core";
import { element, escape } from "../lib/dom";
import type { Pause } from "../data/types";
import type { Clock } from "../lib/clock";
import { show } from "../lib/format";
import { isPaper, type Theme } from "../lib/look";
import { number, table, whenOpened } from "../lib/tables";
import { labelled } from "./axis";
import { axisLook, colors, legendLook, limitColor, Picture } from "./canvas";
import { legendRoom } from "./legend";

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
/** From so many steps on, somebody will want to look closer. */
const ZOOMED = 40;
const LEFT = 64;
const RIGHT = 30;
/** Lines with gaps are told apart by their marks, too. */
const MARKS = ["triangle", "circle", "diamond"];

/** The next number of two digits, so that an axis ends on one that can be read. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(value, 1))) - 1);
  return Math.ceil((value * 1.02) / unit) * unit;
}

export class TimeChart {
  readonly node = element("div", { class: "chart" });
  private readonly picture = new Picture(this.node, (chart) => this.started(chart));
  private lines: Line[] = [];
  private limit: number | null = null;
  private pauses: Pause[] = [];
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

  /** Shades hours without work, behind the lines. */
  shade(pauses: Pause[]): this {
    this.pauses = pauses;
    return this;
  }

  /** Draws lines over time, with a limit if there is one. */
  draw(lines: Line[], limit: number | null = null): void {
    [this.lines, this.limit] = [lines, limit];
    this.picture.draw((theme, width) => this.options(theme, width));
    this.mark();
  }

  /** The same as a table, closed until somebody opens it. */
  numbers(): HTMLElement {
    const made = whenOpened(`Numbers: ${this.about}`, () => {
      const columns = ["time", ...this.lines.map((line) => `${line.name}, ${this.unit}`)];
      const rows = this.times.map((time, step) => [time, ...this.lines.map((line) => number(line.data[step] ?? null))]);
      return table(columns, rows, this.about);
    });
    made.classList.add("numbers");
    return made;
  }

  private started(chart: EChartsType): void {
    this.node.append(this.now);
    chart.on("dataZoom", () => this.mark());
    chart.on("finished", () => this.mark());
    chart.getZr().on("click", (event: { offsetX: number; offsetY: number }) => {
      const point = [event.offsetX, event.offsetY];
      if (!this.clock || !chart.containPixel("grid", point)) return;
      this.clock.set(chart.convertFromPixel({ xAxisIndex: 0 }, event.offsetX) * this.step_s);
    });
  }

  /** Moves the line of the time, without drawing the chart again. */
  private mark(): void {
    const { chart } = this.picture;
    if (!chart || !this.clock) return;
    const at = this.clock.seconds.value / this.step_s;
    const last = this.times.length - 1;
    const pixel = (step: number) => chart.convertToPixel({ xAxisIndex: 0 }, step);
    const [first, end] = [pixel(0), pixel(last)];
    const x = first + ((end - first) * Math.min(at, last)) / Math.max(1, last);
    const isInside = x >= LEFT - 1 && x <= chart.getWidth() - RIGHT + 1;
    this.now.style.display = isInside ? "block" : "none";
    if (isInside) this.now.style.transform = `translateX(${x.toFixed(1)}px)`;
  }

  private series(line: Line, at: number, theme: Theme) {
    const isLong = this.times.length > ZOOMED;
    // A point between gaps has no line that could show it.
    const hasGaps = line.data.includes(null) && !line.stepped;
    const isDot = hasGaps || this.times.length === 1;
    return {
      type: "line" as const,
      name: line.name,
      data: line.data,
      showSymbol: isDot,
      showAllSymbol: hasGaps,
      symbol: hasGaps ? (MARKS[at % MARKS.length] ?? "circle") : isDot ? "circle" : "none",
      symbolSize: 6,
      ...(line.stack ? { stack: line.stack } : {}),
      ...(line.stepped ? { step: "end" as const } : {}),
      // Each series would keep points of its own, and stacked areas would not meet.
      ...(line.stack || hasGaps || line.stepped ? {} : { sampling: line.least ? ("min" as const) : ("max" as const) }),
      // A line between the parts of a stack, unless it would swallow spikes of a single step.
      lineStyle: line.stack && !isLong ? { width: 1, color: theme.paper } : { width: line.area ? 0.5 : 1.5, type: line.dashed ? ("dashed" as const) : ("solid" as const) },
      ...(line.area ? { areaStyle: { opacity: line.stack ? 0.85 : 0.45 } } : {}),
      ...(at === 0 && this.pauses.length > 0 ? { markArea: this.shades(theme) } : {}),
    };
  }

  /** The limit as a dashed line that says its value at its end. */
  private limitLine(limit: number, theme: Theme) {
    const color = limitColor(theme);
    const last = this.times.length - 1;
    const label = { show: true, position: "top" as const, align: "right" as const, color, formatter: `limit ${show(limit)} ${this.unit}` };
    return {
      type: "line" as const,
      name: "limit",
      silent: true,
      data: this.times.map((_, at) => (at === last ? { value: limit, label } : { value: limit })),
      symbol: "circle",
      symbolSize: 0,
      showSymbol: true,
      showAllSymbol: true,
      lineStyle: { color, width: 1, type: "dashed" as const },
      itemStyle: { color },
    };
  }

  /** Breaks are darker than the time between shifts. */
  private shades(theme: Theme) {
    const color = (isBreak: boolean) => (theme.isDark ? `rgba(232, 196, 104, ${isBreak ? 0.3 : 0.1})` : `rgba(138, 97, 0, ${isBreak ? 0.22 : 0.07})`);
    const step = (seconds: number) => Math.min(this.times.length - 1, Math.round(seconds / this.step_s));
    const data = this.pauses.map(({ from_s, to_s, is_break }) => [{ xAxis: step(from_s), itemStyle: { color: color(is_break) } }, { xAxis: step(to_s) }]);
    return { silent: true, data };
  }

  private options(theme: Theme, width: number) {
    const { lines, limit, times } = this;
    // Paper has nothing to drag.
    const isLong = times.length > ZOOMED && !isPaper();
    const labels = labelled(times, Math.max(1, Math.floor((width - LEFT - RIGHT) / LABEL_WIDTH)));
    const look = axisLook(theme);
    const axis = labels
      ? { axisLabel: { ...look.axisLabel, interval: (at: number) => labels.has(at), formatter: (_: string, at: number) => labels.get(at) ?? "", hideOverlap: true }, axisTick: { interval: (at: number) => labels.has(at) } }
      : {};
    const room = legendRoom(this.node, lines.map(({ name }) => name), width);
    const bottom = isLong ? 62 : 30;
    [this.now.style.top, this.now.style.bottom] = [`${room.top}px`, `${bottom}px`];
    return {
      color: colors(lines.map((line) => line.name), theme),
      aria: { enabled: true, label: { description: this.about } },
      tooltip: tooltip(this.unit),
      legend: { ...room.legend, data: lines.map(({ name, stack }) => (stack ? { name, icon: "roundRect" } : { name })), ...legendLook(theme) },
      grid: { left: LEFT, right: RIGHT, top: room.top, bottom },
      xAxis: { type: "category", data: times, boundaryGap: false, ...look, ...axis },
      yAxis: { type: "value", name: this.unit, ...look, ...(limit === null ? {} : { max: (value: { max: number }) => roundUp(Math.max(value.max, limit)) }) },
      dataZoom: isLong ? [{ type: "inside", zoomOnMouseWheel: "ctrl" as const }, { type: "slider", height: 18, bottom: 8, textStyle: { color: theme.soft } }] : [],
      series: [...lines.map((line, at) => this.series(line, at, theme)), ...(limit === null ? [] : [this.limitLine(limit, theme)])],
    };
  }
}
