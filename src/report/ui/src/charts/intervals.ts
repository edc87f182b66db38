// Pictures of intervals, as SVG: a mean as a dot, its 95 % interval as a line, nothing as a line down the middle.

import { show } from "../lib/format";
import { element, svg } from "../lib/dom";

const WIDTH = 900;
const LABEL = 250;
const VALUE = 220;
const ROW = 30;

export interface Interval {
  name: string;
  value: number;
  half: number | null;
  /** What to write right of it. */
  words: string;
  /** A filled dot differs from nothing; a hollow one may not. */
  isSure: boolean;
}

/** Ends of the axis: nothing is always on it, with some air around. */
function range(values: number[]): [number, number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const air = (high - low || 1) * 0.08;
  return [low - air, high + air];
}

function picture(rows: number, about: string): SVGElement {
  const height = rows * ROW + 34;
  const made = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "intervals", role: "img", "aria-label": about });
  made.style.maxHeight = `${height * 1.3}px`;
  return made;
}

/** A number of few digits for the ends of an axis. */
function tidy(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 2 });
}

function axis(into: SVGElement, rows: number, ends: [number, number], x: (value: number) => number, unit: string): void {
  const bottom = rows * ROW + 6;
  // Rounded before it is placed: a mark must stand where its number says.
  const reach = Number((Math.max(Math.abs(ends[0]), Math.abs(ends[1])) / 1.3).toPrecision(2));
  into.append(svg("line", { x1: x(ends[0]), x2: x(ends[1]), y1: bottom, y2: bottom, stroke: "#9aa5b1" }));
  into.append(svg("line", { x1: x(0), x2: x(0), y1: 0, y2: bottom + 5, stroke: "#16202a", "stroke-dasharray": "3 3" }));
  for (const value of [-reach, 0, reach]) {
    if (value < ends[0] || value > ends[1]) continue;
    into.append(svg("line", { x1: x(value), x2: x(value), y1: bottom, y2: bottom + 5, stroke: "#9aa5b1" }));
    into.append(svg("text", { x: x(value), y: bottom + 18, "text-anchor": "middle", "font-size": 12 }, value === 0 ? "0" : `${tidy(value)} ${unit}`));
  }
}

/** Paired differences to the baseline. */
export function differencePicture(rows: Interval[], unit: string, about: string): HTMLElement {
  const ends = range(rows.flatMap((it) => [it.value - (it.half ?? 0), it.value + (it.half ?? 0)]));
  const x = (value: number) => LABEL + ((value - ends[0]) / (ends[1] - ends[0])) * (WIDTH - LABEL - VALUE);
  const made = picture(rows.length, about);
  axis(made, rows.length, ends, x, unit);
  rows.forEach((it, at) => {
    const y = at * ROW + ROW / 2;
    made.append(svg("text", { x: 0, y: y + 4, "font-size": 13 }, it.name.length > 34 ? `${it.name.slice(0, 33)}…` : it.name));
    if (it.half !== null) {
      const [low, high] = [x(it.value - it.half), x(it.value + it.half)];
      made.append(svg("line", { x1: low, x2: high, y1: y, y2: y, stroke: "#0b63a5", "stroke-width": 2 }));
      for (const end of [low, high]) made.append(svg("line", { x1: end, x2: end, y1: y - 5, y2: y + 5, stroke: "#0b63a5", "stroke-width": 2 }));
    }
    made.append(svg("circle", { cx: x(it.value), cy: y, r: 5, fill: it.isSure ? "#0b63a5" : "#fff", stroke: "#0b63a5", "stroke-width": 2 }));
    made.append(svg("text", { x: WIDTH - VALUE + 14, y: y + 4, "font-size": 12 }, it.words));
  });
  return scrolling(made, about);
}

/** A picture that is wider than a narrow window scrolls by itself. */
function scrolling(made: SVGElement, about: string): HTMLElement {
  return element("div", { class: "scroll-x", tabindex: "0", role: "region", "aria-label": about }, made);
}

export interface Swing {
  name: string;
  /** Effect of each change of the parameter, with what was changed. */
  effects: { change: string; effect: number; half: number | null; isRaised: boolean | null }[];
}

/** A tornado: the parameter that moves the result most comes first. */
export function tornadoPicture(swings: Swing[], unit: string, about: string): HTMLElement {
  const ends = range(swings.flatMap((it) => it.effects.flatMap(({ effect, half }) => [effect - (half ?? 0), effect + (half ?? 0)])));
  const x = (value: number) => LABEL + ((value - ends[0]) / (ends[1] - ends[0])) * (WIDTH - LABEL - VALUE);
  const made = picture(swings.length, about);
  swings.forEach((it, at) => {
    const y = at * ROW + ROW / 2;
    made.append(svg("text", { x: 0, y: y + 4, "font-size": 13 }, it.name.length > 34 ? `${it.name.slice(0, 33)}…` : it.name));
    it.effects.forEach(({ effect, half, isRaised }) => {
      const [left, right] = [Math.min(x(0), x(effect)), Math.max(x(0), x(effect))];
      // Raised is dark and lowered pale with an outline: told apart without colour.
      const paint = { fill: isRaised === true ? "#1f6fb0" : "#dfe9f2", stroke: "#1f6fb0", "stroke-dasharray": isRaised === null ? "3 3" : "none" };
      made.append(svg("rect", { x: left, y: y - 8, width: Math.max(1, right - left), height: 16, ...paint }));
      if (half !== null) made.append(svg("line", { x1: x(effect - half), x2: x(effect + half), y1: y, y2: y, stroke: "#16202a", "stroke-width": 1.5 }));
    });
    made.append(svg("text", { x: WIDTH - VALUE + 14, y: y + 4, "font-size": 12 }, it.effects.map(({ change, effect }) => `${change}: ${effect > 0 ? "+" : ""}${show(effect)}`).join("; ")));
  });
  axis(made, swings.length, ends, x, unit);
  return scrolling(made, about);
}
