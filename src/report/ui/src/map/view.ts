// The one map: land, water and a scale, marks of sites with their names, and what a page adds to it. The report, the
// planner and a comparison all show this one.

import type { Background } from "../data/types";
import { button, element, svg } from "../lib/dom";
import { keepFocus } from "../lib/focus";
import { PAPER_PX, whenLookChanges } from "../lib/look";
import { whenPageEnds } from "../lib/page";
import { clusters, LEAST_RADIUS, type Spot } from "./cluster";
import { Gestures, type Handles } from "./gestures";
import { place, type Box, type Label, type Placed } from "./labels";
import { markNode, type Look } from "./marks";
import { flat, KM_A_DEGREE, roundLength, type Flat } from "./place";

/** Around the sites, pixels: names need room, a picture without any does not. */
const [MARGIN, BARE_MARGIN] = [46, 12];
const MOST_ZOOM = 200;
const BY_BUTTON = 1.6;
const BAR_PX = 110;
/** As the style sheet of paper has it. */
const PAPER_HEIGHT_PX = 290;
/** A part of a plan that is shorter has no room for its name. */
const LEAST_AREA_PX = 12;
/** More names than these would cover the map. */
const MOST_NAMES = 24;
/** Then the worst of them have theirs: on a narrow map, such as that on paper, fewer of them find room. */
const WORST_NAMES = 8;
const [LEAST_NAMES, NAME_PX] = [3, 180];

export interface Place {
  key: string;
  name: string;
  kind: string;
  lat: number;
  lon: number;
}

/** Rings of the coast: longitude and latitude by turns. */
export type Land = number[][];

/** A map or a page without one. */
export const NO_BACKGROUND: Background = { roads: [], areas: [], picture: null };

/** What a page adds beside a mark, and the room that it takes. */
export interface Extra {
  node: SVGElement;
  box: Box;
}

export interface MapOptions {
  label: string;
  /** What a site looks like. */
  look: (key: string) => Look;
  /** What several sites look like that stand too near to each other. */
  gather: (keys: string[]) => Look;
  /** A click or Enter on a site; none on a map that only shows. */
  choose?: (key: string) => void;
  beside?: (key: string, x: number, y: number) => Extra[];
  /** Paints on a canvas above the map; `spot` is where a site stands, by its number, `pixel` where a place lies. */
  paint?: (canvas: HTMLCanvasElement, spot: (index: number) => [number, number] | undefined, pixel: (lat: number, lon: number) => [number, number]) => void;
  /** What can be dragged from site to site. */
  handles?: Handles;
  /** A picture only: no scale, no names. */
  isBare?: boolean;
}

/** A site on the window, in pixels. */
interface Seen extends Spot {
  place: Place;
  look: Look;
}

export class MapView {
  readonly node = element("div", { class: "map" });
  private readonly map = svg("svg", { role: "group" }) as SVGSVGElement;
  private readonly base = svg("g", { "aria-hidden": "true" });
  private readonly front = svg("g", {});
  private readonly scale = svg("g", { class: "scale", "aria-hidden": "true" });
  private readonly canvas = element("canvas", { "aria-hidden": "true" });
  /** Middle of the window in degrees of latitude from the middle of all sites. */
  private readonly view = { east: 0, south: 0, zoom: 1 };
  private size: [number, number] = [760, 440];
  private places: Place[] = [];
  private spots: [number, number][] = [];
  private land: Land = [];
  private background = NO_BACKGROUND;
  private flat: Flat = flat([]);
  private chosen = "";
  private gestures: Gestures | null = null;

  constructor(private readonly options: MapOptions) {
    this.map.setAttribute("aria-label", options.label);
    if (!options.choose) this.map.setAttribute("role", "img");
    this.map.append(this.base, this.front, this.scale);
    this.node.append(this.map);
    if (options.paint) this.node.append(this.canvas);
    if (options.choose) this.gestures = new Gestures(this.map, this, options.handles);
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(this.node);
    whenPageEnds(() => observer.disconnect());
    whenLookChanges((isPaper) => (isPaper ? this.fit(PAPER_PX, PAPER_HEIGHT_PX) : this.resize()));
  }

  /** Shows other places; the zoom stays. */
  show(places: Place[], land: Land = this.land, background: Background = this.background): void {
    this.background = background;
    this.flat = flat(places);
    this.places = places;
    this.spots = places.map(({ lat, lon }) => this.flat.spot(lat, lon));
    this.drawLand(land);
    this.draw();
  }

  choose(key: string): void {
    this.chosen = key;
    this.draw();
  }

