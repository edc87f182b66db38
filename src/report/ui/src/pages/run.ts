// The page of a run: the verdict first, then where and when; one time drives the map and the charts.

import { waitsChart } from "../charts/bars";
import { chargeSection } from "../charts/heat";
import { TimeChart } from "../charts/time";
import { added, carriedLoads, hasPorts, sumOfLimits, waitingAtSite } from "../data/load";
import { metricLabel, Metrics, type MetricName } from "../data/metrics";
import type { Report, Site } from "../data/types";
import { Clock, timeBar } from "../lib/clock";
import { element, hint, section } from "../lib/dom";
import { dollars, energy, lasting, power, show } from "../lib/format";
import { contents, newPage, Shared } from "../lib/page";
import { assumptions, furtherWarnings, provenance, warningsBox } from "../lib/parts";
import { table, type Cell } from "../lib/tables";
import { drawMap } from "../map/run";
import type { Trips } from "../map/trucks";
import { equipmentSection } from "./equipment";
import { hydrogenSections } from "./hydrogen";
import { billSection, COST_PARTS, costSection, emissionsSection, largestBills } from "./money";
import { siteFigure, siteSection, siteTable } from "./site";
import { stakeholderSection } from "./stakeholders";
import { vehicleSection } from "./vehicles";
import { runVerdict, shareText, toldOnCard } from "./verdict";
import { yardSection } from "./yard";

/** Sites with a bill that fit on the second sheet of paper. */
const MOST_BILLS = 8;
/** Of more sites the largest bills stand there. */
const LARGEST = 5;

/** The site that a reader wants to see first. */
function busiest(report: Report, metrics: Metrics): string {
  const get = (name: MetricName, site: Site) => metrics.get(name, `site:${site.key}`) ?? 0;
  const more = (name: MetricName, a: Site, b: Site) => get(name, b) - get(name, a);
  const [first] = [...report.sites].sort((a, b) => more("energy_charging_kwh", a, b) || more("energy_grid_kwh", a, b));
  return first?.key ?? "";
}

/** The results that a planner quotes, of all sites together. */
function resultsTable(metrics: Metrics): HTMLElement {
  const rows: Cell[][] = [];
  const add = (name: MetricName, text: (value: number) => string) => {
    const value = metrics.get(name);
    if (value !== null) rows.push([metricLabel(name), { text: text(value), raw: value }]);
  };
  const plain = (value: number) => show(value, 0);
  const minutes = (value: number) => `${show(value)} min`;
  add("hauls_requested", plain);
  add("hauls_completed", plain);
  add("hauls_late", plain);
  add("hauls_lapsed", plain);
  add("hauls_open", plain);
  add("equipment_hours_required", (value) => `${show(value, 0)} h`);
  add("equipment_hours_served", (value) => `${show(value, 0)} h`);
  add("vessel_calls", plain);
  add("vessel_lifts", plain);
  add("vessels_at_berth", plain);
  add("work_backlog_h", (value) => `${show(value)} h`);
  add("work_backlog_max_h", (value) => `${show(value)} h`);
  add("sessions", plain);
  add("sessions_unmet", plain);
  add("breaks_unmet", plain);
  add("queue_wait_mean_min", minutes);
  add("queue_wait_p95_min", minutes);
  add("charger_utilization", shareText);
  add("energy_requested_kwh", energy);
  add("energy_delivered_kwh", energy);
  add("h2_dispensed_kg", (value) => `${show(value)} kg`);
  add("h2_queue_wait_p95_min", minutes);
  add("h2_cost_usd_per_kg", (value) => `${show(value, 2)} USD/kg`);
  add("peak_kw", power);
  add("energy_grid_kwh", energy);
  for (const name of ["bill_energy_usd", "bill_demand_usd", "bill_fixed_usd", "bill_total_usd", "year_cost_usd", ...COST_PARTS, "capex_usd", "npv_usd"] as const) add(name, dollars);
  for (const name of ["cost_per_haul_usd", "cost_per_move_usd"] as const) add(name, (value) => `$${show(value, 2)}`);
  add("diesel_gal", (value) => `${show(value, 0)} gal`);
  add("co2e_direct_t", (value) => `${show(value)} t`);
  add("co2e_upstream_t", (value) => `${show(value)} t`);
  add("nox_kg", (value) => `${show(value)} kg`);
  return section("Results", "All sites together.", ...table(["result", "value"], rows, "Results"));
}

