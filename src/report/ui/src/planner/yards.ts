// The yards of two runs side by side: what the move of a charging lot changed, lot by lot and for the whole yard.

import { metricLabel, metricUnit, type MetricName, type Metrics } from "../data/metrics";
import type { Report } from "../data/types";
import { element, section } from "../lib/dom";
import { show } from "../lib/format";
import { plainKey } from "../lib/labels";
import { table, type Cell } from "../lib/tables";
import { KM_A_DEGREE } from "../map/place";
import { LOT, planPicture } from "../pages/plan";
import { waits } from "../pages/yard";

/** What a lot is compared by, and digits after the point. */
const OF_LOTS: [MetricName, string, number][] = [
  ["lot_way_mean_min", "mean way there, min", 1],
  ["lot_queue_mean_min", "mean wait for a plug, min", 1],
  ["lot_queue_p95_min", "95th-percentile wait, min", 0],
  ["lot_sessions", "plugged in", 0],
  ["lot_energy_kwh", "energy, kWh", 0],
];
/** And a yard. */
const OF_YARDS: [MetricName, number][] = [
  ["yard_moves", 0],
  ["yard_kwh_per_move", 2],
  ["crane_moves_per_h", 1],
  ["vessel_berth_mean_h", 1],
  ["moves_late", 0],
  ["truck_turn_mean_min", 1],
  ["carrier_lot_way_h", 1],
  ["carrier_lot_queue_h", 1],
  ["carrier_crane_wait_h", 1],
  ["carrier_block_wait_h", 1],
];

/** A run with its metrics and its id. */
export interface RunOfYards {
  run: Report;
  metrics: Metrics;
  id: string;
}

/** The middle of a charging lot on the map, degrees; null where the run does not say. */
function middle(run: Report, site: string, lot: string): [number, number] | null {
  const ring = run.background.areas.find((area) => area.site === site && area.name === `${LOT}${lot}`)?.rings[0];
  if (!ring) return null;
  const [lons, lats] = [ring.filter((_, at) => at % 2 === 0), ring.filter((_, at) => at % 2 === 1)];
  const half = (values: number[]) => (Math.min(...values) + Math.max(...values)) / 2;
  return [half(lons), half(lats)];
}

/** How far a lot was moved, m; null where one run does not have it. */
export function movedBy(a: Report, b: Report, site: string, lot: string): number | null {
  const [from, to] = [middle(a, site, lot), middle(b, site, lot)];
  if (!from || !to) return null;
  const east = (to[0] - from[0]) * Math.cos((from[1] * Math.PI) / 180);
  return Math.hypot(east, to[1] - from[1]) * KM_A_DEGREE * 1000;
}

const cell = (value: number | null, digits: number): Cell => ({ text: show(value, digits), raw: value });

/** The lots of both runs, by site and key. */
function lotsOf(sides: RunOfYards[]): { scope: string; site: string; lot: string }[] {
  const scopes = new Set(sides.flatMap(({ run }) => run.metrics.filter(({ scope }) => scope.startsWith("lot:")).map(({ scope }) => scope)));
  return [...scopes].map((scope) => {
    const path = scope.slice("lot:".length);
    const at = path.indexOf("/");
    return { scope, site: path.slice(0, at), lot: path.slice(at + 1) };
  });
}

/** The section; nothing where no run has a yard. */
export function yardsBeside(before: RunOfYards, after: RunOfYards): HTMLElement[] {
  const sides = [before, after];
  const lots = lotsOf(sides);
  if (lots.length === 0) return [];
  const names = new Map([...before.run.sites, ...after.run.sites].map((site) => [site.key, site.name]));
  const sites = [...new Set(lots.map(({ site }) => site))];
  const isOne = sites.length === 1;
  const twice = (name: string) => [`${name}, before`, "after"];
  const pairs = (name: MetricName, scope: string, digits: number) => sides.map(({ metrics }) => cell(metrics.get(name, scope), digits));
  const rows = lots.map(({ scope, site, lot }): Cell[] => {
    const name = isOne ? plainKey(lot) : `${plainKey(lot)}, ${names.get(site) ?? site}`;
    // Coordinates of the map are rounded: what is not a metre is no move.
    const metres = movedBy(before.run, after.run, site, lot);
    const moved = metres !== null && metres < 0.5 ? 0 : metres;
    return [name, cell(moved, 0), ...OF_LOTS.flatMap(([metric, , digits]) => pairs(metric, scope, digits))];
  });
  const yards = sites.flatMap((site) => OF_YARDS.flatMap(([name, digits]): Cell[][] => {
    const [x, y] = sides.map(({ metrics }) => metrics.get(name, `site:${site}`));
    if ((x ?? null) === null && (y ?? null) === null) return [];
    const change = typeof x === "number" && typeof y === "number" ? y - x : null;
    const unit = metricUnit(name);
    const label = unit === "" ? metricLabel(name) : `${metricLabel(name)}, ${unit}`;
    const text = show(change, digits);
    return [[isOne ? label : `${names.get(site) ?? site}: ${label}`, cell(x ?? null, digits), cell(y ?? null, digits), { text: change !== null && change > 0 && /[1-9]/.test(text) ? `+${text}` : text, raw: change }]];
  }));
  const ofLots = table(["charging lot", "moved by, m", ...OF_LOTS.flatMap(([, text]) => twice(text))], rows, "Charging lots of both runs");
  ofLots.at(-1)?.querySelector("table")?.setAttribute("id", "lots-beside");
  const ofYards = yards.length === 0 ? [] : table(["of the yard", before.id, after.id, "difference"], yards, "Yards of both runs");
  return [section("What the plan changed", "Charging lots and yards of both runs: ways, waits, moves and energy.", ...sites.map((site) => pictures(before, after, site)), ...ofLots, ...ofYards)];
}

/** The plan of a site in both runs, lots shaded by their waits. */
function pictures(before: RunOfYards, after: RunOfYards, key: string): HTMLElement {
  const drawn = [before, after].flatMap(({ run, metrics }, at) => {
    const site = run.sites.find((known) => known.key === key);
    const picture = site && planPicture(run.background.areas, site, waits(metrics, run, key));
    return picture ? [element("div", {}, element("h3", {}, `${at === 0 ? "before" : "after"}: ${site.name}`), picture)] : [];
  });
  return element("div", { class: drawn.length > 1 ? "pair" : "" }, ...drawn);
}