  /** Buttons for those without a wheel. `focus` adds one that shows some sites. */
  buttons(focus?: { text: string; keys: string[] }): HTMLElement[] {
    const at = () => this.middle();
    const more = focus ? [button(focus.text, () => this.focusOn(focus.keys), `Show ${focus.text}`)] : [];
    return [
      button("+", () => this.zoomBy(BY_BUTTON, at()), "Zoom in"),
      button("−", () => this.zoomBy(1 / BY_BUTTON, at()), "Zoom out"),
      button("Whole region", () => this.whole(), "Show the whole region"),
      ...more,
    ];
  }

  /** The chosen site where it can be seen, or else the middle of the window. */
  private middle(): [number, number] {
    const index = this.places.findIndex(({ key }) => key === this.chosen);
    const [x, y] = this.spotOf(index) ?? [-1, -1];
    return this.isInside(x, y) ? [x, y] : [this.size[0] / 2, this.size[1] / 2];
  }

  private whole(): void {
    Object.assign(this.view, { east: 0, south: 0, zoom: 1 });
    this.draw();
  }

  /** What lies at a pixel stays there. */
  zoomBy(factor: number, [x, y]: [number, number]): void {
    const [right, down] = [x - this.size[0] / 2, y - this.size[1] / 2];
    const old = this.unit;
    this.view.zoom = Math.min(MOST_ZOOM, Math.max(1, this.view.zoom * factor));
    this.view.east += right / old - right / this.unit;
    this.view.south += down / old - down / this.unit;
    this.draw();
  }

  panBy(x: number, y: number): void {
    this.view.east -= x / this.unit;
    this.view.south -= y / this.unit;
    this.draw();
  }

  /** A view of some sites only. */
  focusOn(keys: string[]): void {
    const wanted = this.spots.filter((_, index) => keys.includes(this.places[index]?.key ?? ""));
    if (wanted.length === 0) return;
    const range = (axis: 0 | 1): [number, number] => [Math.min(...wanted.map((spot) => spot[axis])), Math.max(...wanted.map((spot) => spot[axis]))];
    const [[west, east], [north, south]] = [range(0), range(1)];
    const unit = this.unit / this.view.zoom;
    const fit = Math.min((this.size[0] - 2 * MARGIN) / Math.max(1e-6, east - west), (this.size[1] - 2 * MARGIN) / Math.max(1e-6, south - north));
    Object.assign(this.view, { east: (west + east) / 2, south: (north + south) / 2, zoom: Math.min(MOST_ZOOM, Math.max(1, fit / unit)) });
    this.draw();
  }

  /** A site that lies outside of the window comes to its middle. */
  reveal(key: string): void {
    const index = this.places.findIndex((known) => known.key === key);
    const [x, y] = this.spotOf(index) ?? [0, 0];
    const spot = this.spots[index];
    if (!spot || this.isInside(x, y)) return;
    Object.assign(this.view, { east: spot[0], south: spot[1] });
    this.draw();
  }

  /** The site nearest to a pixel, no farther away than `reach`. */
  nearest([x, y]: [number, number], reach: number): string | null {
    const far = (index: number) => {
      const [left, top] = this.spotOf(index) ?? [Infinity, Infinity];
      return Math.hypot(left - x, top - y);
    };
    const [first] = this.places.map(({ key }, index) => ({ key, far: far(index) })).sort((a, b) => a.far - b.far);
    return first && first.far <= reach ? first.key : null;
  }

  /** Shows everything again, with what the page says of it now. */
  draw(): void {
    // What is being dragged must not go away under the pointer; the map is drawn when it is dropped.
    if (this.gestures?.isHolding) return;
    this.map.setAttribute("viewBox", `0 0 ${this.size[0]} ${this.size[1]}`);
    this.moveLand();
    this.drawScale();
    keepFocus(() => this.drawMarks());
    this.paint();
  }

  /** Only what is on the canvas: many times a second while time runs. */
  paint(): void {
    this.options.paint?.(this.canvas, (index) => this.spotOf(index), (lat, lon) => this.pixel(this.flat.spot(lat, lon)));
  }

  private resize(): void {
    const [width, height] = [this.node.clientWidth, this.node.clientHeight];
    if (width >= 50) this.fit(width, height);
  }

  private fit(width: number, height: number): void {
    this.size = [width, height];
    const scale = window.devicePixelRatio || 1;
    [this.canvas.width, this.canvas.height] = [width * scale, height * scale];
    this.draw();
  }

  /** Pixels of a degree of latitude. */
  private get unit(): number {
    const reach = (axis: 0 | 1) => Math.max(1e-3, 2 * Math.max(...this.spots.map((spot) => Math.abs(spot[axis])), 0));
    const margin = this.options.isBare ? BARE_MARGIN : MARGIN;
    return this.view.zoom * Math.min((this.size[0] - 2 * margin) / reach(0), (this.size[1] - 2 * margin) / reach(1));
  }