function figure(title: string, chart: TimeChart): HTMLElement {
  return element("div", {}, element("h3", {}, title), chart.node, chart.numbers());
}

/** What the shades of the charts mean; nothing where there are none. */
function shadeText(report: Report): string {
  const [hasBreaks, hasNights] = [true, false].map((wanted) => report.pauses.some(({ is_break }) => is_break === wanted));
  if (!hasBreaks && !hasNights) return "";
  return ` Shaded: ${[hasBreaks ? "breaks (darker)" : "", hasNights ? "time between shifts (paler)" : ""].filter((text) => text !== "").join(" and ")} of terminal labor.`;
}

function loadFigure(report: Report, clock: Clock): HTMLElement {
  const chart = new TimeChart(report.times, "kW", "Load of all sites over time, by kind").follow(clock).shade(report.pauses);
  const kinds: [string, number[]][] = [
    ["base load", report.hub.other],
    ["shore power", report.hub.shore],
    ["equipment on the grid", report.hub.equipment],
    ["hydrogen", report.hub.hydrogen],
    ["charging", report.hub.charging],
  ];
  const shown = kinds.filter(([, data]) => data.some((kw) => kw !== 0));
  const limits = sumOfLimits(report);
  const isOne = limits.sites === 1;
  const moves = limits.kw.some((kw) => kw !== limits.kw[0]);
  const areas = shown.map(([name, data]) => ({ name, data, stack: "all", area: true }));
  const line = limits.sites > 0 && (moves || !isOne) ? [{ name: isOne ? "limit" : `limits of the ${limits.sites} connections together`, data: limits.kw, stepped: true, dashed: true }] : [];
  chart.draw([...areas, ...line], isOne && !moves ? (limits.kw[0] ?? null) : null);
  return figure("Load of all sites, by kind", chart);
}

function queueFigure(report: Report, clock: Clock): HTMLElement {
  const chart = new TimeChart(report.times, "waiting", "Vehicles waiting at all sites over time").follow(clock).shade(report.pauses);
  const steps = report.times.length;
  const queues: [string, boolean, number[][]][] = [
    ["for a charging port", hasPorts(report), report.sites.map((site) => site.waiting)],
    ["for hydrogen", report.hydrogen.length > 0, report.hydrogen.map((station) => station.waiting)],
  ];
  chart.draw(queues.filter(([, isThere]) => isThere).map(([name, , all]) => ({ name, data: added(steps, all), stack: "all", area: true })));
  return figure("Vehicles waiting", chart);
}

/** Four pictures: load by kind, the chosen site against its limit, who waits, and how long. */
function overTime(report: Report, carried: Map<string, number[]>, clock: Clock, chosen: Shared<string>): HTMLElement {
  const waits = hasWaits(report) ? [element("div", {}, element("h3", {}, "How long visits waited for a charging port"), waitsChart(report))] : [];
  const grid = element("div", { class: "quad" }, loadFigure(report, clock), siteFigure(report, carried, clock, chosen), queueFigure(report, clock), ...waits);
  const made = section("Over time", `Means of each ${lasting(report.bucket_s)}; local times (${report.zone}).${shadeText(report)}`, grid);
  hint(made, "A click in a chart moves the time of the page.");
  made.classList.add("second-page");
  return made;
}

function hasWaits(report: Report): boolean {
  return [report.waits.trucks, report.waits.equipment, report.waits.visitors].some((kind) => kind.some((visits) => visits > 0));
}

