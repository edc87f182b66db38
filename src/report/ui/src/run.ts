// The page of a run: one time drives the map and the charts.

import { waitsChart } from "./bars";
import { TimeChart } from "./charts";
import { Clock, timeBar } from "./clock";
import { Metrics, show, type Report, type Site } from "./data";
import { element, section } from "./dom";
import { equipmentSection } from "./equipment";
import { chargeSection } from "./heat";
import { hydrogenSections } from "./hydrogen";
import { drawMap } from "./map";
import { billSection, emissionsSection } from "./money";
import { contents, newPage, Shared } from "./page";
import { card, provenance, warningsBox } from "./parts";
import { siteSection, siteTable } from "./site";
import { stakeholderSection } from "./stakeholders";
import type { Trips } from "./trucks";

/** Large numbers in millions: a card is narrow. */
function large(value: number | null): string {
  return value !== null && Math.abs(value) >= 1e6 ? `${show(value / 1e6, 2)} M` : show(value, 0);
}

function cards(metrics: Metrics): HTMLElement {
  const get = (name: string) => metrics.get(name);
  const share = (part: string, whole: string): number | null => {
    const [a, b] = [get(part), get(whole)];
    return a === null || b === null || b <= 0 ? null : (100 * a) / b;
  };
  const list = element("div", { class: "cards" });
  const hauls = share("hauls_completed", "hauls_requested");
  if (hauls !== null) {
    list.append(card("hauls done of those asked for", `${show(hauls, 1)} %`, hauls < 95));
    list.append(card("hauls late", show(get("hauls_late")), (get("hauls_late") ?? 0) > 0));
    list.append(card("hauls cancelled", show(get("hauls_cancelled")), (get("hauls_cancelled") ?? 0) > 0));
  }
  const work = share("equipment_hours_served", "equipment_hours_required");
  if (work !== null) list.append(card("equipment hours served", `${show(work, 1)} %`, work < 99));
  list.append(card("95 % wait for a port up to", `${show(get("queue_wait_p95_min"))} min`));
  list.append(card("left with less than they asked for", show(get("sessions_unmet")), (get("sessions_unmet") ?? 0) > 0));
  list.append(card("ports taken", `${show(100 * (get("charger_utilization") ?? 0), 1)} %`));
  list.append(card("delivered to batteries", `${show((get("energy_delivered_kwh") ?? 0) / 1000)} MWh`));
  list.append(card("peak of all sites together", `${show((get("peak_kw") ?? 0) / 1000)} MW`));
  list.append(card("through the meters", `${show((get("energy_grid_kwh") ?? 0) / 1000)} MWh`));
  const bill = get("bill_total_usd");
  if (bill !== null) list.append(card("electricity bills of sites with a tariff", `${large(bill)} USD`));
  list.append(card("diesel", `${large(get("diesel_gal"))} gal`));
  list.append(card("CO2e at tailpipes", `${show(get("co2e_tailpipe_t"))} t`));
  list.append(card("NOx at tailpipes", `${show(get("nox_kg"))} kg`));
  return list;
}

/** The site that a reader wants to see first. */
function busiest(report: Report, metrics: Metrics): string {
  const get = (name: string, site: Site) => metrics.get(name, `site:${site.key}`) ?? 0;
  const more = (name: string, a: Site, b: Site) => get(name, b) - get(name, a);
  const [first] = [...report.sites].sort((a, b) => more("energy_charging_kwh", a, b) || more("energy_grid_kwh", a, b));
  return first?.key ?? "";
}

