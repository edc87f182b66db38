// The map on which a layout is edited: sites as marks, groups of chargers as handles that can be dragged to another site.

import { element, svg } from "../dom";
import { whenPageEnds } from "../page";
import { offsets } from "../place";
import type { Editing } from "./draft";
import { keepFocus } from "./focus";

const HEIGHT = 460;
const MARGIN = 46;
const HANDLE = 11;
const DOT = 9;
/** A press that moves less than this is a click. */
const STILL_PX = 5;
/** A group of chargers is dropped on a site that is no farther away. */
const REACH_PX = 25;
const LETTER_PX = 6.7;

interface Place {
  key: string;
  /** Degrees of latitude east and south of the middle. */
  east: number;
  south: number;
}

/** Left, top, right, bottom. */
type Box = [number, number, number, number];

/** A press of the pointer: on a group of chargers, or on the map itself. */
interface Press {
  charger: string | null;
  pointer: number;
  x: number;
  y: number;
  isDrag: boolean;
  target: string | null;
}

function places(editing: Editing): Place[] {
  const sites = editing.rows("site").map(([key, site]) => ({ key, lat: Number(site["lat"]), lon: Number(site["lon"]) }));
  const known = sites.filter((site) => Number.isFinite(site.lat) && Number.isFinite(site.lon));
  const flat = offsets(known);
  return known.map((site, at) => ({ key: site.key, east: flat[at]?.[0] ?? 0, south: flat[at]?.[1] ?? 0 }));
}

const cross = (a: Box, b: Box) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

export interface Layout {
  node: HTMLElement;
  draw: (chosen: string) => void;
}

/** Keeps its zoom while it is drawn again. `choose` hears of a site, `move` of a group of chargers dropped on one. */
export function layoutMap(editing: Editing, choose: (site: string) => void, move: (charger: string, site: string) => void): Layout {
  const map = new LayoutMap(editing, choose, move);
  return { node: map.node, draw: (chosen) => map.draw(chosen) };
}

class LayoutMap {
  readonly node: HTMLElement;
  private readonly map = svg("svg", { role: "group", "aria-label": "Map of sites and chargers" }) as SVGSVGElement;
  private readonly sites = element("select", { id: "site-choice" });
  private readonly view = { east: 0, south: 0, zoom: 1 };
  /** Pixels of the window: one unit of the map is one pixel of the screen. */
  private size: [number, number] = [760, HEIGHT];
  private chosen = "";
  private press: Press | null = null;
  private known: Place[] = [];

  constructor(
    private readonly editing: Editing,
    private readonly choose: (site: string) => void,
    private readonly move: (charger: string, site: string) => void,
  ) {
    const button = (text: string, name: string, act: () => void) => {
      const made = element("button", { type: "button", "aria-label": name }, text);
      made.addEventListener("click", act);
      return made;
    };
    const whole = () => {
      Object.assign(this.view, { east: 0, south: 0, zoom: 1 });
      this.paint();
    };
    this.sites.addEventListener("change", () => {
      this.choose(this.sites.value);
      this.reveal(this.sites.value);
    });
    this.node = element(
      "div",
      { class: "layout" },
      element(
        "div",
        { class: "buttons" },
        button("+", "Zoom in", () => this.zoomAtChosen(1.6)),
        button("−", "Zoom out", () => this.zoomAtChosen(1 / 1.6)),
        button("Whole hub", "Show the whole hub", whole),
        element("label", { for: "site-choice" }, "site"),
        this.sites,
        element("span", { class: "legend" }, "Drag to move; Ctrl and wheel to zoom."),
      ),
      this.map,
    );
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(this.map);
    whenPageEnds(() => observer.disconnect());
    this.listen();
  }

