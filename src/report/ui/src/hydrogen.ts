// Hydrogen stations: stock and queue over time, where vehicles were turned away, what a kg costs.

import { drawStack, TimeChart } from "./charts";
import { Metrics, show, type Report, type Station } from "./data";
import { element, section } from "./dom";

const COSTS: [string, string][] = [
  ["h2_cost_electrolyser_usd_per_kg", "electrolyser"],
  ["h2_cost_compressor_usd_per_kg", "compressor"],
  ["h2_cost_storage_usd_per_kg", "storage"],
  ["h2_cost_dispenser_usd_per_kg", "dispensers"],
  ["h2_cost_production_energy_usd_per_kg", "electricity of production"],
  ["h2_cost_compression_energy_usd_per_kg", "electricity of compression"],
  ["h2_cost_purchase_usd_per_kg", "bought and delivered"],
  ["h2_cost_credit_usd_per_kg", "credits"],
];

const COLUMNS: [string, (station: Station, get: (name: string) => number | null) => string][] = [
  ["station", (station) => station.key],
  ["positions", (station) => String(station.positions)],
  ["fills", (_, get) => show(get("h2_fills"), 0)],
  ["dispensed, kg", (_, get) => show(get("h2_dispensed_kg"), 0)],
  ["turned away", (_, get) => show(get("h2_turned_away"), 0)],
  ["gave up waiting", (_, get) => show(get("h2_gave_up"), 0)],
  ["short of hydrogen, h", (_, get) => show(get("h2_stockout_h"), 1)],
  ["wait 95 %, min", (_, get) => show(get("h2_queue_wait_p95_min"), 0)],
  ["cost, USD/kg", (_, get) => show(get("h2_cost_usd_per_kg"), 2)],
  ["carbon, kg CO2e/kg", (_, get) => show(get("h2_co2e_kg_per_kg"), 1)],
];

/** The sections of the page, and what draws them once they are on it. Nothing in a scenario without stations. */
export function hydrogenSections(report: Report, metrics: Metrics): { nodes: HTMLElement[]; draw: () => void } {
  const stations = report.hydrogen;
  if (stations.length === 0) return { nodes: [], draw: () => undefined };
  const stock = new TimeChart(report.times, "kg", "Hydrogen in the storage of each station over time");
  const queue = new TimeChart(report.times, "waiting", "Vehicles that wait at each hydrogen station over time");
  const cost = element("div", { class: "chart" });
  const head = element("thead", {}, element("tr", {}, ...COLUMNS.map(([name]) => element("th", { scope: "col" }, name))));
  const body = element("tbody");
  for (const station of stations) {
    const get = (name: string) => metrics.get(name, `site:${station.site}`);
    body.append(element("tr", {}, ...COLUMNS.map(([, cell]) => element("td", {}, cell(station, get)))));
  }
  const draw = () => {
    stock.draw(stations.map((station) => ({ name: station.key, data: station.stock_kg })));
    queue.draw(stations.map((station) => ({ name: station.key, data: station.waiting })));
    const scopes = [...stations.map((station) => `site:${station.site}`), "total"];
    const bars = COSTS.map(([name, label]) => ({ name: label, data: scopes.map((scope) => metrics.get(name, scope) ?? 0) }));
    drawStack(cost, [...stations.map((station) => station.key), "all"], bars.filter((bar) => bar.data.some((usd) => usd !== 0)), "USD/kg");
  };
  return {
    nodes: [
      section("Hydrogen", "What is in the storage of each station, and how many vehicles wait for a position.", stock.node, queue.node),
      section(
        "What a kg of hydrogen costs",
        "Levelised, in real money without tax: annuity and upkeep of the investment over the days of the run, and what went into each kg.",
        cost,
        element("div", { class: "scroll", tabindex: "0" }, element("table", {}, head, body)),
      ),
    ],
    draw,
  };
}