function hubSection(report: Report, clock: Clock): HTMLElement {
  const hub = new TimeChart(report.times, "kW", "Load of all sites over time, by kind").follow(clock);
  const queue = new TimeChart(report.times, "waiting", "Vehicles that wait for a port at all sites over time").follow(clock);
  const kinds: [string, number[]][] = [
    ["charging", report.hub.charging],
    ["equipment on the grid", report.hub.equipment],
    ["shore power", report.hub.shore],
    ["other", report.hub.other],
    ["hydrogen", report.hub.hydrogen],
  ];
  const shown = kinds.filter(([, data]) => data.some((kw) => kw !== 0));
  hub.draw(shown.map(([name, data]) => ({ name, data, stack: "all", area: true })));
  queue.draw([{ name: "waiting at all sites", data: waitingAt(report), area: true }]);
  return section("The hub", "Mean load of all sites together, by kind of load, and vehicles that wait for a port. A click in a chart moves the time.", hub.node, queue.node);
}

function waitSection(report: Report, clock: Clock): HTMLElement {
  const chart = new TimeChart(report.times, "min", "Waits for a port by time of arrival").follow(clock);
  chart.draw([{ name: "longest", data: report.waits.longest_min }, { name: "mean", data: report.waits.mean_min }]);
  const about = "All vehicles: by how long they waited before plug-in, and by when they came.";
  return section("Waits for a port", about, waitsChart(report), chart.node);
}

/** Nothing in a scenario without trucks. */
function haulSection(report: Report, clock: Clock): HTMLElement[] {
  if (!report.hauls.done.some((count) => count > 0)) return [];
  const chart = new TimeChart(report.times, "hauls", "Hauls done and late over time").follow(clock);
  chart.draw([{ name: "done", data: report.hauls.done }, { name: "late", data: report.hauls.late }]);
  return [section("Hauls", "Hauls handed over in each step, and of them after they were due.", chart.node)];
}

function waitingAt(report: Report): number[] {
  return report.times.map((_, step) => report.sites.reduce((sum, site) => sum + (site.waiting[step] ?? 0), 0));
}

/** What holds at the time of the clock, in a few words. */
function factsAt(report: Report, clock: Clock, waiting: number[], trips: () => Trips | null): string {
  const step = clock.step.value;
  const kw = Object.values(report.hub).reduce((sum, kind) => sum + (kind[step] ?? 0), 0);
  const known = trips();
  const trucks = known ? `, ${report.legs.one_in > 1 ? "about " : ""}${show(known.count(clock.seconds.value) * report.legs.one_in, 0)} trucks under way` : "";
  return `${show(kw / 1000)} MW, ${show(waiting[step] ?? 0, 0)} waiting${trucks}`;
}

export function buildRun(page: HTMLElement, report: Report): void {
  newPage(page, report.title);
  const metrics = new Metrics(report.metrics);
  const clock = new Clock(report.times, report.bucket_s);
  const chosen = new Shared(busiest(report, metrics));
  const waiting = waitingAt(report);
  let trips: Trips | null = null;
  const bar = timeBar(clock, () => factsAt(report, clock, waiting, () => trips));
  const map = drawMap(report, metrics, clock, chosen, (unpacked) => (trips = unpacked));
  const hasWaits = [report.waits.trucks, report.waits.equipment, report.waits.visitors].some((kind) => kind.some((count) => count > 0));
  const sections = [
    section("Where", "", map),
    hubSection(report, clock),
    siteSection(report, metrics, clock, chosen),
    siteTable(report, metrics, chosen),
    ...(hasWaits ? [waitSection(report, clock)] : []),
    ...haulSection(report, clock),
    ...chargeSection(report, clock),
    ...equipmentSection(report, clock),
    ...hydrogenSections(report, metrics, clock),
    ...billSection(report, metrics),
    emissionsSection(report, metrics),
    stakeholderSection(report, metrics),
    provenance(report, report.metrics),
  ];
  page.append(
    element("h1", {}, report.title),
    element("p", {}, report.description),
    element("p", {}, `${report.days} days from ${report.start}. Times are local; each step of the charts is ${report.bucket_s / 60} minutes.`),
    ...warningsBox(report.warnings),
    cards(metrics),
    contents(sections),
    bar,
    ...sections,
  );
}
