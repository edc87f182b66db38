// The hub as a map: marks of the sites, and above them the trucks that are under way.

import type { Clock } from "./clock";
import { Metrics, show, type Report, type Site } from "./data";
import { button, element, svg } from "./dom";
import { isLimited, limitAt } from "./load";
import { LOAD_CLASSES, Mark, mapLegend, shade, WAIT_CLASSES, type Saying } from "./marks";
import { listen, Shared, whenPageEnds } from "./page";
import { offsets } from "./place";
import { drawTrucks, unpackTrips, type Trips } from "./trucks";

const MARGIN = 40;
const HEIGHT = 440;
/** More names than these would cover each other. */
const MOST_NAMES = 24;

/** Middle of the window and zoom, in shares of the whole hub. */
interface View {
  x: number;
  y: number;
  zoom: number;
}

const WHOLE: View = { x: 0.5, y: 0.5, zoom: 1 };

/** What the map shows of a run: by site, load through its connection (kW) and vehicles that wait, over time. */
export interface Shown {
  report: Report;
  metrics: Metrics;
  carried: Map<string, number[]>;
  waiting: Map<string, number[]>;
}

/** What a mark says of the whole run: the longer of the waits, where a site has ports and a hydrogen station. */
function sayWhole(site: Site, { report, metrics }: Shown): Saying {
  const get = (name: string) => metrics.get(name, `site:${site.key}`);
  const peak = get("peak_kw");
  const hasStation = report.hydrogen.some((station) => station.site === site.key);
  const waits = [site.ports > 0 ? get("queue_wait_p95_min") : null, hasStation ? get("h2_queue_wait_p95_min") : null].filter((it): it is number => it !== null);
  const wait = waits.length > 0 ? Math.max(...waits) : null;
  const served = [...(site.ports > 0 ? [`${site.ports} ports`] : []), ...(hasStation ? ["hydrogen station"] : [])].join(", ");
  return {
    fill: shade(wait, WAIT_CLASSES),
    text: wait !== null && wait >= 1 ? `${Math.round(wait)} min` : "",
    badge: "",
    words: `${site.name} (${site.kind}): peak ${show(peak)} kW, ${served === "" ? "no ports" : `${served}, ${wait === null ? "nobody came" : `95 % wait up to ${show(wait)} min`}`}`,
  };
}

function power(kw: number): string {
  return kw >= 1000 ? `${show(kw / 1000, 1)} MW` : `${show(kw, 0)} kW`;
}

/** What a mark says of one time step: load in percent of the limit, or else of the site's own highest. */
function sayStep(site: Site, shown: Shown, step: number): Saying {
  const hasLimit = isLimited(site);
  const whole = hasLimit ? (limitAt(site, step) ?? 0) : site.carried_peak_kw;
  const kw = shown.carried.get(site.key)?.[step] ?? 0;
  const waiting = shown.waiting.get(site.key)?.[step] ?? 0;
  const load = whole > 0 ? (100 * kw) / whole : null;
  const badge = waiting < 0.05 ? "" : show(waiting, waiting < 1 ? 1 : 0);
  return {
    fill: shade(load, LOAD_CLASSES),
    text: load === null || load < 0.5 ? "" : !hasLimit ? power(kw) : `${Math.round(load)} %`,
    badge,
    words: `${site.name} (${site.kind}): ${show(kw)} kW${load === null ? "" : `, ${Math.round(load)} % of ${hasLimit ? "its limit" : "its highest"}`}, ${badge || "none"} waiting`,
  };
}

class HubMap {
  readonly node = element("div", { class: "map" });
  readonly isAtTime = new Shared(false);
  readonly view: View = { ...WHOLE };
  trips: Trips | null = null;
  private readonly map = svg("svg", { role: "group", "aria-label": "Map of sites" });
  private readonly canvas = element("canvas", { "aria-hidden": "true" });
  private readonly marks: Mark[];
  /** Each mark with its number, those that carry most first. */
  private readonly largest: [number, Mark][];
  private readonly spots: [number, number][];
  private size: [number, number] = [1100, HEIGHT];

  constructor(
    private readonly shown: Shown,
    private readonly clock: Clock,
    chosen: Shared<string>,
  ) {
    const { report, metrics } = shown;
    this.spots = offsets(report.sites);
    const peak = (site: Site) => metrics.get("peak_kw", `site:${site.key}`) ?? 0;
    const highest = Math.max(1, ...report.sites.map(peak));
    this.marks = report.sites.map((site) => new Mark(site, 4 + 12 * Math.sqrt(peak(site) / highest), () => chosen.set(site.key)));
    this.marks.forEach((mark, index) => mark.node.addEventListener("focusin", () => this.reveal(index)));
    this.largest = [...this.marks.entries()].sort(([, a], [, b]) => b.radius - a.radius);
    // Small ones last, so that none lies hidden under a large one.
    this.map.append(...this.largest.map(([, mark]) => mark.node));
    this.node.append(this.map, this.canvas);
    chosen.follow((key) => this.marks.forEach((mark) => mark.choose(mark.site.key === key)));
    clock.step.follow(() => this.isAtTime.value && this.say());
    clock.seconds.follow(() => this.drawTrucks());
    this.isAtTime.follow(() => this.say());
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(this.node);
    whenPageEnds(() => observer.disconnect());
    this.listenToPointer();
  }

