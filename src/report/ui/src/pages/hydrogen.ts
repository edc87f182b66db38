// Hydrogen stations: stock and queue over time, where vehicles were turned away, what a kg costs.

import { drawStack } from "../charts/bars";
import { TimeChart } from "../charts/time";
import type { Clock } from "../lib/clock";
import { Metrics, type MetricName } from "../data/metrics";
import type { Report, Station } from "../data/types";
import { element, section } from "../lib/dom";
import { number, table, type Cell } from "../lib/tables";

const COSTS: [MetricName, string][] = [
  ["h2_cost_electrolyser_usd_per_kg", "electrolyser"],
  ["h2_cost_compressor_usd_per_kg", "compressor"],
  ["h2_cost_storage_usd_per_kg", "storage"],
  ["h2_cost_dispenser_usd_per_kg", "dispensers"],
  ["h2_cost_production_energy_usd_per_kg", "electricity of production"],
  ["h2_cost_compression_energy_usd_per_kg", "electricity of compression"],
  ["h2_cost_purchase_usd_per_kg", "bought and delivered"],
  ["h2_cost_credit_usd_per_kg", "credits"],
];

const COLUMNS: [string, (station: Station, get: (name: MetricName) => number | null, name: (station: Station) => string) => Cell][] = [
  ["station", (station, _, name) => name(station)],
  ["positions", (station) => number(station.positions, 0)],
  ["fills", (_, get) => number(get("h2_fills"), 0)],
  ["dispensed, kg", (_, get) => number(get("h2_dispensed_kg"), 0)],
  ["turned away", (_, get) => number(get("h2_turned_away"), 0)],
  ["gave up waiting", (_, get) => number(get("h2_gave_up"), 0)],
  ["short of hydrogen, h", (_, get) => number(get("h2_stockout_h"), 1)],
  ["95th-percentile wait, min", (_, get) => number(get("h2_queue_wait_p95_min"), 0)],
  ["cost, USD/kg", (_, get) => number(get("h2_cost_usd_per_kg"), 2)],
  ["carbon, kg CO2e/kg", (_, get) => number(get("h2_co2e_kg_per_kg"), 1)],
];

/** The sections of the page; nothing in a scenario without stations. */
export function hydrogenSections(report: Report, metrics: Metrics, clock: Clock): HTMLElement[] {
  const stations = report.hydrogen;
  // As the site is called; two stations of one site by their keys.
  const isAlone = (station: Station) => stations.filter((other) => other.site === station.site).length === 1;
  const siteName = (key: string) => report.sites.find((site) => site.key === key)?.name ?? key;
  const called = (station: Station) => (isAlone(station) ? siteName(station.site) : station.key);
  if (stations.length === 0) return [];
  const stock = new TimeChart(report.times, "kg", "Least hydrogen in the bulk storage of each station over time").follow(clock);
  const queue = new TimeChart(report.times, "waiting", "Most vehicles that wait at each hydrogen station over time").follow(clock);
  const cost = element("div", { class: "chart" });
  const rows = stations.map((station) => COLUMNS.map(([, cell]) => cell(station, (name) => metrics.get(name, `site:${station.site}`), called)));
  const cascade = new TimeChart(report.times, "kg", "Least hydrogen in the cascade of each station over time").follow(clock);
  const out = new TimeChart(report.times, "min", "Time without hydrogen for a vehicle that came, by station").follow(clock);
  stock.draw(stations.map((station) => ({ name: called(station), data: station.bulk_kg, least: true })));
  cascade.draw(stations.map((station) => ({ name: called(station), data: station.cascade_kg, least: true })));
  queue.draw(stations.map((station) => ({ name: called(station), data: station.most_waiting })));
  out.draw(stations.map((station) => ({ name: called(station), data: station.out_min, area: true })));
  const ranOut = stations.some((station) => station.out_min.some((minutes) => minutes > 0));
  const scopes = [...stations.map((station) => `site:${station.site}`), "total"];
  const bars = COSTS.map(([name, label]) => ({ name: label, data: scopes.map((scope) => metrics.get(name, scope) ?? 0) }));
  drawStack(cost, [...stations.map(called), "all"], bars.filter((bar) => bar.data.some((usd) => usd !== 0)), "USD/kg");
  return [
    section(
      "Hydrogen",
      "The least that each time step saw in each station, and the most vehicles that waited for a position. A vehicle is served from the cascade, down to its least pressure: that may be spent while the bulk storage is full.",
      element("h3", {}, "Bulk storage"),
      stock.node,
      stock.numbers(),
      element("h3", {}, "Cascade"),
      cascade.node,
      cascade.numbers(),
      element("h3", {}, "Vehicles that wait"),
      queue.node,
      queue.numbers(),
      element("h3", {}, "Out of hydrogen"),
      ...(ranOut ? [element("p", {}, "Minutes of each time step in which a vehicle could not be served for lack of hydrogen."), out.node, out.numbers()] : [element("p", {}, "At no time could a vehicle not be served for lack of hydrogen.")]),
    ),
    section(
      "What a kg of hydrogen costs",
      "Levelised, in real money without tax: annuity and upkeep of the investment over the days of the run, and what went into each kg.",
      cost,
      ...table(COLUMNS.map(([name]) => name), rows, "Hydrogen stations"),
    ),
  ];
}
