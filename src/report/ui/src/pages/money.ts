// Electricity bills, the cost of a year and emissions, as tables.

import { metricLabel, Metrics, type MetricName } from "../data/metrics";
import type { Report } from "../data/types";
import { element, section } from "../lib/dom";
import { dollars, show } from "../lib/format";
import { number, percent, table, type Cell } from "../lib/tables";

/** Parts of the yearly cost, in the order in which they are told. */
export const COST_PARTS: MetricName[] = ["year_capital_usd", "year_upkeep_usd", "year_labor_usd", "year_bill_usd", "year_fuel_usd", "year_refill_usd", "year_lost_work_usd"];
/** What a scenario with prices has beside the cost of a year. */
const BESIDE: MetricName[] = ["capex_usd", "npv_usd", "cost_per_haul_usd", "cost_per_move_usd"];

/** The parts of the cost of a year that are not nothing, and their sum; none where there are no prices. */
export function costRows(value: (name: MetricName) => number | null): { parts: Cell[][]; total: Cell[] } | null {
  const whole = value("year_cost_usd");
  const parts = COST_PARTS.map((name) => [name, value(name)] as const).filter(([, usd]) => usd !== null && usd !== 0);
  if (whole === null || parts.length === 0) return null;
  const row = (name: MetricName, usd: number | null): Cell[] => [metricLabel(name), number(usd, 0), percent(whole === 0 || usd === null ? null : usd / whole)];
  return { parts: parts.map(([name, usd]) => row(name, usd)), total: row("year_cost_usd", whole) };
}

/** The same as a table. */
export function costTable(value: (name: MetricName) => number | null): HTMLElement[] {
  const rows = costRows(value);
  return rows === null ? [] : table(["part", "USD a year", "share"], rows.parts, "Cost by part", [rows.total]);
}

/** The cost of a year of a run that has prices, by its parts, and what is beside it. */
export function costSection(metrics: Metrics): HTMLElement[] {
  const parts = costTable((name) => metrics.get(name));
  if (parts.length === 0) return [];
  const beside = BESIDE.filter((name) => metrics.get(name) !== null).map((name): Cell[] => [metricLabel(name), number(metrics.get(name), name.startsWith("cost_per") ? 2 : 0)]);
  return [
    section(
      "Cost by part",
      "The cost of a year made of the days of this run, weekday by weekday; investments as yearly payments over their lives.",
      ...parts,
      ...(beside.length > 0 ? [element("h3", {}, "Beside the cost of a year"), ...table(["what", "USD"], beside, "Beside the cost of a year")] : []),
    ),
  ];
}

type PhaseIn = Report["phase_ins"][number];

/** What of demand charges that tariffs phase in is charged on the first day, in a sentence each. */
export function phaseInText(all: Pick<PhaseIn, "tariff" | "usd_per_kw" | "full_usd_per_kw" | "full_from">[]): string {
  const price = (usd: number) => `$${usd.toFixed(2)}`;
  return all.map((it) => ` The demand charge of ${it.tariff} is phased in: ${price(it.usd_per_kw)} a kW of the peak on the first day, ${show((100 * it.usd_per_kw) / it.full_usd_per_kw, 0)} % of the ${price(it.full_usd_per_kw)} from ${it.full_from} on.`).join("");
}

/** The same with what the full charge would come to for these days. */
export function phaseInBill(all: PhaseIn[]): string {
  return all.map((it) => `${phaseInText([it])} For the demand billed here the full one comes to ${dollars(it.full_usd)} at most, instead of ${dollars(it.demand_usd)}.`).join("");
}

const BILL: MetricName[] = ["bill_energy_usd", "bill_demand_usd", "bill_fixed_usd", "bill_total_usd"];