  private spotOf(index: number): [number, number] | undefined {
    const spot = this.spots[index];
    return spot && this.pixel(spot);
  }

  private pixel([east, south]: [number, number]): [number, number] {
    const unit = this.unit;
    return [(east - this.view.east) * unit + this.size[0] / 2, (south - this.view.south) * unit + this.size[1] / 2];
  }

  private isInside(x: number, y: number): boolean {
    return x >= 0 && y >= 0 && x <= this.size[0] && y <= this.size[1];
  }

  private drawLand(land: Land): void {
    this.land = land;
    const line = (flatLine: number[]) => {
      const points: string[] = [];
      for (let at = 0; at + 1 < flatLine.length; at += 2) points.push(this.flat.spot(flatLine[at + 1] ?? 0, flatLine[at] ?? 0).map((part) => part.toFixed(6)).join(" "));
      return `M${points.join("L")}`;
    };
    const path = (kind: string, d: string) => svg("path", { class: kind, d, "fill-rule": "evenodd", "vector-effect": "non-scaling-stroke" });
    const { roads, areas } = this.background;
    this.base.replaceChildren(path("land", land.map((ring) => `${line(ring)}Z`).join("")), this.picture());
    // Each by itself: a block inside a yard is no hole of it.
    this.base.append(
      ...areas.map(({ name, rings }) => {
        const shape = path("area", rings.map((ring) => `${line(ring)}Z`).join(""));
        if (name !== "") shape.append(svg("title", {}, name));
        return shape;
      }),
    );
    if (roads.length > 0) this.base.append(path("road", roads.map(line).join("")));
  }

  /** The picture of the background, once its size is known: two points of it say where it lies. */
  private picture(): SVGElement {
    const node = svg("image", {});
    const { picture } = this.background;
    const [a, b] = picture?.at ?? [];
    if (!picture || !a || !b) return node;
    const [from, to] = [this.flat.spot(a.lat, a.lon), this.flat.spot(b.lat, b.lon)];
    const [right, down] = [(to[0] - from[0]) / (b.x - a.x), (to[1] - from[1]) / (b.y - a.y)];
    const image = new Image();
    image.addEventListener("load", () => {
      const place = `translate(${from[0] - right * a.x} ${from[1] - down * a.y}) scale(${right} ${down})`;
      for (const [name, value] of Object.entries({ href: picture.url, width: image.naturalWidth, height: image.naturalHeight, preserveAspectRatio: "none", transform: place })) node.setAttribute(name, String(value));
    });
    image.src = picture.url;
    return node;
  }

  /** Names of yards, blocks, lots and gates that are large enough on the window to have one: the largest find room first. */
  private areaNames(taken: Box[]): SVGElement[] {
    const labels = this.background.areas.flatMap(({ name, rings: [ring = []] }, at): (Label & { size: number })[] => {
      const points = Array.from({ length: ring.length / 2 }, (_, index) => this.pixel(this.flat.spot(ring[2 * index + 1] ?? 0, ring[2 * index] ?? 0)));
      const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
      const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
      const size = Math.max(right - left, bottom - top);
      if (name === "" || size < LEAST_AREA_PX) return [];
      return [{ key: `area:${at}`, x: (left + right) / 2, y: (top + bottom) / 2, radius: 0, isSure: false, lines: [shortened(name)], size }];
    });
    labels.sort((a, b) => b.size - a.size);
    return place(labels, taken, this.size).map(({ lines, box }) => svg("text", { class: "halo area-name", "font-size": 11, x: box[0], y: box[1] + 11, "aria-hidden": "true" }, lines[0] ?? ""));
  }

