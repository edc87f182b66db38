// What each party asks first of a run: the grid operator, the terminals and their labour, neighbours, fleet owners.

import type { MetricName, Metrics } from "../data/metrics";
import { servedBySite, servedInAll } from "../data/service";
import type { Report, Site } from "../data/types";
import { show } from "../lib/format";
import { element, section } from "../lib/dom";
import { isLimited, limitAtPeak } from "../data/load";
import { fleetName, fleetScopes } from "./money";
import { vessels } from "./verdict";
import { number, percent, table, type Cell } from "../lib/tables";

/** Lines of a table, and the one that sums them up. */
type Lines = [Cell[][], Cell[][]];

function gridOperator(report: Report, metrics: Metrics): Lines {
  const sites = report.sites.filter((site) => site.carried_peak_kw > 0);
  const line = (name: string, scope: string, limit: Cell, peak: number | null, share: number | null, over: Cell): Cell[] => {
    const held = share === null ? "no limit given" : share > 1.005 ? "over its limit" : share >= 0.99 ? "at its limit" : "below";
    return [name, number(peak, 0), limit, percent(share, 0), scope === "total" ? "–" : held, percent(metrics.get("load_factor", scope), 0), over];
  };
  const limit = (site: Site): Cell => (limitAtPeak(site) === null && isLimited(site) ? "none then" : number(limitAtPeak(site), 0));
  sites.sort((a, b) => (b.worst_share ?? 0) - (a.worst_share ?? 0));
  return [sites.map((site) => line(site.name, `site:${site.key}`, limit(site), site.carried_peak_kw, site.worst_share, number(isLimited(site) ? site.over_intervals : null, 0))), [line("all sites together", "total", "–", metrics.get("peak_kw"), null, "–")]];
}

function labour(report: Report, metrics: Metrics): Lines {
  const [all, bySite] = [servedInAll(report, metrics).share, servedBySite(report, metrics)];
  // What the only site with work lacks is what all of them lack.
  const served = (scope: string): number | null => {
    const own = bySite.find(({ key }) => scope === `site:${key}`);
    return scope === "total" || (own && bySite.length === 1) ? all : (own?.share ?? null);
  };
  const line = (name: string, scope: string): Cell[] => [
    name,
    number(metrics.get("equipment_hours_required", scope), 0),
    percent(served(scope)),
    number(metrics.get("vessel_lifts", scope), 0),
    number(metrics.get("queue_wait_mean_min", scope), 1),
    number(metrics.get("queue_wait_p95_min", scope), 0),
  ];
  const places = report.sites.filter((site) => site.kind === "terminal" || (metrics.get("equipment_hours_required", `site:${site.key}`) ?? 0) > 0);
  return [places.map((site) => line(site.name, `site:${site.key}`)), [line("all sites", "total")]];
}

function owners(report: Report, metrics: Metrics, scopes: string[]): Lines {
  const line = (name: string, scope: string): Cell[] => {
    const [km, empty] = [metrics.get("truck_km", scope), metrics.get("truck_empty_km", scope)];
    return [
      name,
      number(metrics.get("hauls_completed", scope), 0),
      number(metrics.get("hauls_late", scope), 0),
      number(metrics.get("trucks_stranded", scope), 0),
      number(metrics.get("gate_queue_mean_min", scope), 1),
      number(km, 0),
      percent(km !== null && empty !== null && km > 0 ? empty / km : null, 0),
      number(metrics.get("truck_battery_kwh", scope), 0),
      number(metrics.get("truck_diesel_gal", scope), 0),
      number(metrics.get("truck_hydrogen_kg", scope), 0),
    ];
  };
  return [scopes.map((scope) => line(fleetName(report, scope), scope)), [line("all", "total")]];
}

/** Exhaust where people live beside a site, most first. */
function beside(report: Report, metrics: Metrics): Cell[][] {
  const nox = (site: Site) => metrics.get("exhaust_nox_kg", `site:${site.key}`) ?? 0;
  const sites = report.sites.filter((site) => nox(site) > 0).sort((a, b) => nox(b) - nox(a));
  return sites.map((site) => [site.name, number(nox(site), 1), number(metrics.get("exhaust_pm25_kg", `site:${site.key}`), 2)]);
}

export function stakeholderSection(report: Report, metrics: Metrics): HTMLElement {
  const part = (title: string, words: string, columns: string[], rows: Cell[][], totals: Cell[][] = []) => [
    element("h3", {}, title),
    element("p", {}, words),
    ...table(columns, rows, title, totals),
  ];
  const fleets = fleetScopes(report);
  const air: [string, MetricName][] = [
    ["nitrogen oxides, all tailpipes, kg", "nox_kg"],
    ["of which trucks: nitrogen oxides, kg", "truck_nox_kg"],
    ["exhaust particles (PM2.5), all tailpipes, kg", "pm25_kg"],
    ["of which trucks: exhaust particles, kg", "truck_pm25_kg"],
  ];
  const bill = metrics.get("bill_total_usd");
  const gates = metrics.get("gate_queue_mean_min");
  const calls = vessels(metrics);
  return section(
    "Results by stakeholder",
    "The same run, as each party sees it.",
    ...part(
      "Grid operator",
      "Peak load of each connection (with the sites behind it) against its limit, the nearest to it first; and in how many intervals its load passed the limit.",
      ["site", "peak, kW", "limit at the peak, kW", "peak loading, % of limit", "status", "load factor", "intervals over the limit"],
      ...gridOperator(report, metrics),
    ),
    ...part(
      "Terminals and labour",
      `Equipment hours required and how many of them were served; how long drivers and operators wait for a charging port.${gates === null ? "" : ` At gates, drivers wait ${show(gates, 1)} min a haul on average.`}${calls === "" ? "" : ` Vessels: ${calls}.`}`,
      ["site", "equipment hours required", "served", "containers lifted", "mean wait for a charging port, min", "95th-percentile wait, min"],
      ...labour(report, metrics),
    ),
    ...part("Community", "What leaves the tailpipes of trucks and equipment in the days of the run.", ["what", "amount"], air.map(([label, name]): Cell[] => [label, number(metrics.get(name), 1)])),
    ...part(
      "Neighbors",
      "Exhaust of equipment, and of trucks idling at a gate, dock or stack, by site; the table idling has it by hour. What trucks emit on the road is not in it.",
      ["site", "nitrogen oxides, kg", "exhaust particles, kg"],
      beside(report, metrics),
    ),
    ...part(
      "Fleet owners",
      `Hauls, waits at gates and what the trucks used.${bill === null ? "" : ` Electricity of the sites that have a tariff: ${show(bill, 0)} USD.`}`,
      ["fleet", "hauls completed", "late", "stranded: battery or tank empty", "gate wait, min a haul", "km", "of which empty", "used from batteries, kWh", "diesel, gal", "hydrogen, kg"],
      ...owners(report, metrics, fleets),
    ),
  );
}