  draw(site: string): void {
    this.chosen = site;
    const rows = this.editing.rows("site").map(([key, row]): [string, string] => [key, String(row["name"] ?? key)]);
    rows.sort((a, b) => a[1].localeCompare(b[1]));
    const listed = JSON.stringify(rows);
    if (this.sites.dataset["listed"] !== listed) {
      this.sites.dataset["listed"] = listed;
      this.sites.replaceChildren(...rows.map(([key, name]) => element("option", { value: key }, name)));
    }
    this.sites.value = site;
    // What is being dragged must not go away under the pointer; the map is drawn when it is dropped.
    if (this.press?.isDrag && this.press.charger !== null) return;
    this.paint();
  }

  private resize(): void {
    const [width, height] = [this.map.clientWidth, this.map.clientHeight];
    if (width < 50) return;
    this.size = [width, height];
    this.paint();
  }

  private paint(): void {
    this.known = places(this.editing);
    this.map.setAttribute("viewBox", `0 0 ${this.size[0]} ${this.size[1]}`);
    keepFocus(() => {
      this.map.replaceChildren();
      const chosenLast = [...this.known].sort((a, b) => Number(a.key === this.chosen) - Number(b.key === this.chosen));
      const handles = new Map<string, SVGElement[]>(chosenLast.map((place) => [place.key, []]));
      const taken: Box[] = [];
      for (const place of chosenLast) {
        const [x, y] = this.at(place);
        taken.push([x - DOT + 2, y - DOT + 2, x + DOT - 2, y + DOT - 2]);
        for (const [key, ports, x, y] of this.groupsAt(place)) {
          handles.get(place.key)?.push(groupMark(key, ports, x, y));
          taken.push([x - HANDLE, y - HANDLE, x + HANDLE, y + HANDLE]);
        }
      }
      const labels = this.labels(taken);
      const others = chosenLast.filter((place) => place.key !== this.chosen);
      const mark = (place: Place) => siteMark(this.editing, place.key, this.at(place), place.key === this.chosen, this.choose);
      this.map.append(...others.map(mark), ...others.flatMap((place) => handles.get(place.key) ?? []));
      // Nothing lies over the chosen site but names.
      for (const place of chosenLast) if (place.key === this.chosen) this.map.append(mark(place), ...(handles.get(place.key) ?? []));
      this.map.append(...labels);
    });
  }

  private groupsAt(place: Place): [string, number, number, number][] {
    const [x, y] = this.at(place);
    const groups = this.editing.rows("charger").filter(([, row]) => row["site"] === place.key && row["cabinets"] !== 0);
    return groups.map(([key, row], number) => [key, Number(row["cabinets"] ?? 0) * Number(row["ports"] ?? 1), x + 20 + number * 2.4 * HANDLE, y + 16]);
  }

  /** Where names go: beside their mark, inside the map, none over another. The chosen site always has its name. */
  private labels(taken: Box[]): SVGElement[] {
    const [width, height] = this.size;
    const ports = (place: Place) => this.groupsAt(place).reduce((sum, group) => sum + group[1], 0);
    const order = [...this.known].map((place) => ({ place, rank: place.key === this.chosen ? Infinity : ports(place) }));
    order.sort((a, b) => b.rank - a.rank);
    const out: SVGElement[] = [];
    for (const { place } of order) {
      const [x, y] = this.at(place);
      if (x < 0 || y < 0 || x > width || y > height) continue;
      const name = siteName(this.editing, place.key);
      const long = name.length * LETTER_PX;
      const middle = Math.min(height - 10, Math.max(10, y));
      const spot = (from: number, down: number): Box => [from, middle + down - 8, from + long, middle + down + 8];
      const inside = Math.min(width - 3 - long, Math.max(3, x - long / 2));
      const beside = [spot(x + 13, 0), spot(x - 13 - long, 0), spot(inside, -18), spot(inside, 18)];
      const fits = (box: Box) => box[0] >= 2 && box[2] <= width - 2 && box[1] >= 0 && box[3] <= height;
      const isChosen = place.key === this.chosen;
      const free = beside.find((box) => fits(box) && !taken.some((other) => cross(box, other)));
      const box = free ?? (isChosen ? (beside.find(fits) ?? spot(inside, 0)) : undefined);
      if (!box) continue;
      taken.push(box);
      // A name to the left of its mark ends there, however wide its letters are.
      const isLeft = box === beside[1];
      const label = svg("text", { "data-name": place.key, x: isLeft ? box[2] : box[0], y: box[1] + 12, "font-size": 12, class: "halo", "text-anchor": isLeft ? "end" : "start", "font-weight": isChosen ? 700 : 400 }, name);
      // The mark itself is what a keyboard and a reader come to.
      label.setAttribute("aria-hidden", "true");
      label.addEventListener("click", () => this.choose(place.key));
      out.push(label);
    }
    // The chosen one lies above all others.
    return out.reverse();
  }

