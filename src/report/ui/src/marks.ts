// The mark of a site on the map: shape says the kind, size the peak, shade and number what is asked of it.

import type { Site } from "./data";
import { element, svg } from "./dom";

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
const SHADES = ["#dfe9f2", "#a9c9e4", "#5f9fd0", "#1f6fb0", "#123f70"];
/** Classes of a wait in minutes, and of a load in percent of the limit: lower ends of all but the first. */
export const WAIT_CLASSES = [5, 15, 45, 90];
export const LOAD_CLASSES = [25, 50, 75, 95];

/** From pale to dark: readable in grey and for the colour-blind. White says that there is nothing to show. */
export function shade(value: number | null, classes: number[]): string {
  if (value === null) return "#ffffff";
  return SHADES[classes.filter((least) => value >= least).length] ?? "#ffffff";
}

function outline(kind: string, radius: number): SVGElement {
  const shape = SHAPES[kind] ?? "circle";
  const paint = { stroke: "#16202a", "stroke-width": 1.2 };
  const corners = CORNERS[shape];
  if (!corners) return svg("circle", { r: radius, ...paint });
  const points = Array.from({ length: corners[0] }, (_, at) => {
    const angle = corners[1] + (2 * Math.PI * at) / corners[0];
    return `${(radius * 1.15 * Math.cos(angle)).toFixed(1)},${(radius * 1.15 * Math.sin(angle)).toFixed(1)}`;
  });
  return svg("polygon", { points: points.join(" "), ...paint });
}

/** What a mark says: its shade, a short text beside it, a badge of vehicles that wait, and all of it in words. */
export interface Saying {
  fill: string;
  text: string;
  badge: string;
  words: string;
}

export class Mark {
  readonly node: SVGElement;
  private readonly shape: SVGElement;
  private readonly title = svg("title", {});
  private readonly text: SVGElement;
  private readonly badge: SVGElement;
  private readonly badgeBox: SVGElement;
  private readonly badgeText: SVGElement;
  private said = "";
  private short = "";
  private isNamed = false;

  constructor(
    readonly site: Site,
    readonly radius: number,
    choose: () => void,
  ) {
    this.shape = outline(site.kind, radius);
    this.shape.setAttribute("tabindex", "0");
    this.shape.setAttribute("role", "button");
    this.shape.append(this.title);
    this.shape.addEventListener("click", choose);
    this.shape.addEventListener("keydown", (event) => {
      const key = (event as KeyboardEvent).key;
      if (key !== "Enter" && key !== " ") return;
      event.preventDefault();
      choose();
    });
    const quiet = { "pointer-events": "none", "aria-hidden": "true" };
    this.text = svg("text", { x: radius + 4, y: 4, class: "halo", "font-size": 11, ...quiet });
    this.badgeBox = svg("rect", { y: -radius - 15, height: 14, rx: 7, fill: "#16202a" });
    this.badgeText = svg("text", { y: -radius - 4.5, "font-size": 10, "text-anchor": "middle", fill: "#fff" });
    this.badge = svg("g", quiet);
    this.badge.append(this.badgeBox, this.badgeText);
    this.node = svg("g", {});
    this.node.append(this.shape, this.text, this.badge);
  }

  say({ fill, text, badge, words }: Saying): void {
    const all = `${fill}|${text}|${badge}|${words}`;
    if (all === this.said) return;
    this.said = all;
    this.shape.setAttribute("fill", fill);
    this.shape.setAttribute("aria-label", words);
    this.title.textContent = words;
    this.short = text;
    this.write();
    this.badge.setAttribute("visibility", badge ? "visible" : "hidden");
    if (!badge) return;
    const width = 8 + 6 * badge.length;
    this.badgeBox.setAttribute("x", String(-width / 2));
    this.badgeBox.setAttribute("width", String(width));
    this.badgeText.textContent = badge;
  }

  /** The text gives way where it would cover another; the title and the table have them all. */
  place(x: number, y: number, hasText: boolean, isLeft: boolean): void {
    this.node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
    this.text.setAttribute("x", String(isLeft ? -this.radius - 4 : this.radius + 4));
    this.text.setAttribute("text-anchor", isLeft ? "end" : "start");
    this.text.setAttribute("visibility", hasText ? "visible" : "hidden");
  }

  get hasText(): boolean {
    return this.text.textContent !== "";
  }

  /** Where the badge goes up and the text right, in pixels from the middle. */
  get textWidth(): number {
    return this.radius + 6 + 6.2 * (this.text.textContent?.length ?? 0);
  }

  /** With its name when few are seen; without it a whole hub would be covered by text. */
  name(isNamed: boolean): void {
    if (isNamed === this.isNamed) return;
    this.isNamed = isNamed;
    this.write();
  }

  private write(): void {
    const name = this.site.name.length > 26 ? `${this.site.name.slice(0, 25)}…` : this.site.name;
    this.text.textContent = this.isNamed ? [name, this.short].filter(Boolean).join(": ") : this.short;
  }

  choose(isChosen: boolean): void {
    this.shape.setAttribute("stroke-width", isChosen ? "3" : "1.2");
  }
}

/** What the shapes and the shades mean. */
export function mapLegend(classes: number[], unit: string, extra: string): HTMLElement {
  const list = element("div", { class: "legend keys" });
  for (const [kind, name] of [["terminal", "terminal"], ["depot", "depot"], ["public", "public station"], ["warehouse", "warehouse"], ["yard", "yard or rail"], ["plant", "plant"]]) {
    const picture = svg("svg", { viewBox: "-9 -9 18 18", class: "key", "aria-hidden": "true" });
    const shape = outline(kind ?? "", 6);
    shape.setAttribute("fill", "#fff");
    picture.append(shape);
    list.append(element("span", {}, picture, name ?? ""));
  }
  SHADES.forEach((fill, at) => {
    const swatch = element("i", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = fill;
    const [low, high] = [classes[at - 1], classes[at]];
    list.append(element("span", {}, swatch, low === undefined ? `under ${high} ${unit}` : high === undefined ? `${low} ${unit} and more` : `${low}–${high} ${unit}`));
  });
  list.append(element("span", {}, extra));
  return list;
}
