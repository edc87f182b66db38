// The plan of a terminal as a small picture, from what the map has of it.

import type { Background, Site } from "../data/types";
import { element, svg } from "../lib/dom";
import { flat, KM_A_DEGREE } from "../map/place";

/** Parts of a plan lie this near to their site, degrees. */
const NEAR = 0.03;
const WIDTH = 560;
const MARGIN = 24;
/** Blocks are many and alike: they are named under the pointer. */
const isNamed = (name: string) => name !== "" && !name.startsWith("block");

type Ring = [number, number][];

/** Nothing where the map has no plan of the terminal. */
export function planPicture(areas: Background["areas"], site: Pick<Site, "lat" | "lon" | "name">): HTMLElement | null {
  const { spot } = flat([site]);
  const shapes = areas.map(({ name, rings }) => ({ name, rings: rings.map((ring) => Array.from({ length: ring.length / 2 }, (_, at) => spot(ring[2 * at + 1] ?? 0, ring[2 * at] ?? 0))) }));
  const own = shapes.filter(({ rings }) => rings.flat().every(([east, south]) => Math.hypot(east, south) < NEAR));
  const points = own.flatMap(({ rings }) => rings.flat());
  if (!own.some(({ name }) => name.startsWith("block")) || points.length === 0) return null;
  const ends = ([0, 1] as const).map((axis) => [Math.min(...points.map((point) => point[axis])), Math.max(...points.map((point) => point[axis]))] as const);
  const [[west, east], [north, south]] = ends as [readonly [number, number], readonly [number, number]];
  const scale = (WIDTH - 2 * MARGIN) / Math.max(1e-9, east - west);
  const height = (south - north) * scale + 2 * MARGIN;
  const pixel = ([x, y]: [number, number]): [number, number] => [MARGIN + (x - west) * scale, MARGIN + (y - north) * scale];
  const line = (ring: Ring) => `M${ring.map((point) => pixel(point).map((part) => part.toFixed(1)).join(" ")).join("L")}Z`;
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${height.toFixed(0)}`, class: "plan", role: "img", "aria-label": `Plan of ${site.name}: ${own.map(({ name }) => name).filter(isNamed).join(", ")}` });
  for (const { name, rings } of own) {
    const shape = svg("path", { class: name.startsWith("charging lot") ? "area lot" : "area", d: rings.map(line).join(""), "fill-rule": "evenodd" });
    if (name !== "") shape.append(svg("title", {}, name));
    picture.append(shape);
  }
  for (const { name, rings } of own.filter((it) => isNamed(it.name))) {
    const ring = (rings[0] ?? []).map(pixel);
    const x = ring.reduce((sum, point) => sum + point[0], 0) / ring.length;
    const y = ring.reduce((sum, point) => sum + point[1], 0) / ring.length;
    picture.append(svg("text", { class: "halo", x: x.toFixed(1), y: (y + 4).toFixed(1), "text-anchor": "middle", "font-size": 12, "aria-hidden": "true" }, name));
  }
  const km = (east - west) * KM_A_DEGREE;
  return element("figure", { class: "plan-figure" }, picture, element("figcaption", { class: "legend" }, `The plan as the map has it, ${Math.round(km * 1000)} m wide.`));
}
