// The plan of the chosen terminal or depot, on which charging lots are moved and resized with the pointer and with keys. A lot
// that is moved is a change of the draft like any other: a place and a size in the scenario, also where the plan is a file.

import { element, section, svg } from "../lib/dom";
import { keepFocus } from "../lib/focus";
import { show } from "../lib/format";
import { plainKey, rowName } from "../lib/labels";
import { isEqual, tableOf, textOf, type Json } from "./json";
import { server, type PlanView } from "./api";
import type { Editing } from "./draft";
import { ALL_SIDES, boxAround, boxOf, isInside, kept, middleOf, sizeOf, STEP_M, stretched, type Box, type Sides, type Spot } from "./ground";

const WIDTH = 560;
const MARGIN = 16;
/** A point is drawn as a square of this side, m, and of this share of a plan that is small. */
const POINT_M = 16;
const POINT_SHARE = 0.03;
/** What is named on the picture: blocks are many, and are named under the pointer. */
const NAMED = ["gate", "rail", "parking", "quay", "building"];
/** Half a corner by which a lot is resized, pixels of the picture. */
const CORNER = 5;
/** One press of an arrow key, m. */
const KEY_M = 5;
const ARROWS: Record<string, Spot> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const CORNERS: Sides[] = [[true, true, false, false], [false, true, true, false], [false, false, true, true], [true, false, false, true]];
const FIELDS = ["Middle along, m", "Middle across, m", "Length, m", "Width, m"];

type Feature = PlanView["features"][number];

/** A charging lot as it lies now. */
interface Lot {
  key: string;
  box: Box;
  /** Its outline where that box is as the plan draws it; a point is one position. */
  outline: Spot[];
  drawn: Box;
}

/** A press of the pointer on a lot or one of its corners. */
interface Press {
  lot: Lot;
  sides: Sides;
  pointer: number;
  start: Spot;
  now: Box;
}

/** The table of a site's plan; empty where it has none. */
export function planPath(editing: Pick<Editing, "value">, site: string): string {
  const paths = [`terminal.${site}.plan`, `site.${site}.plan`];
  return paths.find((path) => Object.keys(tableOf(editing.value(path))).length > 0) ?? "";
}

const spotsOf = (path: number[]): Spot[] => Array.from({ length: path.length / 2 }, (_, at) => [path[2 * at] ?? 0, path[2 * at + 1] ?? 0]);

/** Two numbers of the draft. */
function pair(value: Json | undefined): Spot | null {
  const [x, y] = Array.isArray(value) ? value : [];
  return typeof x === "number" && typeof y === "number" ? [x, y] : null;
}

/** The lots of a plan as the draft has them: those of its drawing, moved, and those that only the draft has. */
export function lotsNow(editing: Pick<Editing, "value">, path: string, features: Feature[]): Lot[] {
  const table = tableOf(editing.value(`${path}.lots`));
  const isFile = textOf(editing.value(`${path}.file`)) !== "";
  const drawn = features.filter(({ part, key }) => part === "lot" && (isFile || table[key] !== undefined));
  const added = Object.keys(table).filter((key) => !drawn.some((feature) => feature.key === key));
  const now = (key: string, outline: Spot[]): Lot[] => {
    const lot = tableOf(table[key]);
    const [at, size] = [pair(lot["at_m"]), pair(lot["size_m"])];
    if (outline.length === 0 && !at) return [];
    const old = outline.length > 0 ? boxAround(outline) : boxOf(at ?? [0, 0], size ?? [0, 0]);
    const known = size && size[0] > 0 && size[1] > 0 ? size : sizeOf(old);
    const box = at ? boxOf(at, known) : old;
    const isPoint = known[0] <= 0 || known[1] <= 0;
    const [west, south, east, north] = old;
    const corners: Spot[] = isPoint ? [middleOf(old)] : [[west, south], [east, south], [east, north], [west, north]];
    const isKept = outline.length > 2 && west < east && south < north;
    return [{ key, box, outline: isKept ? outline : corners, drawn: isKept || isPoint ? old : box }];
  };
  return [...drawn.flatMap(({ key, paths }) => now(key, spotsOf(paths[0] ?? []))), ...added.flatMap((key) => now(key, []))];
}

/** The outline of a lot in another box. A point that becomes an area is a rectangle. */
function outlineIn(lot: Lot, box: Box): Spot[] {
  const [width, depth] = sizeOf(box);
  if (width <= 0 || depth <= 0) return [middleOf(box)];
  const [west, south, east, north] = box;
  return lot.outline.length < 3 ? [[west, south], [east, south], [east, north], [west, north]] : stretched(lot.outline, lot.drawn, box);
}