  /** Whoever goes through the marks by keyboard must see the one that has the focus. */
  private reveal(index: number): void {
    const spot = this.spots[index] ?? [0, 0];
    const [x, y] = this.toWindow(this.unit)(spot);
    if (x >= 0 && y >= 0 && x <= this.size[0] && y <= this.size[1]) return;
    const unit = this.unit;
    this.show({ x: 0.5 + (spot[0] * unit) / this.size[0], y: 0.5 + (spot[1] * unit) / this.size[1], zoom: this.view.zoom });
  }

  private resize(): void {
    const width = this.node.clientWidth;
    if (width < 50) return;
    this.size = [width, this.node.clientHeight];
    this.map.setAttribute("viewBox", `0 0 ${this.size[0]} ${this.size[1]}`);
    const scale = window.devicePixelRatio || 1;
    [this.canvas.width, this.canvas.height] = [this.size[0] * scale, this.size[1] * scale];
    this.place();
  }

  /** Pixels of a degree of latitude at zoom 1. */
  private get unit(): number {
    const reach = (axis: 0 | 1) => Math.max(1e-6, 2 * Math.max(...this.spots.map((spot) => Math.abs(spot[axis]))));
    return Math.min((this.size[0] - 2 * MARGIN) / reach(0), (this.size[1] - 2 * MARGIN) / reach(1));
  }

  private toWindow(unit: number): (spot: [number, number]) => [number, number] {
    const { x, y, zoom } = this.view;
    const [width, height] = this.size;
    return (spot) => [(spot[0] * unit - (x - 0.5) * width) * zoom + width / 2, (spot[1] * unit - (y - 0.5) * height) * zoom + height / 2];
  }

  place(): void {
    const at = this.toWindow(this.unit);
    const taken: [number, number, number][] = [];
    const isSeen = ([x, y]: [number, number]) => x >= 0 && y >= 0 && x <= this.size[0] && y <= this.size[1];
    const isNamed = this.spots.filter((spot) => isSeen(at(spot))).length <= MOST_NAMES;
    // Where there is no room for all names, the sites that carry most have theirs.
    for (const [index, mark] of this.largest) {
      const [x, y] = at(this.spots[index] ?? [0, 0]);
      mark.name(isNamed);
      // Left of the mark where the window ends on its right.
      const isLeft = x + mark.textWidth > this.size[0] && x > mark.textWidth;
      const [from, to] = isLeft ? [x - mark.textWidth, x] : [x, x + mark.textWidth];
      const isFree = taken.every(([left, right, middle]) => to < left || from > right || Math.abs(middle - y) > 13);
      if (isFree && mark.hasText) taken.push([from, to, y]);
      mark.place(x, y, isFree, isLeft);
    }
    this.drawTrucks();
  }

  say(): void {
    const step = this.clock.step.value;
    for (const mark of this.marks) mark.say(this.isAtTime.value ? sayStep(mark.site, this.shown, step) : sayWhole(mark.site, this.shown));
    this.place();
  }

  drawTrucks(): void {
    const at = this.toWindow(this.unit);
    const windowSpots = this.spots.map(at);
    drawTrucks(this.canvas, this.isAtTime.value ? this.trips : null, this.clock.seconds.value, (site) => windowSpots[site]);
  }

  zoomBy(factor: number, pixelX = this.size[0] / 2, pixelY = this.size[1] / 2): void {
    const view = this.view;
    const zoom = Math.min(60, Math.max(1, view.zoom * factor));
    // What lies under the pointer stays there.
    view.x += ((pixelX / this.size[0] - 0.5) * (1 / view.zoom - 1 / zoom));
    view.y += ((pixelY / this.size[1] - 0.5) * (1 / view.zoom - 1 / zoom));
    view.zoom = zoom;
    this.place();
  }

  show(view: View): void {
    Object.assign(this.view, view);
    this.place();
  }

