// The map on which a layout is edited: sites as marks, groups of chargers as handles that can be dragged to another site.

import { element, svg } from "../dom";
import { offsets } from "../place";
import type { Editing } from "./draft";

const WIDTH = 760;
const HEIGHT = 460;
const MARGIN = 46;
const HANDLE = 11;

interface Place {
  key: string;
  x: number;
  y: number;
}

function places(editing: Editing): Place[] {
  const sites = editing.rows("site").map(([key, site]) => ({ key, lat: Number(site["lat"]), lon: Number(site["lon"]) }));
  const known = sites.filter((site) => Number.isFinite(site.lat) && Number.isFinite(site.lon));
  const flat = offsets(known);
  const span = (axis: 0 | 1) => 2 * Math.max(1e-6, ...flat.map((point) => Math.abs(point[axis])));
  const scale = Math.min((WIDTH - 2 * MARGIN) / span(0), (HEIGHT - 2 * MARGIN) / span(1));
  return known.map((site, at) => {
    const [east, south] = flat[at] ?? [0, 0];
    return { key: site.key, x: WIDTH / 2 + east * scale, y: HEIGHT / 2 + south * scale };
  });
}

export interface Layout {
  node: HTMLElement;
  draw: (chosen: string) => void;
}

/** Keeps its zoom while it is drawn again. `choose` hears of a site, `move` of a group of chargers dropped on one. */
export function layoutMap(editing: Editing, choose: (site: string) => void, move: (charger: string, site: string) => void): Layout {
  const map = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "group", "aria-label": "Map of sites and chargers" });
  const view = { x: WIDTH / 2, y: HEIGHT / 2, zoom: 1 };
  let chosen = "";
  let dragged: { key: string; node: SVGElement } | null = null;
  const at = (place: Place): [number, number] => [(place.x - view.x) * view.zoom + WIDTH / 2, (place.y - view.y) * view.zoom + HEIGHT / 2];
  const point = (event: PointerEvent): [number, number] => {
    const box = map.getBoundingClientRect();
    return [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
  };
  const nearest = (x: number, y: number) => {
    const far = (place: Place) => Math.hypot(at(place)[0] - x, at(place)[1] - y);
    return places(editing).sort((a, b) => far(a) - far(b))[0];
  };
  const zoomBy = (factor: number, [x, y]: [number, number] = [WIDTH / 2, HEIGHT / 2]) => {
    const zoom = Math.min(200, Math.max(1, view.zoom * factor));
    const [mapX, mapY] = [view.x + (x - WIDTH / 2) / view.zoom, view.y + (y - HEIGHT / 2) / view.zoom];
    Object.assign(view, { x: mapX - (x - WIDTH / 2) / zoom, y: mapY - (y - HEIGHT / 2) / zoom, zoom });
    draw(chosen);
  };
  map.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoomBy((event as WheelEvent).deltaY < 0 ? 1.25 : 0.8, point(event as unknown as PointerEvent));
  }, { passive: false });
  map.addEventListener("pointermove", (event) => {
    const [x, y] = point(event as PointerEvent);
    if (dragged) {
      dragged.node.setAttribute("transform", `translate(${x},${y})`);
    } else if ((event as PointerEvent).buttons === 1) {
      const scale = WIDTH / map.getBoundingClientRect().width / view.zoom;
      view.x -= (event as PointerEvent).movementX * scale;
      view.y -= (event as PointerEvent).movementY * scale;
      draw(chosen);
    }
  });
  map.addEventListener("pointerup", (event) => {
    if (!dragged) return;
    const key = dragged.key;
    dragged = null;
    const target = nearest(...point(event as PointerEvent));
    const from = editing.value(`charger.${key}.site`);
    if (target && target.key !== from) move(key, target.key);
    else draw(chosen);
  });
  function draw(site: string): void {
    chosen = site;
    map.replaceChildren();
    for (const place of places(editing)) {
      const [x, y] = at(place);
      map.append(siteMark(editing, place.key, x, y, place.key === chosen, choose));
      const groups = editing.rows("charger").filter(([, row]) => row["site"] === place.key && row["cabinets"] !== 0);
      groups.forEach(([key, row], number) => {
        const ports = Number(row["cabinets"] ?? 0) * Number(row["ports"] ?? 1);
        const handle = groupMark(key, ports, x + 20 + number * 2.4 * HANDLE, y + 16);
        handle.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          event.stopPropagation();
          choose(place.key);
          dragged = { key, node: handle };
          map.append(handle);
        });
        map.append(handle);
      });
    }
  }
  const button = (text: string, name: string, act: () => void) => {
    const made = element("button", { type: "button", "aria-label": name }, text);
    made.addEventListener("click", act);
    return made;
  };
  const whole = () => {
    Object.assign(view, { x: WIDTH / 2, y: HEIGHT / 2, zoom: 1 });
    draw(chosen);
  };
  const buttons = element("div", {}, button("+", "Zoom in", () => zoomBy(1.6)), button("−", "Zoom out", () => zoomBy(1 / 1.6)), button("Whole hub", "Show the whole hub", whole));
  return { node: element("div", { class: "layout" }, buttons, map), draw };
}

function siteMark(editing: Editing, key: string, x: number, y: number, isChosen: boolean, choose: (site: string) => void): SVGElement {
  const name = String(editing.value(`site.${key}.name`) ?? key);
  const limit = editing.value(`site.${key}.limit_kw`);
  const kind = String(editing.value(`site.${key}.kind`) ?? "");
  const label = `${name}, ${kind}${typeof limit === "number" ? `, connection ${limit.toLocaleString("en-US")} kW` : ""}`;
  const group = svg("g", { tabindex: 0, role: "button", "aria-label": label, "aria-pressed": String(isChosen) });
  const paint = { fill: isChosen ? "#0b63a5" : "#ffffff", stroke: "#16202a", "stroke-width": isChosen ? 3 : 1.4 };
  group.append(svg("title", {}, label), svg("circle", { cx: x, cy: y, r: 9, ...paint }));
  group.append(svg("text", { x: x + 13, y: y + 4, "font-size": 12, "pointer-events": "none" }, name));
  group.addEventListener("click", () => choose(key));
  group.addEventListener("keydown", (event) => {
    const pressed = (event as KeyboardEvent).key;
    if (pressed === "Enter" || pressed === " ") choose(key);
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