export class PlanEditor {
  readonly node = element("div", { id: "plan-editor" });
  private readonly picture = svg("svg", { class: "plan", role: "group", "aria-describedby": "plan-help" }) as SVGSVGElement;
  private readonly status = element("p", { id: "plan-status", class: "legend", role: "status", "aria-live": "polite" });
  private readonly fields = element("div", { class: "bar lot-fields" });
  private readonly title = element("p", { class: "named" });
  private site = "";
  private path = "";
  private chosen = "";
  private known = "";
  private features: Feature[] = [];
  private press: Press | null = null;
  /** Metres of the left and the upper end of the picture, and pixels of a metre. */
  private frame = { west: 0, north: 0, scale: 1, point: POINT_M };

  constructor(private readonly editing: Editing) {
    const help = `Drag a charging lot to move it, a corner to resize it; it stays inside the fence. With keys: Tab to a lot, arrows move it by ${KEY_M} m, Shift and arrows resize it.`;
    this.node.append(section("Plan of the site", "Charging lots are green; what lies on a plan changes ways, waits and moves.", this.title, this.picture, element("p", { class: "legend", id: "plan-help" }, help), this.fields, this.status));
    this.node.hidden = true;
    this.picture.addEventListener("pointerdown", (event) => this.pressed(event));
    this.picture.addEventListener("pointermove", (event) => this.dragged(event));
    this.picture.addEventListener("pointerup", (event) => this.released(event));
    for (const type of ["pointercancel", "lostpointercapture"] as const) this.picture.addEventListener(type, (event) => this.abandon(event));
    this.picture.addEventListener("keydown", (event) => this.keyed(event));
    this.picture.addEventListener("focusin", (event) => this.choose(lotKey(event.target)));
  }

  /** Shows the plan of a site as the draft has it; nothing where it has none. */
  draw(site: string): void {
    if (this.press) return;
    if (site !== this.site) [this.chosen, this.status.textContent] = ["", ""];
    [this.site, this.path] = [site, planPath(this.editing, site)];
    this.node.hidden = this.path === "";
    if (this.path === "") return;
    const { scenario, strategies, changes } = this.editing.draft();
    // Lots are laid over what the server draws: their places need no question, and may be wrong.
    const own = changes.filter(({ path }) => (path === this.path || path.startsWith(`${this.path}.`)) && !path.startsWith(`${this.path}.lots`));
    const asked = { scenario, strategies, changes: own, site };
    const key = JSON.stringify(asked);
    if (key === this.known) {
      keepFocus(() => this.paint());
      return;
    }
    this.known = key;
    void server.plan(asked).then(
      ({ features }) => {
        if (this.known !== key) return;
        this.features = features;
        this.paint();
      },
      (error: unknown) => {
        if (this.known !== key) return;
        [this.features, this.known] = [[], ""];
        this.paint();
        this.status.textContent = `The plan cannot be drawn: ${(error as Error).message}`;
      },
    );
  }

  private paint(): void {
    const lots = lotsNow(this.editing, this.path, this.features);
    const all = [...this.features.flatMap(({ paths }) => paths.flatMap(spotsOf)), ...lots.flatMap(({ box: [west, south, east, north] }): Spot[] => [[west, south], [east, north]])];
    this.picture.replaceChildren();
    this.fields.replaceChildren();
    if (all.length === 0) return;
    const [west, south, east, north] = boxAround(all);
    const scale = (WIDTH - 2 * MARGIN) / Math.max(1, east - west);
    this.frame = { west, north, scale, point: Math.min(POINT_M, POINT_SHARE * (east - west)) };
    this.picture.setAttribute("viewBox", `0 0 ${WIDTH} ${((north - south) * scale + 2 * MARGIN).toFixed(0)}`);
    const name = rowName("site", this.site);
    this.picture.setAttribute("aria-label", `Plan of ${name}`);
    this.title.textContent = `${name}, ${Math.round(east - west)} × ${Math.round(north - south)} m`;
    this.picture.append(...this.features.filter(({ part }) => part !== "lot").flatMap((feature) => this.part(feature)), ...lots.map((lot) => this.lot(lot)));
    this.showFields(lots.find(({ key }) => key === this.chosen) ?? lots[0]);
  }

  private pixel([x, y]: Spot): Spot {
    const { west, north, scale } = this.frame;
    return [MARGIN + (x - west) * scale, MARGIN + (north - y) * scale];
  }

  private line(spots: Spot[], end = ""): string {
    return `M${spots.map((spot) => this.pixel(spot).map((part) => part.toFixed(1)).join(" ")).join("L")}${end}`;
  }

