// Pictures of intervals, as SVG: a mean as a dot, its 95 % interval as a line, nothing as a line down the middle.

import { show } from "../lib/format";
import { element, svg } from "../lib/dom";

const WIDTH = 900;
const LABEL = 250;
const VALUE = 220;
/** A line of a name, and letters that fit on it. */
const LINE = 15;
const LETTERS = 36;

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

/** A name on as many lines as it needs: none is cut. */
export function wrapped(name: string, letters: number): string[] {
  const lines: string[] = [];
  for (const word of name.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= letters) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Marks of an axis at round numbers, about four of them, nothing among them. */
export function roundMarks([low, high]: [number, number]): number[] {
  const rough = (high - low) / 4 || 1;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((digit) => digit * size >= rough) ?? 10) * size;
  const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

/** Height of a row in which the longest of the names fits. */
const rowHeight = (names: string[]) => Math.max(30, 8 + LINE * Math.max(1, ...names.map((name) => wrapped(name, LETTERS).length)));

function named(into: SVGElement, name: string, y: number): void {
  const lines = wrapped(name, LETTERS);
  lines.forEach((line, at) => into.append(svg("text", { x: 0, y: y + 4 + LINE * (at - (lines.length - 1) / 2), "font-size": 12.5 }, line)));
}

function picture(height: number, about: string): SVGElement {
  const made = svg("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "intervals", role: "img", "aria-label": about });
  made.style.maxHeight = `${height * 1.3}px`;
  return made;
}

function axis(into: SVGElement, bottom: number, ends: [number, number], x: (value: number) => number, unit: string): void {
  into.append(svg("line", { x1: x(ends[0]), x2: x(ends[1]), y1: bottom, y2: bottom, stroke: "#9aa5b1" }));
  into.append(svg("line", { x1: x(0), x2: x(0), y1: 0, y2: bottom + 5, stroke: "#16202a", "stroke-dasharray": "3 3" }));
  for (const value of roundMarks(ends)) {
    into.append(svg("line", { x1: x(value), x2: x(value), y1: bottom, y2: bottom + 5, stroke: "#9aa5b1" }));
    into.append(svg("text", { x: x(value), y: bottom + 18, "text-anchor": "middle", "font-size": 12 }, value === 0 ? "0" : `${value.toLocaleString("en-US")} ${unit}`));
  }
}

/** Paired differences to the baseline. */
export function differencePicture(rows: Interval[], unit: string, about: string): HTMLElement {
  const ends = range(rows.flatMap((it) => [it.value - (it.half ?? 0), it.value + (it.half ?? 0)]));
  const x = (value: number) => LABEL + ((value - ends[0]) / (ends[1] - ends[0])) * (WIDTH - LABEL - VALUE);
  const row = rowHeight(rows.map(({ name }) => name));
  const made = picture(rows.length * row + 34, about);
  axis(made, rows.length * row + 6, ends, x, unit);
  rows.forEach((it, at) => {
    const y = at * row + row / 2;
    named(made, it.name, y);
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
  const row = rowHeight(swings.map(({ name }) => name));
  const made = picture(swings.length * row + 34, about);
  swings.forEach((it, at) => {
    const y = at * row + row / 2;
    named(made, it.name, y);
    it.effects.forEach(({ effect, half, isRaised }) => {
      const [left, right] = [Math.min(x(0), x(effect)), Math.max(x(0), x(effect))];
      // Raised is dark and lowered pale with an outline: told apart without colour.
      const paint = { fill: isRaised === true ? "#1f6fb0" : "#dfe9f2", stroke: "#1f6fb0", "stroke-dasharray": isRaised === null ? "3 3" : "none" };
      made.append(svg("rect", { x: left, y: y - 8, width: Math.max(1, right - left), height: 16, ...paint }));
      if (half !== null) made.append(svg("line", { x1: x(effect - half), x2: x(effect + half), y1: y, y2: y, stroke: "#16202a", "stroke-width": 1.5 }));
    });
    made.append(svg("text", { x: WIDTH - VALUE + 14, y: y + 4, "font-size": 12 }, it.effects.map(({ change, effect }) => `${change}: ${effect > 0 ? "+" : ""}${show(effect)}`).join("; ")));
  });
  axis(made, swings.length * row + 6, ends, x, unit);
  return scrolling(made, about);
}