/** Bills of the sites that have a tariff; nothing without. */
export function billSection(report: Report, metrics: Metrics): HTMLElement[] {
  const payers = report.sites.filter((site) => metrics.get("bill_total_usd", `site:${site.key}`) !== null);
  if (payers.length === 0) return [];
  const line = (name: string, scope: string): Cell[] => {
    const [bill, kwh] = [metrics.get("bill_total_usd", scope), metrics.get("energy_grid_kwh", scope)];
    const price = bill !== null && kwh !== null && kwh > 0 ? bill / kwh : null;
    return [name, ...BILL.map((part) => number(metrics.get(part, scope), 0)), number(price, 3)];
  };
  const rows = payers.map((site) => line(site.name, `site:${site.key}`));
  // The price of all would divide by the energy of sites without a tariff, too.
  const total: Cell[] = ["all", ...BILL.map((part) => number(metrics.get(part), 0)), "–"];
  return [
    section(
      "Electricity bills",
      "By site that has a tariff, USD, for the days of the run. Demand charges and fixed charges are billed per full month, so the bill of a few days is not a share of a month’s." + phaseInBill(report.phase_ins),
      ...table(["site", "energy charge", "demand charge", "fixed", "total", "USD per kWh"], rows, "Electricity bills", [total]),
    ),
  ];
}

/** The largest bills of many, with the others and all in one line each: what the board reads. */
export function largestBills(report: Report, metrics: Metrics, most: number): HTMLElement[] {
  const bill = (key: string) => metrics.get("bill_total_usd", `site:${key}`);
  const payers = report.sites.flatMap(({ key, name }) => {
    const usd = bill(key);
    return usd === null ? [] : [{ name, usd }];
  });
  payers.sort((a, b) => b.usd - a.usd);
  const rest = payers.slice(most);
  const all = metrics.get("bill_total_usd");
  const share = (usd: number) => percent(all !== null && all > 0 ? usd / all : null, 0);
  const others = rest.reduce((sum, { usd }) => sum + usd, 0);
  const rows = payers.slice(0, most).map(({ name, usd }): Cell[] => [name, number(usd, 0), share(usd)]);
  const left: Cell[][] = rest.length > 0 ? [[`${rest.length} other sites`, number(others, 0), share(others)]] : [];
  return [section("Largest electricity bills", "For the days of the run; all sites are under Electricity bills." + phaseInBill(report.phase_ins), ...table(["site", "USD", "share"], rows, "Largest electricity bills", [...left, ["all", number(all, 0), share(all ?? 0)]]))];
}

/** A fleet as people call it. */
export function fleetName(report: Report, scope: string): string {
  const key = scope.slice("fleet:".length);
  return report.fleets[key] ?? key;
}

/** Scopes of the metrics of fleets. */
export function fleetScopes(report: Report): string[] {
  return [...new Set(report.metrics.filter((it) => it.scope.startsWith("fleet:")).map((it) => it.scope))];
}

/** Diesel and emissions: of the hub, of each fleet of trucks, and of the equipment of each site. */
export function emissionsSection(report: Report, metrics: Metrics): HTMLElement {
  const get = (name: MetricName, scope: string, digits?: number) => number(metrics.get(name, scope), digits);
  const rows: Cell[][] = [];
  const total: Cell[] = ["all", get("diesel_gal", "total"), get("co2e_direct_t", "total", 1), get("co2e_upstream_t", "total", 1), get("nox_kg", "total", 1), get("pm25_kg", "total", 2)];
  for (const scope of fleetScopes(report)) {
    rows.push([`trucks of ${fleetName(report, scope)}`, get("truck_diesel_gal", scope), "–", "–", get("truck_nox_kg", scope, 1), get("truck_pm25_kg", scope, 2)]);
  }
  for (const site of report.sites) {
    const scope = `site:${site.key}`;
    if ((metrics.get("equipment_diesel_gal", scope) ?? 0) <= 0) continue;
    rows.push([`equipment at ${site.name}`, get("equipment_diesel_gal", scope), "–", "–", "–", "–"]);
  }
  return section(
    "Emissions",
    "Tailpipes: what vehicles burn. Supply: making diesel, electricity and bought hydrogen. –: not reported separately.",
    ...table(["what", "diesel, gal", "CO2e at tailpipes, t", "CO2e of supply, t", "NOx, kg", "PM2.5, kg"], rows, "Emissions", [total]),
  );
}
