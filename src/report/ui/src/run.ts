// The page of a run: one time drives the map and the charts.

import { waitsChart } from "./bars";
import { TimeChart } from "./charts";
import { Clock, timeBar } from "./clock";
import { lasting, Metrics, show, type Report, type Site } from "./data";
import { element, section } from "./dom";
import { equipmentSection } from "./equipment";
import { chargeSection } from "./heat";
import { hydrogenSections } from "./hydrogen";
import { added, carriedLoads, hasPorts, waitingAtSite } from "./load";
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

/** Nothing in a scenario without ports. */
function portCards(metrics: Metrics): HTMLElement[] {
  const get = (name: string) => metrics.get(name);
  const taken = get("charger_utilization");
  if (taken === null) return [];
  const wait = get("queue_wait_p95_min");
  return [
    card("95 % wait for a port up to", wait === null ? "nobody came" : `${show(wait)} min`),
    card("left with less than they asked for", show(get("sessions_unmet")), (get("sessions_unmet") ?? 0) > 0),
    card("ports taken", `${show(100 * taken, 1)} %`),
    card("delivered to batteries", `${show((get("energy_delivered_kwh") ?? 0) / 1000)} MWh`),
  ];
}

/** Nothing in a scenario without hydrogen stations. */
function hydrogenCards(metrics: Metrics): HTMLElement[] {
  const get = (name: string) => metrics.get(name);
  const kg = get("h2_dispensed_kg");
  if (kg === null) return [];
  const unserved = (get("h2_turned_away") ?? 0) + (get("h2_gave_up") ?? 0);
  const [wait, price] = [get("h2_queue_wait_p95_min"), get("h2_cost_usd_per_kg")];
  return [
    card("95 % wait at hydrogen stations up to", wait === null ? "nobody came" : `${show(wait)} min`),
    card("turned away for want of hydrogen, or gave up waiting", show(unserved), unserved > 0),
    card("hydrogen into vehicles", kg >= 10_000 ? `${show(kg / 1000)} t` : `${show(kg)} kg`),
    ...(price === null ? [] : [card("a kg of hydrogen costs", `${show(price, 2)} USD`)]),
  ];
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
    list.append(card("hauls cancelled", show(get("hauls_lapsed")), (get("hauls_lapsed") ?? 0) > 0));
    list.append(card("hauls under way or waiting at the end", show(get("hauls_open"))));
  }
  const work = share("equipment_hours_served", "equipment_hours_required");
  if (work !== null) list.append(card("equipment hours served", `${show(work, 1)} %`, work < 99));
  list.append(...portCards(metrics), ...hydrogenCards(metrics));
  list.append(card("peak of all sites together", `${show((get("peak_kw") ?? 0) / 1000)} MW`));
  list.append(card("through the meters", `${show((get("energy_grid_kwh") ?? 0) / 1000)} MWh`));
  const bill = get("bill_total_usd");
  if (bill !== null) list.append(card("electricity bills of sites with a tariff", `${large(bill)} USD`));
  list.append(card("diesel", `${large(get("diesel_gal"))} gal`));
  list.append(card("CO2e at tailpipes", `${show(get("co2e_tailpipe_t"))} t`));
  const supply = get("co2e_upstream_t");
  if (supply !== null) list.append(card("CO2e of the supply of fuel and electricity", `${show(supply)} t`));
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
  const queue = new TimeChart(report.times, "waiting", "Vehicles that wait at all sites over time").follow(clock);
  const kinds: [string, number[]][] = [
    ["charging", report.hub.charging],
    ["equipment on the grid", report.hub.equipment],
    ["shore power", report.hub.shore],
    ["other", report.hub.other],
    ["hydrogen", report.hub.hydrogen],
  ];
  const shown = kinds.filter(([, data]) => data.some((kw) => kw !== 0));
  hub.draw(shown.map(([name, data]) => ({ name, data, stack: "all", area: true })));
  const steps = report.times.length;
  const queues: [string, boolean, number[][]][] = [
    ["for a port", hasPorts(report), report.sites.map((site) => site.waiting)],
    ["for hydrogen", report.hydrogen.length > 0, report.hydrogen.map((station) => station.waiting)],
  ];
  queue.draw(queues.filter(([, isThere]) => isThere).map(([name, , all]) => ({ name, data: added(steps, all), stack: "all", area: true })));
  const about = "Mean load of all sites together, by kind of load, and how many vehicles wait. A click in a chart moves the time.";
  return section("The hub", about, hub.node, hub.numbers(), queue.node, queue.numbers());
}

function waitSection(report: Report, clock: Clock): HTMLElement {
  const chart = new TimeChart(report.times, "min", "Waits for a port by time of arrival").follow(clock);
  chart.draw([{ name: "longest", data: report.waits.longest_min }, { name: "mean", data: report.waits.mean_min }]);
  const about = "All visits to ports: by how long it took until plug-in, or until the vehicle gave up, and by when it came.";
  return section("Waits for a port", about, waitsChart(report), chart.node, chart.numbers());
}

/** Nothing in a scenario without trucks. */
function haulSection(report: Report, metrics: Metrics, clock: Clock): HTMLElement[] {
  if ((metrics.get("hauls_requested") ?? 0) <= 0) return [];
  const chart = new TimeChart(report.times, "hauls", "Hauls done and late over time").follow(clock);
  chart.draw([{ name: "done", data: report.hauls.done }, { name: "late", data: report.hauls.late }]);
  return [section("Hauls", "Hauls handed over in each step, and of them after they were due.", chart.node, chart.numbers())];
}

/** What holds at the time of the clock, in a few words. */
function factsAt(report: Report, clock: Clock, waiting: number[], trips: () => Trips | null): string {
  const step = clock.step.value;
  const kw = Object.values(report.hub).reduce((sum, kind) => sum + (kind[step] ?? 0), 0);
  const known = trips();
  const trucks = known ? `, ${report.legs.one_in > 1 ? "about " : ""}${show(known.count(clock.seconds.value) * report.legs.one_in, 0)} trucks on hauls` : "";
  return `${show(kw / 1000)} MW, ${show(waiting[step] ?? 0, 0)} waiting${trucks}`;
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
  const hasWaits = [report.waits.trucks, report.waits.equipment, report.waits.visitors].some((kind) => kind.some((count) => count > 0));
  const sections = [
    section("Where", "", map),
    hubSection(report, clock),
    siteSection(report, metrics, carried, clock, chosen),
    siteTable(report, metrics, chosen),
    ...(hasWaits ? [waitSection(report, clock)] : []),
    ...haulSection(report, metrics, clock),
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
    element("p", {}, `${report.days} ${report.days === 1 ? "day" : "days"} from ${report.start}. Times are local (${report.zone}); each step of the charts is ${lasting(report.bucket_s)}.`),
    ...warningsBox(report.warnings),
    cards(metrics),
    contents(sections),
    bar.node,
    ...sections,
  );
}