  private part({ part, key, is_area, paths }: Feature): SVGElement[] {
    const spots = paths.map(spotsOf);
    const dots = spots.filter((path) => path.length === 1).map(([spot]) => this.around(spot ?? [0, 0]));
    const d = [...spots.filter((path) => path.length > 1).map((path) => this.line(path, is_area ? "Z" : "")), ...dots.map((dot) => this.line(dot, "Z"))].join("");
    const made = svg("path", { class: is_area || dots.length > 0 ? `area ${part}` : `way ${part}`, d, "fill-rule": "evenodd" });
    if (part !== "fence") made.append(svg("title", {}, `${part} ${plainKey(key)}`.trim()));
    if (!NAMED.includes(part)) return [made];
    const [x, y] = this.pixel(middleOf(boxAround(spots.flat())));
    return [made, svg("text", { class: "halo", x: x.toFixed(1), y: (y - 4).toFixed(1), "text-anchor": "middle", "font-size": 11, "pointer-events": "none", "aria-hidden": "true" }, part === "building" ? plainKey(key) : part)];
  }

  /** The square that stands for a point. */
  private around([x, y]: Spot): Spot[] {
    const half = this.frame.point / 2;
    return [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]];
  }

  private lot(lot: Lot): SVGElement {
    const isWrong = this.editing.problems.some(({ field }) => field === this.lotPath(lot.key) || field.startsWith(`${this.lotPath(lot.key)}.`));
    const group = svg("g", { id: `lot:${lot.key}`, class: isWrong ? "drawn-lot wrong" : "drawn-lot", "data-lot": lot.key, tabindex: "0", role: "button", "aria-pressed": String(lot.key === this.chosen) });
    group.append(svg("path", { class: "area lot" }), svg("text", { class: "halo", "text-anchor": "middle", "font-size": 12, "pointer-events": "none", "aria-hidden": "true" }, plainKey(lot.key)));
    for (const [at] of CORNERS.entries()) group.append(svg("rect", { class: "corner", "data-corner": at, width: 2 * CORNER, height: 2 * CORNER }));
    this.lay(group, lot, lot.box);
    return group;
  }

  /** Puts what is drawn of a lot into a box. */
  private lay(group: SVGElement, lot: Lot, box: Box): void {
    const outline = outlineIn(lot, box);
    const isPoint = outline.length === 1;
    const seen = isPoint ? boxAround(this.around(middleOf(box))) : box;
    group.querySelector("path")?.setAttribute("d", this.line(isPoint ? this.around(middleOf(box)) : outline, "Z"));
    const [x, y] = this.pixel(middleOf(box));
    const text = group.querySelector("text");
    for (const [name, value] of Object.entries({ x: x.toFixed(1), y: (y + 4).toFixed(1) })) text?.setAttribute(name, value);
    const [west, south, east, north] = seen;
    const corners: Spot[] = [[west, south], [east, south], [east, north], [west, north]];
    group.querySelectorAll(".corner").forEach((corner, at) => {
      const [left, top] = this.pixel(corners[at] ?? [0, 0]);
      corner.setAttribute("x", (left - CORNER).toFixed(1));
      corner.setAttribute("y", (top - CORNER).toFixed(1));
    });
    group.setAttribute("aria-label", told(lot.key, box));
  }

  private lotPath(key: string): string {
    return `${this.path}.lots.${key}`;
  }

  private find(key: string): Lot | undefined {
    return lotsNow(this.editing, this.path, this.features).find((lot) => lot.key === key);
  }

  /** Is a lot inside the fence in a box? Without a fence anywhere is. */
  private isIn(lot: Lot): (box: Box) => boolean {
    const fence = this.features.find(({ part }) => part === "fence")?.paths.map(spotsOf);
    // As the server has it: from the middle and the size.
    return (box) => !fence || isInside(fence, outlineIn(lot, boxOf(middleOf(box), sizeOf(box))));
  }

  private choose(key: string): void {
    if (key === "" || key === this.chosen) return;
    this.chosen = key;
    for (const group of this.picture.querySelectorAll("[data-lot]")) group.setAttribute("aria-pressed", String(group.getAttribute("data-lot") === key));
    this.showFields(this.find(key));
  }

  private point(event: MouseEvent): Spot {
    const matrix = this.picture.getScreenCTM();
    if (!matrix) return [0, 0];
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    return [x, y];
  }

  private pressed(event: PointerEvent): void {
    const lot = event.button === 0 && !this.press ? this.find(lotKey(event.target)) : undefined;
    if (!lot) return;
    event.preventDefault();
    document.getElementById(`lot:${lot.key}`)?.focus({ preventScroll: true });
    const corner = (event.target as Element).getAttribute("data-corner");
    this.picture.setPointerCapture(event.pointerId);
    this.press = { lot, sides: corner === null ? ALL_SIDES : (CORNERS[Number(corner)] ?? ALL_SIDES), pointer: event.pointerId, start: this.point(event), now: lot.box };
  }

  private dragged(event: PointerEvent): void {
    const { press } = this;
    if (press?.pointer !== event.pointerId) return;
    const [x, y] = this.point(event);
    const step = (pixels: number) => Math.round(pixels / this.frame.scale / STEP_M) * STEP_M;
    const { box, isCut } = this.after(press.lot, press.sides, [step(x - press.start[0]), step(press.start[1] - y)]);
    press.now = box;
    const group = document.getElementById(`lot:${press.lot.key}`);
    if (group) this.lay(group as unknown as SVGElement, press.lot, box);
    this.say(press.lot.key, box, isCut);
  }

  private released(event: PointerEvent): void {
    const { press } = this;
    if (press?.pointer !== event.pointerId) return;
    this.press = null;
    if (!isEqual(press.now, press.lot.box)) this.put(press.lot, press.now);
  }

  private abandon(event: PointerEvent): void {
    if (this.press?.pointer !== event.pointerId) return;
    this.press = null;
    keepFocus(() => this.paint());
  }

  private keyed(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    const lot = this.find(lotKey(event.target));
    if (!lot || !arrow || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    // Its south-west corner stays where it is.
    const { box, isCut } = this.after(lot, event.shiftKey ? [false, false, true, true] : ALL_SIDES, [arrow[0] * KEY_M, arrow[1] * KEY_M]);
    if (!isEqual(box, lot.box)) this.put(lot, box);
    this.say(lot.key, box, isCut);
  }

  /** Where a lot is after a move; one without size that is resized begins as the square that is drawn. */
  private after(lot: Lot, sides: Sides, by: Spot): { box: Box; isCut: boolean } {
    const isResized = !sides.every(Boolean);
    const from = isResized && lot.box[0] === lot.box[2] ? boxAround(this.around(middleOf(lot.box))) : lot.box;
    return kept(from, sides, by, this.isIn(lot));
  }

  /** Writes a lot into the draft: one change with its parts, undone as one. */
  private put(lot: Lot, box: Box): void {
    const { editing } = this;
    const [at, size] = [`${this.lotPath(lot.key)}.at_m`, `${this.lotPath(lot.key)}.size_m`];
    editing.set(at, middleOf(box).map(tidy));
    if (!isEqual(sizeOf(box), sizeOf(lot.box))) editing.set(size, sizeOf(box).map(tidy));
    editing.together(`Charging lot ${plainKey(lot.key)} at ${rowName("site", this.site)}:`, [at, size]);
    keepFocus(() => this.paint());
  }

  private say(key: string, box: Box, isCut: boolean): void {
    this.status.textContent = isCut ? `The fence is there: the lot stays inside. ${told(key, box)}` : told(key, box);
    this.status.classList.toggle("wrong-told", isCut);
  }

  /** The same by numbers. */
  private showFields(lot: Lot | undefined): void {
    if (!lot) return;
    const values = [...middleOf(lot.box), ...sizeOf(lot.box)];
    const inputs = FIELDS.map((text, at) => {
      const input = element("input", { id: `lot-field:${at}`, type: "number", step: String(STEP_M), value: String(tidy(values[at] ?? 0)) });
      input.addEventListener("change", () => this.typed(lot.key, at, Number(input.value)));
      return element("label", {}, `${text} `, input);
    });
    keepFocus(() => this.fields.replaceChildren(element("b", {}, `Charging lot ${plainKey(lot.key)}`), ...inputs));
  }

  private typed(key: string, at: number, value: number): void {
    const lot = this.find(key);
    if (!lot || !Number.isFinite(value)) return;
    const [middle, size] = [middleOf(lot.box), sizeOf(lot.box)];
    if (at < 2) middle[at] = value;
    else size[at - 2] = Math.max(0, value);
    // An area has a length and a width.
    if (at >= 2 && size[0] > 0 !== size[1] > 0) size[3 - at] = size[at - 2] ?? 0;
    const box = boxOf(middle, size);
    const isOut = this.isIn(lot)(lot.box) && !this.isIn(lot)(box);
    if (isOut) {
      this.say(key, lot.box, true);
      keepFocus(() => this.paint());
      return;
    }
    this.put(lot, box);
    this.say(key, box, false);
  }
}

/** The lot that something drawn belongs to; empty where to none. */
function lotKey(target: EventTarget | null): string {
  return target instanceof Element ? (target.closest("[data-lot]")?.getAttribute("data-lot") ?? "") : "";
}

/** Millimetres are enough; halves and quarters stay as they are. */
const tidy = (metres: number): number => Math.round(metres * 1000) / 1000;

/** Where a lot is, in words. */
function told(key: string, box: Box): string {
  const [[x, y], [width, depth]] = [middleOf(box), sizeOf(box)];
  const size = width > 0 && depth > 0 ? `, ${show(width, 1)} × ${show(depth, 1)} m` : ", a point";
  return `Charging lot ${plainKey(key)}: middle at ${show(x, 1)}, ${show(y, 1)} m${size}.`;
}