  /** Pixels of a degree of latitude. */
  private get unit(): number {
    const reach = (axis: "east" | "south") => 2 * Math.max(1e-6, ...this.known.map((place) => Math.abs(place[axis])));
    return this.view.zoom * Math.min((this.size[0] - 2 * MARGIN) / reach("east"), (this.size[1] - 2 * MARGIN) / reach("south"));
  }

  private at(place: Place): [number, number] {
    const unit = this.unit;
    return [(place.east - this.view.east) * unit + this.size[0] / 2, (place.south - this.view.south) * unit + this.size[1] / 2];
  }

  private point(event: MouseEvent): [number, number] {
    const matrix = this.map.getScreenCTM();
    if (!matrix) return [0, 0];
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return [x, y];
  }

  private zoomBy(factor: number, [x, y]: [number, number]): void {
    const zoom = Math.min(200, Math.max(1, this.view.zoom * factor));
    const [old, right, down] = [this.unit, x - this.size[0] / 2, y - this.size[1] / 2];
    this.view.east += right / old;
    this.view.south += down / old;
    this.view.zoom = zoom;
    // What lies under the pointer stays there.
    this.view.east -= right / this.unit;
    this.view.south -= down / this.unit;
    this.paint();
  }

  private zoomAtChosen(factor: number): void {
    this.reveal(this.chosen);
    const place = this.known.find((known) => known.key === this.chosen);
    this.zoomBy(factor, place ? this.at(place) : [this.size[0] / 2, this.size[1] / 2]);
  }

  /** A site that lies outside of the window comes to its middle. */
  private reveal(key: string): void {
    const place = this.known.find((known) => known.key === key);
    if (!place) return;
    const [x, y] = this.at(place);
    if (x >= 0 && y >= 0 && x <= this.size[0] && y <= this.size[1]) return;
    Object.assign(this.view, { east: place.east, south: place.south });
    this.paint();
  }

  private nearest([x, y]: [number, number]): string | null {
    let best: string | null = null;
    let least = REACH_PX;
    for (const place of this.known) {
      const [placeX, placeY] = this.at(place);
      const far = Math.hypot(placeX - x, placeY - y);
      if (far > least) continue;
      [best, least] = [place.key, far];
    }
    return best;
  }