  /** A view of some sites only. */
  focus(isWanted: (site: Site) => boolean): View {
    const unit = this.unit;
    const wanted = this.spots.filter((_, index) => isWanted(this.shown.report.sites[index] as Site));
    const range = (axis: 0 | 1): [number, number] => {
      const list = wanted.map((spot) => (spot[axis] * unit) / this.size[axis]);
      return [Math.min(...list), Math.max(...list)];
    };
    const [[west, east], [north, south]] = [range(0), range(1)];
    const zoom = Math.min(60, 0.75 / Math.max(east - west, south - north, 0.0125));
    return { x: 0.5 + (west + east) / 2, y: 0.5 + (north + south) / 2, zoom: Math.max(1, zoom) };
  }

  private listenToPointer(): void {
    const wheel = (event: WheelEvent) => {
      // Without a key the page scrolls, as everywhere else.
      if (!event.ctrlKey && !event.metaKey && !event.shiftKey) return;
      event.preventDefault();
      const box = this.node.getBoundingClientRect();
      this.zoomBy((event.deltaY || event.deltaX) < 0 ? 1.25 : 0.8, event.clientX - box.left, event.clientY - box.top);
    };
    this.node.addEventListener("wheel", wheel, { passive: false });
    this.node.addEventListener("pointermove", (event) => {
      if (event.buttons !== 1) return;
      this.view.x -= event.movementX / this.size[0] / this.view.zoom;
      this.view.y -= event.movementY / this.size[1] / this.view.zoom;
      this.place();
    });
  }
}

/** Whole run or one time: two radio buttons, and the legend that goes with each. */
function modes(map: HubMap, clock: Clock): HTMLElement[] {
  const legend = element("div");
  const radio = (isAtTime: boolean, text: string) => {
    const input = element("input", { type: "radio", name: "map-mode" });
    input.addEventListener("change", () => {
      isByHand = true;
      map.isAtTime.set(isAtTime);
    });
    map.isAtTime.follow((now) => (input.checked = now === isAtTime));
    return element("label", {}, input, ` ${text}`);
  };
  let isByHand = false;
  // Somebody who moves the time wants to see that time; but who has chosen keeps what was chosen.
  clock.seconds.follow((now) => {
    if (!isByHand && now > 0) map.isAtTime.set(true);
  });
  const choice = element("fieldset", { class: "modes" }, element("legend", {}, "Marks show"), radio(false, "the whole run"), radio(true, "the time chosen above"));
  map.isAtTime.follow((isAtTime) =>
    legend.replaceChildren(
      isAtTime
        ? mapLegend(LOAD_CLASSES, "%", "Shade and %: load of the limit of the connection; without a limit, shade of the site's highest load, and the load. Black badge: vehicles that wait. Trucks on hauls: filled dot laden, hollow ring empty, on straight lines; ways to depots, chargers and hydrogen stations are not drawn.")
        : mapLegend(WAIT_CLASSES, "min", "Shade and minutes: 95 % of vehicles wait no longer for a port, or at a hydrogen station. White: nobody waits there. Size: peak load."),
    ),
  );
  return [choice, legend];
}

/** The map with its buttons. `trips` come later: unpacking must not hold up the first view. */
export function drawMap(shown: Shown, clock: Clock, chosen: Shared<string>, whenTrips: (trips: Trips) => void): HTMLElement {
  const { report } = shown;
  const map = new HubMap(shown, clock, chosen);
  const [choice, legend] = modes(map, clock) as [HTMLElement, HTMLElement];
  const buttons = element(
    "div",
    { class: "buttons" },
    button("+", () => map.zoomBy(1.6), "Zoom in"),
    button("−", () => map.zoomBy(1 / 1.6), "Zoom out"),
    button("Whole hub", () => map.show(WHOLE), "Show the whole hub"),
  );
  const isTerminal = (site: Site) => site.kind === "terminal";
  const terminals = report.sites.filter(isTerminal).length;
  if (terminals > 0 && terminals < report.sites.length) buttons.append(button("Harbour", () => map.show(map.focus(isTerminal)), "Show the terminals"));
  buttons.append(element("span", { class: "legend" }, "Drag to move; Ctrl and wheel to zoom."), choice);
  // On paper there is no bar that says it.
  const time = element("p", { class: "print-only" });
  clock.step.follow(() => (time.textContent = `Time of the map: ${clock.label()}`));
  map.isAtTime.follow((isAtTime) => time.toggleAttribute("hidden", !isAtTime));
  const notes = report.legs.one_in > 1 ? [element("p", { class: "legend" }, `One truck in ${report.legs.one_in} is drawn.`)] : [];
  void unpackTrips(report.legs).then((trips) => {
    if (!trips) return;
    map.trips = trips;
    map.drawTrucks();
    whenTrips(trips);
  });
  listen("beforeprint", () => map.drawTrucks());
  return element("div", {}, buttons, map.node, legend, time, ...notes);
}
