// The mark of a site on every map: shape says the kind, size and shade what is asked of it.

import { element, svg } from "../lib/dom";

const SHAPES: Record<string, string> = {
  terminal: "square",
  depot: "diamond",
  public: "circle",
  warehouse: "triangle",
  yard: "pentagon",
  rail: "pentagon",
  plant: "hexagon",
};
const CORNERS: Record<string, [number, number]> = {
  square: [4, Math.PI / 4],
  diamond: [4, 0],
  triangle: [3, -Math.PI / 2],
  pentagon: [5, -Math.PI / 2],
  hexagon: [6, 0],
};
const KINDS: [string, string][] = [
  ["terminal", "terminal"],
  ["depot", "depot"],
  ["public", "public station"],
  ["warehouse", "warehouse"],
  ["yard", "yard or rail"],
  ["plant", "plant"],
];
const SHADES = ["#dfe9f2", "#a9c9e4", "#5f9fd0", "#1f6fb0", "#123f70"];
const INK = "#16202a";
/** Classes of a wait in minutes, and of a load in percent of the limit: lower ends of all but the first. */
export const WAIT_CLASSES = [5, 15, 45, 90];
export const LOAD_CLASSES = [25, 50, 75, 95];

/** The class of a value, from 0 up; none of no value. */
export function classOf(value: number | null, classes: number[]): number | null {
  return value === null ? null : classes.filter((least) => value >= least).length;
}

/** From pale to dark: readable in grey and for the colour-blind. White says that there is nothing to show. */
export function fillOf(shade: number | null): string {
  return (shade === null ? undefined : SHADES[shade]) ?? "#ffffff";
}

function outline(kind: string, radius: number): SVGElement {
  const corners = CORNERS[SHAPES[kind] ?? "circle"];
  if (!corners) return svg("circle", { r: radius, stroke: INK });
  const points = Array.from({ length: corners[0] }, (_, at) => {
    const angle = corners[1] + (2 * Math.PI * at) / corners[0];
    return `${(radius * 1.15 * Math.cos(angle)).toFixed(1)},${(radius * 1.15 * Math.sin(angle)).toFixed(1)}`;
  });
  return svg("polygon", { points: points.join(" "), stroke: INK });
}

/** What a mark looks like and says. */
export interface Look {
  radius: number;
  /** Class of its shade; null: white. */
  shade: number | null;
  /** Beside its name. */
  text: string;
  /** Above it, such as the number of those who wait. */
  badge: string;
  /** All of it in words. */
  words: string;
  /** How bad it is: the worst have their names on a full map, too. None where nothing is bad. */
  rank?: number;
  /** The name to show for several sites. */
  name?: string;
}

export interface MarkOptions {
  key: string;
  kind: string;
  /** How many sites it stands for. */
  count: number;
  isChosen: boolean;
  /** What a click or Enter does; none on a map that only shows. */
  act: (() => void) | null;
}

/** A mark with its middle at the origin. */
export function markNode(look: Look, { key, kind, count, isChosen, act }: MarkOptions): SVGElement {
  const group = svg("g", { class: "mark", "data-site": key });
  const shape = count > 1 ? svg("circle", { r: look.radius, stroke: INK, "stroke-dasharray": "4 2" }) : outline(kind, look.radius);
  shape.setAttribute("fill", fillOf(look.shade));
  shape.setAttribute("stroke-width", isChosen ? "3.5" : "1.3");
  shape.append(svg("title", {}, look.words));
  if (act) {
    for (const [name, value] of Object.entries({ id: `mark:${key}`, tabindex: "0", role: "button", "aria-label": look.words, "aria-pressed": String(isChosen) })) shape.setAttribute(name, value);
    shape.addEventListener("click", act);
    shape.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      act();
    });
  }
  group.append(shape);
  const quiet = { "pointer-events": "none", "aria-hidden": "true", "text-anchor": "middle" };
  if (count > 1) {
    const isDark = (look.shade ?? 0) >= 3;
    group.append(svg("text", { ...quiet, y: 4, "font-size": 11, "font-weight": 700, fill: isDark ? "#ffffff" : INK }, String(count)));
  }
  if (look.badge !== "") {
    const width = 8 + 6 * look.badge.length;
    group.append(svg("rect", { ...quiet, x: -width / 2, y: -look.radius - 15, width, height: 14, rx: 7, fill: INK }));
    group.append(svg("text", { ...quiet, y: -look.radius - 4.5, "font-size": 10, fill: "#fff" }, look.badge));
  }
  return group;
}

function key(picture: SVGElement, name: string): HTMLElement {
  return element("span", {}, picture, name);
}

/** What the shapes mean: the same below every map. */
function shapeKeys(kinds: Set<string>): HTMLElement[] {
  const has = (kind: string) => kinds.has(kind) || (kind === "yard" && kinds.has("rail"));
  const picture = (shape: SVGElement) => {
    const made = svg("svg", { viewBox: "-9 -9 18 18", class: "key", "aria-hidden": "true" });
    shape.setAttribute("fill", "#fff");
    made.append(shape);
    return made;
  };
  const shapes = KINDS.filter(([kind]) => has(kind)).map(([kind, name]) => key(picture(outline(kind, 6)), name));
  const several = key(picture(svg("circle", { r: 7, stroke: INK, "stroke-dasharray": "4 2" })), "several sites");
  several.append(element("span", { class: "screen-only" }, ": zoom in"));
  return [...shapes, several];
}

/** What the shapes and the shades mean; no shades where there are no classes. */
export function mapLegend(kinds: Set<string>, classes: number[], unit: string, extra: string): HTMLElement {
  const list = element("div", { class: "legend keys" }, ...shapeKeys(kinds));
  if (classes.length > 0) list.append(...shadeKeys(classes, unit));
  list.append(element("span", {}, extra));
  return list;
}

/** What each shade stands for. */
export function shadeKeys(classes: number[], unit: string): HTMLElement[] {
  return SHADES.map((fill, at) => {
    const swatch = element("i", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = fill;
    const [low, high] = [classes[at - 1], classes[at]];
    return element("span", {}, swatch, low === undefined ? `under ${high} ${unit}` : high === undefined ? `${low} ${unit} and more` : `${low}–${high} ${unit}`);
  });
}