function waitSection(report: Report, clock: Clock): HTMLElement[] {
  if (!hasWaits(report)) return [];
  const chart = new TimeChart(report.times, "min", "Waits for a charging port by time of arrival").follow(clock);
  chart.draw([{ name: "longest", data: report.waits.longest_min }, { name: "mean", data: report.waits.mean_min }]);
  const about = "Minutes until plug-in, or until the vehicle gave up, of the vehicles that arrived in each step.";
  return [section("Waits for a charging port", about, chart.node, chart.numbers())];
}

/** Nothing in a scenario without trucks. */
function moveSection(report: Report, metrics: Metrics, clock: Clock): HTMLElement[] {
  if ((metrics.get("hauls_requested") ?? 0) <= 0) return [];
  const chart = new TimeChart(report.times, "hauls", "Hauls completed and late over time").follow(clock);
  chart.draw([{ name: "completed", data: report.hauls.done }, { name: "late", data: report.hauls.late }]);
  return [section("Hauls", "Hauls completed in each step, and how many of them after they were due.", chart.node, chart.numbers())];
}

/** What holds at the time of the clock, in a few words. */
function factsAt(report: Report, clock: Clock, waiting: number[], trips: () => Trips | null): string {
  const step = clock.step.value;
  const kw = Object.values(report.hub).reduce((sum, kind) => sum + (kind[step] ?? 0), 0);
  const known = trips();
  const trucks = known ? `, ${report.legs.one_in > 1 ? "about " : ""}${show(known.count(clock.seconds.value) * report.legs.one_in, 0)} trucks on trips` : "";
  return `${power(kw)}, ${show(waiting[step] ?? 0, 0)} waiting${trucks}`;
}

export function buildRun(page: HTMLElement, report: Report): void {
  newPage(page, report.title);
  const metrics = new Metrics(report.metrics);
  const clock = new Clock(report.times, report.bucket_s);
  const chosen = new Shared(busiest(report, metrics));
  const waitingBySite = new Map(report.sites.map((site) => [site.key, waitingAtSite(report, site)]));
  const waiting = added(report.times.length, [...waitingBySite.values()]);
  const carried = carriedLoads(report);
  let trips: Trips | null = null;
  const bar = timeBar(clock, () => factsAt(report, clock, waiting, () => trips));
  const map = drawMap({ report, metrics, carried, waiting: waitingBySite }, clock, chosen, (unpacked) => {
    trips = unpacked;
    bar.tell();
  });
  const bills = billSection(report, metrics);
  const costs = costSection(metrics);
  // The board reads a short table; a long one goes to the appendix.
  const isShort = bills.every((part) => part.querySelectorAll("tbody tr").length <= MOST_BILLS);
  const board = [section("Where", "", map), overTime(report, carried, clock, chosen), ...costs, ...(isShort ? bills : largestBills(report, metrics, LARGEST)), ...assumptions(report)];
  const onCard = toldOnCard(report);
  const warnings = report.warnings.filter((warning) => !onCard.has(warning));
  const details = [
    resultsTable(metrics),
    ...(isShort ? [] : bills),
    siteSection(report, metrics, carried, clock, chosen),
    siteTable(report, metrics, chosen),
    ...vehicleSection(report),
    ...waitSection(report, clock),
    ...moveSection(report, metrics, clock),
    ...equipmentSection(report, clock),
    ...yardSection(report, metrics),
    ...chargeSection(report, clock),
    ...hydrogenSections(report, metrics, clock),
    emissionsSection(report, metrics),
    stakeholderSection(report, metrics),
    ...furtherWarnings(warnings),
    provenance(report, report.metrics),
  ];
  details[0]?.classList.add("appendix");
  const days = report.days === 1 ? "1 day" : `${report.days} days`;
  page.append(
    element("h1", {}, report.title),
    element("p", { class: "question" }, report.description),
    element("p", {}, `${days} from ${report.start}, one draw of random days. Compare strategies with replications to tell effects from chance.`),
    runVerdict(report, metrics, clock),
    ...warningsBox(warnings),
    contents([...board, ...details]),
    bar.node,
    ...board,
    ...details,
  );
}
