// State of charge as a heat map, on a canvas of its own: the chart library's would add a hundred kilobytes.

import { theme, whenLookChanges } from "../lib/look";
import { whenSeen } from "./canvas";
import { TimeChart } from "./time";
import type { Clock } from "../lib/clock";
import type { Report } from "../data/types";
import { element, section } from "../lib/dom";
import { listen } from "../lib/page";
import { table, whenOpened } from "../lib/tables";

/** From empty to full, dark to light, in the order of the cividis scale: readable with any colour sight and in grey. */
const DARKEST: [number, number, number] = [0, 34, 78];
const STOPS: [number, number, number][] = [
  DARKEST,
  [65, 77, 107],
  [124, 123, 120],
  [188, 175, 111],
  [254, 232, 56],
];
const ROW = 11;
const LEFT = 170;

function colour(percent: number): string {
  const at = (Math.min(100, Math.max(0, percent)) / 100) * (STOPS.length - 1);
  const low = Math.min(STOPS.length - 2, Math.floor(at));
  const [from, to] = [STOPS[low] ?? DARKEST, STOPS[low + 1] ?? DARKEST];
  const mix = from.map((part, index) => Math.round(part + ((to[index] ?? part) - part) * (at - low)));
  return `rgb(${mix.join(",")})`;
}

function shorten(brush: CanvasRenderingContext2D, text: string, width: number): string {
  if (brush.measureText(text).width <= width) return text;
  let cut = text;
  while (cut.length > 1 && brush.measureText(`${cut}…`).width > width) cut = cut.slice(0, -1);
  return `${cut}…`;
}

function paint(canvas: HTMLCanvasElement, report: Report, width: number): void {
  const { shown, steps_each } = report.charge;
  const height = shown.length * ROW + 18;
  const scale = window.devicePixelRatio || 1;
  canvas.width = width * scale;
  canvas.height = height * scale;
  const brush = canvas.getContext("2d");
  if (!brush) return;
  brush.setTransform(scale, 0, 0, scale, 0, 0);
  brush.clearRect(0, 0, width, height);
  brush.font = "10px system-ui, sans-serif";
  const columns = Math.max(1, ...shown.map((it) => it.percent.length));
  const step = (width - LEFT) / columns;
  shown.forEach((vehicle, line) => {
    brush.fillStyle = theme().ink;
    brush.fillText(shorten(brush, vehicle.label, LEFT - 12), 0, line * ROW + 9);
    vehicle.percent.forEach((percent, column) => {
      if (percent === null) return;
      brush.fillStyle = colour(percent);
      brush.fillRect(LEFT + column * step, line * ROW, step + 0.5, ROW - 1);
    });
  });
  brush.fillStyle = theme().soft;
  const labels = Math.max(1, Math.floor((width - LEFT) / 130));
  for (let at = 0; at < labels; at += 1) {
    const column = Math.floor((at * columns) / labels);
    brush.fillText(report.times[column * steps_each] ?? "", LEFT + column * step, shown.length * ROW + 13);
  }
}

function legend(): HTMLElement {
  const bar = element("span", { class: "ramp", "aria-hidden": "true" });
  bar.style.background = `linear-gradient(to right, ${STOPS.map((stop) => `rgb(${stop.join(",")})`).join(",")})`;
  return element("p", { class: "legend" }, "0 % ", bar, " 100 %. Known when a vehicle plugs in and when it leaves, a straight line between; white before the first and after the last time.");
}

/** The section; nothing without vehicles that charge. */
export function chargeSection(report: Report, clock: Clock): HTMLElement[] {
  const { band, shown, vehicles, steps_each } = report.charge;
  if (shown.length === 0) return [];
  const times = report.times.filter((_, step) => step % steps_each === 0);
  const chart = new TimeChart(times, "%", "State of charge of all vehicles over time").follow(clock, clock.step_s * steps_each);
  chart.draw([{ name: "median", data: band.median }, { name: "lowest 10 %", data: band.tenth }, { name: "lowest", data: band.lowest, least: true }]);
  const about = `State of charge of the ${vehicles} vehicles that charged more than once. It is known when a vehicle plugs in and when it leaves; between, a straight line.`;
  const each = whenOpened("Each vehicle, the nearest to empty first", () => vehicleMap(report, clock));
  return [section("State of charge", about, chart.node, chart.numbers(), each)];
}

/** A row for each vehicle. */
function vehicleMap(report: Report, clock: Clock): HTMLElement[] {
  const { shown, vehicles, steps_each } = report.charge;
  const canvas = element("canvas", { role: "img", "aria-label": "State of charge over time, a row for each vehicle; the table below has the lowest of each" });
  const line = element("div", { class: "now", "aria-hidden": "true" });
  const tip = element("div", { class: "tip", hidden: "" });
  const box = element("div", { class: "heat" }, canvas, line, tip);
  const columns = Math.max(1, ...shown.map((it) => it.percent.length));
  const mark = () => {
    const at = Math.min(columns, clock.seconds.value / (clock.step_s * steps_each));
    line.style.transform = `translateX(${(LEFT + ((box.clientWidth - LEFT) * at) / columns).toFixed(1)}px)`;
  };
  const draw = () => {
    paint(canvas, report, Math.max(LEFT + 100, box.clientWidth));
    mark();
  };
  whenSeen(box, () => {
    draw();
    listen("resize", draw);
    whenLookChanges(draw);
    clock.seconds.follow(mark);
  });
  box.addEventListener("pointerleave", () => (tip.hidden = true));
  box.addEventListener("pointermove", (event) => {
    const place = box.getBoundingClientRect();
    const [x, y] = [event.clientX - place.left, event.clientY - place.top];
    const vehicle = shown[Math.floor(y / ROW)];
    const column = Math.floor(((x - LEFT) / (place.width - LEFT)) * columns);
    const percent = vehicle?.percent[column];
    tip.hidden = !vehicle || x < LEFT;
    if (!vehicle || x < LEFT) return;
    tip.textContent = `${vehicle.label}, ${report.times[column * steps_each] ?? ""}: ${percent === null || percent === undefined ? "not known" : `${percent} %`}`;
    tip.style.left = `${Math.min(x + 12, place.width - 260)}px`;
    tip.style.top = `${y + 14}px`;
  });
  box.addEventListener("click", (event) => {
    const place = box.getBoundingClientRect();
    const share = (event.clientX - place.left - LEFT) / (place.width - LEFT);
    if (share >= 0) clock.set(share * columns * clock.step_s * steps_each);
  });
  const lowest = table(["vehicle", "lowest, %"], shown.map((it) => [it.label, { text: (100 * it.lowest).toFixed(0), raw: 100 * it.lowest }]), "Lowest charge");
  const which = shown.length < vehicles ? `The ${shown.length} vehicles that came nearest to empty, of ${vehicles}.` : `All ${vehicles} vehicles.`;
  return [element("p", {}, which), legend(), box, ...lowest];
}