  private moveLand(): void {
    const unit = this.unit;
    const [x, y] = [this.size[0] / 2 - this.view.east * unit, this.size[1] / 2 - this.view.south * unit];
    this.base.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${unit.toFixed(4)})`);
  }

  private drawScale(): void {
    if (this.options.isBare) return;
    const { text, width } = roundLength(this.unit / KM_A_DEGREE, BAR_PX);
    const [left, bottom] = [12, this.size[1] - 12];
    const right = left + width;
    this.scale.replaceChildren(
      svg("path", { d: `M${left} ${bottom - 6}V${bottom}H${right.toFixed(1)}V${bottom - 6}`, fill: "none" }),
      svg("text", { x: left + 5, y: bottom - 5, "font-size": 11, class: "halo" }, `${text} · north is up`),
    );
  }

  private seen(): Seen[] {
    const all = this.places.flatMap((place, index): Seen[] => {
      const [x, y] = this.spotOf(index) ?? [-1, -1];
      const look = this.options.look(place.key);
      return [{ key: place.key, x, y, radius: look.radius, place, look }];
    });
    return all.sort((a, b) => Number(b.key === this.chosen) - Number(a.key === this.chosen) || b.radius - a.radius);
  }

  private drawMarks(): void {
    const groups = this.options.isBare ? this.seen().map((one) => [one]) : clusters(this.seen(), this.chosen);
    const isNamed = groups.filter(([leader]) => leader && this.isInside(leader.x, leader.y)).length <= MOST_NAMES;
    const lookOf = (group: Seen[]) => (group.length === 1 && group[0] ? group[0].look : this.gathered(group));
    const worst = worstOf(groups.filter(([leader]) => leader && this.isInside(leader.x, leader.y)).map((group) => ({ key: group[0]?.key ?? "", rank: lookOf(group).rank ?? 0 })), Math.min(WORST_NAMES, Math.max(LEAST_NAMES, Math.floor(this.size[0] / NAME_PX))));
    const taken: Box[] = [];
    const labels: Label[] = [];
    const nodes: SVGElement[] = [];
    for (const group of groups) {
      const [leader] = group;
      if (!leader) continue;
      const { x, y, key } = leader;
      const look = lookOf(group);
      const node = markNode(look, { key, kind: leader.place.kind, count: group.length, isChosen: key === this.chosen, act: this.act(group) });
      node.setAttribute("transform", `translate(${x.toFixed(1)} ${y.toFixed(1)})`);
      node.addEventListener("focusin", () => this.reveal(key));
      taken.push([x - look.radius, y - look.radius, x + look.radius, y + look.radius]);
      const extras = group.length === 1 ? (this.options.beside?.(key, x, y) ?? []) : [];
      taken.push(...extras.map(({ box }) => box));
      nodes.unshift(node, ...extras.map((extra) => extra.node));
      const isWorst = worst.has(key);
      const name = group.length === 1 ? leader.place.name : isWorst ? (look.name ?? "") : "";
      labels.push({ key, x, y, radius: look.radius, isSure: key === this.chosen, isAbove: isWorst, lines: [isNamed || isWorst || key === this.chosen ? shortened(name) : "", look.text].filter((line) => line !== "") });
    }
    // The chosen one first, then the worst: they find room before the others.
    const order = (label: Label) => (label.isSure ? -1 : label.isAbove ? (worst.get(label.key) ?? 0) : WORST_NAMES);
    labels.sort((a, b) => order(a) - order(b));
    const scale: Box = [0, this.size[1] - 32, BAR_PX + 60, this.size[1]];
    taken.push(scale);
    const placed = place(labels, taken, this.size, [scale]).reverse();
    this.front.replaceChildren(...this.areaNames(taken), ...nodes, ...placed.map((label) => this.labelNode(label)));
  }

  private gathered(group: Seen[]): Look {
    const look = this.options.gather(group.map(({ key }) => key));
    return { ...look, radius: Math.max(LEAST_RADIUS, look.radius) };
  }

  /** A click on several sites shows them apart; where they stand in one place, the next of them is chosen. */
  private act(group: Seen[]): (() => void) | null {
    const { choose } = this.options;
    const [leader] = group;
    if (!choose || !leader) return null;
    if (group.length === 1) return () => choose(leader.key);
    return () => {
      if (this.view.zoom < MOST_ZOOM) { this.focusOn(group.map(({ key }) => key)); return; }
      choose(leader.key);
    };
  }

  private labelNode({ key, lines, box, isLeft, isSure }: Placed): SVGElement {
    const x = isLeft ? box[2] : box[0];
    const node = svg("text", { class: "halo", "font-size": 12, "text-anchor": isLeft ? "end" : "start", "font-weight": isSure ? 700 : 400, "data-name": key, "aria-hidden": "true" });
    lines.forEach((line, at) => node.append(svg("tspan", { x: x.toFixed(1), y: (box[1] + 11 + at * 14).toFixed(1) }, line)));
    const { choose } = this.options;
    if (choose) node.addEventListener("click", () => choose(key));
    return node;
  }
}

/** The worst of all by their rank, with their place; those without a rank are not bad. */
export function worstOf(all: { key: string; rank: number }[], most: number): Map<string, number> {
  const first = all.filter(({ rank }) => rank > 0).sort((a, b) => b.rank - a.rank).slice(0, most);
  return new Map(first.map(({ key }, at) => [key, at]));
}

function shortened(name: string): string {
  return name.length > 34 ? `${name.slice(0, 33)}…` : name;
}
