// The plan of a terminal or depot as a small picture, from what the map has of it, with its charging lots shaded by the wait for
// a plug.

import type { Background, Site } from "../data/types";
import { element, svg } from "../lib/dom";
import { show } from "../lib/format";
import { classOf, fillOf, shadeKeys } from "../map/marks";
import { flat, KM_A_DEGREE } from "../map/place";

/** Parts of a plan lie this near to their site, degrees: plans of runs that do not say whose they are. */
const NEAR = 0.03;
const WIDTH = 560;
const MARGIN = 24;
const LINE = 13;
/** How the map calls a charging lot: this, and its key. */
export const LOT = "charging lot ";
/** Classes of a mean wait for a plug, minutes: lower ends of all but the first. */
export const LOT_WAIT_CLASSES = [1, 5, 15, 45];
/** Blocks are many and alike: they are named under the pointer. */
const isNamed = (name: string) => name !== "" && !name.startsWith("block");

type Ring = [number, number][];

/** Mean waits for a plug by the keys of lots, minutes; null where nobody got one. */
export type Waits = Map<string, number | null>;

/** What belongs to the plan of a site. */
function ownAreas(areas: Background["areas"], { key, lat, lon }: Pick<Site, "key" | "lat" | "lon">) {
  const { spot } = flat([{ lat, lon }]);
  const own = areas.filter(({ site }) => site === key);
  const shapes = (own.length > 0 ? own : areas.filter(({ site }) => !site)).map((area) => ({ name: area.name, rings: area.rings.map((ring) => Array.from({ length: ring.length / 2 }, (_, at) => spot(ring[2 * at + 1] ?? 0, ring[2 * at] ?? 0))) }));
  if (own.length > 0) return shapes;
  const near = shapes.filter(({ rings }) => rings.flat().every(([east, south]) => Math.hypot(east, south) < NEAR));
  return near.some((area) => area.name.startsWith("block")) ? near : [];
}

/** Nothing where the map has no plan of the site. */
export function planPicture(areas: Background["areas"], site: Pick<Site, "key" | "lat" | "lon" | "name">, waits: Waits = new Map()): HTMLElement | null {
  const own = ownAreas(areas, site);
  const points = own.flatMap(({ rings }) => rings.flat());
  if (points.length === 0) return null;
  const ends = ([0, 1] as const).map((axis) => [Math.min(...points.map((point) => point[axis])), Math.max(...points.map((point) => point[axis]))] as const);
  const [[west, east], [north, south]] = ends as [readonly [number, number], readonly [number, number]];
  const scale = (WIDTH - 2 * MARGIN) / Math.max(1e-9, east - west);
  const height = (south - north) * scale + 2 * MARGIN;
  const pixel = ([x, y]: [number, number]): [number, number] => [MARGIN + (x - west) * scale, MARGIN + (y - north) * scale];
  const line = (ring: Ring) => `M${ring.map((point) => pixel(point).map((part) => part.toFixed(1)).join(" ")).join("L")}Z`;
  const words = (name: string) => [name, waitOf(name, waits)].filter((part) => part !== "").join(", ");
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height.toFixed(0)}`, class: "plan", role: "img", "aria-label": `Plan of ${site.name}: ${own.map(({ name }) => name).filter(isNamed).map(words).join("; ")}` });
  for (const { name, rings } of own) {
    const shape = svg("path", { class: name.startsWith(LOT) ? "area lot" : "area", d: rings.map(line).join(""), "fill-rule": "evenodd" });
    const wait = name.startsWith(LOT) ? waits.get(name.slice(LOT.length)) : undefined;
    // What has no wait keeps the colour of lots.
    if (wait !== undefined) shape.style.fill = fillOf(classOf(wait, LOT_WAIT_CLASSES));
    if (name !== "") shape.append(svg("title", {}, words(name)));
    picture.append(shape);
  }
  for (const { name, rings } of own.filter((it) => isNamed(it.name))) {
    const ring = (rings[0] ?? []).map(pixel);
    const [x, y] = ([0, 1] as const).map((axis) => (Math.min(...ring.map((point) => point[axis])) + Math.max(...ring.map((point) => point[axis]))) / 2) as [number, number];
    const lines = [name, waitOf(name, waits)].filter((part) => part !== "");
    lines.forEach((text, at) => picture.append(svg("text", { class: "halo", x: x.toFixed(1), y: (y + 4 + (at - (lines.length - 1) / 2) * LINE).toFixed(1), "text-anchor": "middle", "font-size": 12, "aria-hidden": "true" }, text)));
  }
  const km = (east - west) * KM_A_DEGREE;
  const legend = element("div", { class: "legend keys" }, element("span", {}, "Mean wait for a plug at a charging lot:"), ...shadeKeys(LOT_WAIT_CLASSES, "min"), element("span", {}, "White: nobody got a plug."));
  const isShaded = own.some(({ name }) => name.startsWith(LOT) && waits.has(name.slice(LOT.length)));
  return element("figure", { class: "plan-figure" }, picture, ...(isShaded ? [legend] : []), element("figcaption", { class: "legend" }, `The plan as the map has it, ${Math.round(km * 1000)} m wide.`));
}

/** The wait at a lot in words; empty for all else. */
function waitOf(name: string, waits: Waits): string {
  const wait = name.startsWith(LOT) ? waits.get(name.slice(LOT.length)) : undefined;
  if (wait === undefined) return "";
  return wait === null ? "nobody plugged in" : `wait ${show(wait, 1)} min`;
}
