// The hub as a map: one mark a site. Shape says the kind, size the peak, fill and number the wait.

import { Metrics, show, type Report, type Site } from "./data";
import { element, svg } from "./dom";

const WIDTH = 760;
const HEIGHT = 420;
const MARGIN = 34;
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

function place(sites: Site[]): (site: Site) => [number, number] {
  const lats = sites.map((site) => site.lat);
  const lons = sites.map((site) => site.lon);
  const [south, north] = [Math.min(...lats), Math.max(...lats)];
  const [west, east] = [Math.min(...lons), Math.max(...lons)];
  const squeeze = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min(
    (WIDTH - 2 * MARGIN) / Math.max((east - west) * squeeze, 1e-6),
    (HEIGHT - 2 * MARGIN) / Math.max(north - south, 1e-6),
  );
  const left = (WIDTH - (east - west) * squeeze * scale) / 2;
  const top = (HEIGHT - (north - south) * scale) / 2;
  return (site) => [left + (site.lon - west) * squeeze * scale, top + (north - site.lat) * scale];
}

/** From pale to dark by wait: readable in grey and for the colour-blind. */
export function shade(waitMin: number | null): string {
  const steps = ["#dfe9f2", "#a9c9e4", "#5f9fd0", "#1f6fb0", "#123f70"];
  if (waitMin === null) return "#ffffff";
  const at = [5, 15, 45, 90].filter((limit) => waitMin >= limit).length;
  return steps[at];
}

function mark(kind: string, x: number, y: number, radius: number, fill: string): SVGElement {
  const shape = SHAPES[kind] ?? "circle";
  const paint = { fill, stroke: "#16202a", "stroke-width": 1.2 };
  if (shape === "circle") return svg("circle", { cx: x, cy: y, r: radius, ...paint });
  const [corners, turn] = CORNERS[shape];
  const points = Array.from({ length: corners }, (_, at) => {
    const angle = turn + (2 * Math.PI * at) / corners;
    return `${(x + radius * 1.15 * Math.cos(angle)).toFixed(1)},${(y + radius * 1.15 * Math.sin(angle)).toFixed(1)}`;
  });
  return svg("polygon", { points: points.join(" "), ...paint });
}

interface View {
  x: number;
  y: number;
  zoom: number;
}

/** The map with its buttons; wheel and drag work too. */
export function drawMap(report: Report, metrics: Metrics, choose: (key: string) => void): HTMLElement {
  const map = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": "Map of sites" });
  const whole: View = { x: WIDTH / 2, y: HEIGHT / 2, zoom: 1 };
  const view = { ...whole };
  const draw = () => drawSites(map, report, metrics, choose, view);
  const zoomBy = (factor: number, x = view.x, y = view.y) => {
    const zoom = Math.min(40, Math.max(1, view.zoom * factor));
    view.x = x + ((view.x - x) * view.zoom) / zoom;
    view.y = y + ((view.y - y) * view.zoom) / zoom;
    view.zoom = zoom;
    draw();
  };
  const button = (text: string, label: string, act: () => void) => {
    const made = element("button", { type: "button", "aria-label": label }, text);
    made.addEventListener("click", act);
    return made;
  };
  const terminals = report.sites.filter((site) => site.kind === "terminal");
  const buttons = element(
    "div",
    {},
    button("+", "Zoom in", () => zoomBy(1.6)),
    button("−", "Zoom out", () => zoomBy(1 / 1.6)),
    button("Whole hub", "Show the whole hub", () => (Object.assign(view, whole), draw())),
  );
  if (terminals.length > 0 && terminals.length < report.sites.length) {
    const middle = (list: number[]) => (Math.min(...list) + Math.max(...list)) / 2;
    const at = place(report.sites);
    const spots = terminals.map(at);
    const focus = { x: middle(spots.map(([x]) => x)), y: middle(spots.map(([, y]) => y)), zoom: 7 };
    buttons.append(button("Harbour", "Show the terminals", () => (Object.assign(view, focus), draw())));
  }
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = map.getBoundingClientRect();
    const scale = WIDTH / box.width / view.zoom;
    const wheel = event as WheelEvent;
    const x = view.x + (wheel.clientX - box.left - box.width / 2) * scale;
    const y = view.y + (wheel.clientY - box.top - box.height / 2) * scale;
    zoomBy(wheel.deltaY < 0 ? 1.25 : 0.8, x, y);
  }, { passive: false });
  map.addEventListener("pointermove", (event) => {
    const pointer = event as PointerEvent;
    if (pointer.buttons !== 1) return;
    const scale = WIDTH / map.getBoundingClientRect().width / view.zoom;
    view.x -= pointer.movementX * scale;
    view.y -= pointer.movementY * scale;
    draw();
  });
  draw();
  return element("div", {}, buttons, map);
}

function drawSites(map: SVGElement, report: Report, metrics: Metrics, choose: (key: string) => void, view: View): void {
  map.replaceChildren();
  const whole = place(report.sites);
  const at = (site: Site): [number, number] => {
    const [x, y] = whole(site);
    return [(x - view.x) * view.zoom + WIDTH / 2, (y - view.y) * view.zoom + HEIGHT / 2];
  };
  const peak = (site: Site) => metrics.get("peak_kw", `site:${site.key}`) ?? 0;
  const highest = Math.max(1, ...report.sites.map(peak));
  const taken: [number, number][] = [];
  for (const site of [...report.sites].sort((a, b) => peak(b) - peak(a))) {
    const [x, y] = at(site);
    if (x < -20 || y < -20 || x > WIDTH + 20 || y > HEIGHT + 20) continue;
    const wait = site.ports > 0 ? metrics.get("queue_wait_p95_min", `site:${site.key}`) : null;
    const shape = mark(site.kind, x, y, 4 + 12 * Math.sqrt(peak(site) / highest), shade(wait));
    const label =
      `${site.name} (${site.kind}): peak ${show(peak(site))} kW, ` +
      (site.ports > 0 ? `${site.ports} ports, 95 % wait up to ${show(wait)} min` : "no ports");
    shape.setAttribute("tabindex", "0");
    shape.setAttribute("role", "button");
    shape.setAttribute("aria-label", label);
    shape.append(svg("title", {}, label));
    shape.addEventListener("click", () => choose(site.key));
    shape.addEventListener("keydown", (event) => {
      const key = (event as KeyboardEvent).key;
      if (key === "Enter" || key === " ") choose(site.key);
    });
    map.append(shape);
    // A number is written only where it does not cover another; the title and the table have them all.
    const isFree = taken.every(([otherX, otherY]) => Math.abs(otherX - x) > 48 || Math.abs(otherY - y) > 13);
    if (wait !== null && wait >= 1 && isFree) {
      taken.push([x, y]);
      map.append(svg("text", { x: x + 9, y: y - 9, "font-size": 11, "pointer-events": "none" }, `${Math.round(wait)} min`));
    }
  }
}