  private listen(): void {
    const { map } = this;
    const wheel = (event: WheelEvent) => {
      // Without a key the page scrolls, as everywhere else.
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
      event.preventDefault();
      this.zoomBy((event.deltaY || event.deltaX) < 0 ? 1.25 : 0.8, this.point(event));
    };
    map.addEventListener("wheel", wheel, { passive: false });
    map.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || this.press) return;
      const charger = event.target instanceof Element ? event.target.closest("[data-charger]")?.getAttribute("data-charger") ?? null : null;
      // A press on a plug would choose text otherwise.
      if (charger !== null) event.preventDefault();
      const [x, y] = this.point(event);
      this.press = { charger, pointer: event.pointerId, x, y, isDrag: false, target: null };
    });
    map.addEventListener("pointermove", (event) => this.moved(event));
    map.addEventListener("pointerup", (event) => this.released(event));
    const back = (event: PointerEvent) => {
      const { press } = this;
      if (!press || press.pointer !== event.pointerId) return;
      this.press = null;
      if (press.isDrag) this.paint();
    };
    map.addEventListener("pointercancel", back);
    map.addEventListener("lostpointercapture", back);
    // While a drag is under way the map has the pointer, wherever it is.
    map.addEventListener("pointerleave", (event) => !map.hasPointerCapture(event.pointerId) && back(event));
  }

  private moved(event: PointerEvent): void {
    const { press, map } = this;
    if (!press || press.pointer !== event.pointerId) return;
    const [x, y] = this.point(event);
    if (!press.isDrag) {
      if (Math.hypot(x - press.x, y - press.y) < STILL_PX) return;
      press.isDrag = true;
      map.setPointerCapture(event.pointerId);
    }
    if (press.charger === null) {
      this.view.east -= (x - press.x) / this.unit;
      this.view.south -= (y - press.y) / this.unit;
      [press.x, press.y] = [x, y];
      this.paint();
      return;
    }
    const handle = [...map.querySelectorAll("[data-charger]")].find((node) => node.getAttribute("data-charger") === press.charger);
    handle?.setAttribute("transform", `translate(${x},${y})`);
    const near = this.nearest([x, y]);
    press.target = near !== null && near !== this.editing.value(`charger.${press.charger}.site`) ? near : null;
    for (const mark of map.querySelectorAll("[data-site], [data-name]")) mark.classList.toggle("target", (mark.getAttribute("data-site") ?? mark.getAttribute("data-name")) === press.target);
  }

  private released(event: PointerEvent): void {
    const { press } = this;
    if (!press || press.pointer !== event.pointerId) return;
    this.press = null;
    if (press.charger === null) return;
    if (press.isDrag && press.target !== null) {
      this.move(press.charger, press.target);
    } else if (press.isDrag) {
      this.paint();
    } else {
      const site = this.editing.value(`charger.${press.charger}.site`);
      if (typeof site === "string") this.choose(site);
    }
  }
}

function siteName(editing: Editing, key: string): string {
  return String(editing.value(`site.${key}.name`) ?? key);
}

function siteMark(editing: Editing, key: string, [x, y]: [number, number], isChosen: boolean, choose: (site: string) => void): SVGElement {
  const limit = editing.value(`site.${key}.limit_kw`);
  const kind = String(editing.value(`site.${key}.kind`) ?? "");
  const words = `${siteName(editing, key)}, ${kind}${typeof limit === "number" ? `, connection ${limit.toLocaleString("en-US")} kW` : ""}`;
  const group = svg("g", { id: `mark:${key}`, "data-site": key, tabindex: 0, role: "button", "aria-label": words, "aria-pressed": String(isChosen) });
  const paint = { fill: isChosen ? "#0b63a5" : "#ffffff", stroke: "#16202a", "stroke-width": isChosen ? 3 : 1.4 };
  group.append(svg("title", {}, words), svg("circle", { cx: x, cy: y, r: DOT, ...paint }));
  group.addEventListener("click", () => choose(key));
  group.addEventListener("keydown", (event) => {
    const pressed = (event as KeyboardEvent).key;
    if (pressed !== "Enter" && pressed !== " ") return;
    event.preventDefault();
    choose(key);
  });
  return group;
}

/** A plug with its number of ports; drag it to another site. */
function groupMark(key: string, ports: number, x: number, y: number): SVGElement {
  const group = svg("g", { transform: `translate(${x},${y})`, class: "handle", "data-charger": key });
  group.append(svg("title", {}, `${key}: ${ports} ports; drag it to another site`));
  group.append(svg("rect", { x: -HANDLE, y: -HANDLE * 0.8, width: 2 * HANDLE, height: 1.6 * HANDLE, rx: 3, fill: "#fff4d6", stroke: "#8a6100" }));
  group.append(svg("text", { x: 0, y: 4, "font-size": 11, "text-anchor": "middle", "pointer-events": "none" }, String(ports)));
  return group;
}
