// The page of a transition: who drives what, what it costs and emits by year, which goals were met, and what each
// stakeholder asks first.

import { drawPaths, drawStack, type Path } from "./bars";
import { TimeChart } from "./charts";
import { Metrics, show, type Years } from "./data";
import { element, section } from "./dom";
import { contents, newPage } from "./page";
import { card, provenance, warningsBox } from "./parts";
import { number, percent, table, type Cell } from "./tables";

const shareOf = (share: number | null, digits = 1) => (share === null ? "–" : `${show(100 * share, digits)} %`);
const money = (usd: number | null) => (Math.abs(usd ?? 0) >= 1e8 ? `${show((usd ?? 0) / 1e9, 2)} B$` : `${show((usd ?? 0) / 1e6, 2)} M$`);
const tonnes = (t: number | null) => ((t ?? 0) >= 1e5 ? `${show((t ?? 0) / 1e6, 2)} Mt` : (t ?? 0) >= 1000 ? `${show((t ?? 0) / 1000)} kt` : `${show(t)} t`);

function cards(report: Years, metrics: Metrics): HTMLElement {
  const total = (name: string) => metrics.get(name);
  const last = `year:${report.years[report.years.length - 1]}`;
  const list = element("div", { class: "cards" });
  const goals = report.rules.filter((rule) => rule.kind === "target");
  for (const goal of goals) {
    const isMet = goal.kept === "yes";
    const label = `${goal.rule}, ${goal.year}: ${goal.is_most ? "at most" : "at least"} ${shareOf(goal.asked)}${goal.is_most ? " of the first year" : ""}, reached ${shareOf(goal.reached)}`;
    list.append(card(label, isMet ? "met" : "missed", !isMet));
  }
  list.append(card("trucks without a tailpipe at the end", shareOf(metrics.get("zev_share_trucks", last))));
  list.append(card("equipment without a tailpipe at the end", shareOf(metrics.get("zev_share_equipment", last))));
  list.append(card("CO2e of all years", tonnes(total("co2e_t"))));
  list.append(card("NOx of all years", `${show((total("nox_kg") ?? 0) / 1000)} t`));
  list.append(card(`cost of all years, ${report.money_year} money`, money(total("cost_usd"))));
  list.append(card("present value of all money", money(total("npv_usd"))));
  list.append(card("public money", money(total("public_usd"))));
  // A run that was not made against a baseline has no such metric, whatever is drawn beside it now.
  if (report.baseline && report.metrics.some((metric) => metric.name === "abatement_usd_per_t")) {
    const price = total("abatement_usd_per_t");
    const lost = report.lost ? `; hauls that were lost (${shareOf(report.lost.share)} in ${report.lost.year}) pass for abatement in it` : "";
    list.append(card(`a tonne of CO2e abated, against ${report.baseline.name}${lost}`, price === null ? "nothing abated" : `${show(price, 0)} $`, report.lost !== null));
  }
  const [asked, lost] = [metrics.get("hauls_requested", last), metrics.get("hauls_lapsed", last)];
  if (asked !== null && asked > 0) {
    const share = (lost ?? 0) / asked;
    list.append(card("hauls lost in the last year", shareOf(share, 2), share > 0.005));
  }
  const wait = metrics.get("queue_wait_p95_min", last);
  list.append(card("95 % wait for a charging port, last year", wait === null ? "nobody charges" : `${show(wait, 0)} min`));
  return list;
}

const POWERTRAINS = ["diesel", "battery_electric", "fuel_cell", "grid_connected"];

/** Areas of vehicles by powertrain, in a fixed order. */
function areas(stock: Record<string, number[]>): { name: string; data: number[]; stack: string; area: boolean }[] {
  const known = POWERTRAINS.filter((name) => stock[name]);
  return known.map((name) => ({ name: name.replaceAll("_", " "), data: stock[name] ?? [], stack: "all", area: true }));
}

/** Cost over emissions, added up year by year, and at last less what is left, which no single year has. */
function path(name: string, years: number[], cost_usd: (number | null)[], co2e_t: (number | null)[], total_cost_usd: number | null): Path {
  let [x, y] = [0, 0];
  const points = years.map((year, at) => {
    x += (co2e_t[at] ?? 0) / 1e6;
    y += (cost_usd[at] ?? 0) / 1e9;
    return { name: String(year), x, y };
  });
  const end = total_cost_usd === null ? [] : [{ name: "with what is left", x, y: total_cost_usd / 1e9 }];
  return { name, points: [...points, ...end] };
}

function stakeholders(report: Years, metrics: Metrics): HTMLElement {
  const last = `year:${report.years[report.years.length - 1]}`;
  const first = `year:${report.years[0]}`;
  const sellers = report.sites.filter((site) => metrics.get("npv_usd", `site:${site.key}`) !== null);
  const times = (factor: number | null): Cell => ({ text: factor === null ? "–" : `× ${show(factor, 2)}`, raw: factor });
  const developer = table(
    ["site that sells", "ports taken, last year", "present value, M$", "rate of return", "earned over invested", "least debt cover", "in", "worth nothing at income", "electricity", "upkeep", "works"],
    sellers.map((site): Cell[] => {
      const get = (name: string) => metrics.get(name, `site:${site.key}`);
      const breaks = ["revenue", "electricity", "upkeep", "investment"].map((part) => times(get(`break_even_${part}`)));
      const [cover, year] = [get("dscr_min"), get("dscr_min_year")];
      return [site.name, percent(get("charger_utilization")), number((get("npv_usd") ?? 0) / 1e6, 1), percent(get("irr")), number(get("return_on_investment"), 2), number(cover, 2), year === null ? "–" : String(year), ...breaks];
    }),
    "Developer and bank",
  );
  const night = (hours: number[]) => hours.reduce((sum, trucks, hour) => sum + (hour < 6 || hour >= 22 ? trucks : 0), 0);
  const all = (hours: number[]) => hours.reduce((sum, trucks) => sum + trucks, 0);
  const busiest = (hours: number[]): Cell => {
    const most = Math.max(...hours);
    return { text: most > 0 ? `${show(most, 0)} at ${hours.indexOf(most)}:00` : "–", raw: most };
  };
  const emitters = report.sites.filter((site) => site.nox_kg_first > 0 || site.nox_kg_last > 0 || all(site.trucks_by_hour) >= 50);
  const community = table(
    ["site", "NOx first year, kg", "NOx last year, kg", "PM2.5 first year, kg", "PM2.5 last year, kg", "trucks a day", "of them 22 to 6 h", "busiest hour, trucks"],
    emitters.map((site) => [
      site.name,
      number(site.nox_kg_first),
      number(site.nox_kg_last),
      number(site.pm25_kg_first, 1),
      number(site.pm25_kg_last, 1),
      number(all(site.trucks_by_hour), 0),
      number(night(site.trucks_by_hour), 0),
      busiest(site.trucks_by_hour),
    ]),
    "Community",
  );
  const by = (name: string) => [number(metrics.get(name, first)), number(metrics.get(name, last))];
  const labour = table(
    ["", "first year", "last year"],
    [
      ["hours that drivers wait for a port", ...by("driver_waiting_h")],
      ["unit-hours of equipment asked for", ...by("equipment_hours_required")],
      ["unit-hours done", ...by("equipment_hours_served")],
    ],
    "Labour",
  );
  return section(
    "Whom it concerns",
    "Developers and banks: sites that sell charging or hydrogen. Neighbours: exhaust at each site, of equipment and of trucks that stand there, and trucks that come (last year). Labour: hours.",
    element("h3", {}, "Developer and bank"),
    element("p", {}, "Debt cover is a year's earnings over its payments of debt; below 1 the bank is not paid. The last four columns say which assumption breaks a site: its present value is 0 when that part alone is so many times what it was here. The nearer to 1, the sooner."),
    ...developer,
    element("h3", {}, "Community"),
    ...community,
    element("h3", {}, "Labour"),
    ...labour,
  );
}

/** Public money promises nothing that must be kept: what it reached is the share of what was asked that it paid. */
function asks(rule: Years["rules"][number]): string {
  if (rule.kind === "voucher" || rule.kind === "infrastructure_credit") return "share paid";
  return rule.is_most ? "at most" : "at least";
}

/** Rules ask for shares, offers that makers must hold for vehicles. */
function amount(rule: Years["rules"][number], value: number): Cell {
  return rule.kind === "offer" ? number(value, 0) : percent(value);
}

function usesHydrogen(report: Years): boolean {
  return report.hydrogen_t.some((tonnes) => tonnes > 0);
}

/** Numbers of each year, to copy: vehicles, money and emissions. */
function yearsTable(report: Years): HTMLElement {
  const parts: [string, Record<string, (number | null)[]>][] = [
    ["trucks", report.trucks],
    ["equipment", report.equipment],
    ["CO2e, kt", report.co2e_kt],
    ["cost, M$", report.cost_musd],
    ...(usesHydrogen(report) ? [["to vehicles, t", { hydrogen: report.hydrogen_t }] as [string, Record<string, number[]>]] : []),
  ];
  const rows = parts.flatMap(([what, all]) => Object.entries(all).map(([name, data]) => [`${what}: ${name.replaceAll("_", " ")}`, ...report.years.map((_, at) => number(data[at] ?? null))]));
  return section("Year by year", "The numbers behind the charts.", ...table(["", ...report.years.map(String)], rows, "Year by year"));
}

export function buildYears(page: HTMLElement, report: Years): void {
  newPage(page, report.title);
  const metrics = new Metrics(report.metrics);
  const times = report.years.map(String);
  const trucks = new TimeChart(times, "trucks", "Trucks by powertrain and year");
  const equipment = new TimeChart(times, "units", "Equipment by powertrain and year");
  const waits = new TimeChart(times, "min", "Wait for a charging port by year, 95th percentile");
  const lost = new TimeChart(times, "hauls", "Hauls that lapsed by year");
  const hydrogen = new TimeChart(times, "t", "Hydrogen that vehicles got by year");
  const [air, cost, curve] = ["chart", "chart", "chart"].map((kind) => element("div", { class: kind }));
  const works = table(
    ["what was built", "projects", "amount", "of what", "cost, M$", "of it premium, M$", "public, M$", "mean delay of the utility, months"],
    report.projects.map((it) => [it.kind, number(it.count, 0), number(it.amount, 0), it.unit, number(it.cost_musd, 1), number(it.premium_musd, 1), number(it.public_musd, 1), number(it.late_months_mean, 1)]),
    "What was built",
  );
  const rules = table(
    ["year", "rule", "kind", "how", "asked for", "reached", "vehicles missing", "kept"],
    report.rules.map((it) => [String(it.year), it.rule, it.kind.replaceAll("_", " "), asks(it), amount(it, it.asked), amount(it, it.reached), number(it.missing, 0), it.kept]),
    "Rules and goals",
  );
  const hasWaits = (report.series["queue_wait_p95_min"] ?? []).some((wait) => wait !== null);
  const sections = [
    section("Trucks", "Trucks by what moves them, at the end of each year.", trucks.node),
    section("Equipment", "Cargo-handling equipment by what moves it.", equipment.node),
    section("Emissions", "kt CO2e a year: tailpipes, and the supply of diesel, electricity and hydrogen.", air as HTMLElement),
    section("Cost", `Million ${report.money_year} dollars a year; income and what is left at the end are negative. A click on a name hides it; the arrows show more names.`, cost as HTMLElement),
    section("Cost against emissions", "Each point is a year: cumulative cost of the hub over cumulative CO2e. The last point takes off what is left at the end. A lower and shorter line is better; the command line's --baseline draws another run beside it.", curve as HTMLElement),
    ...(usesHydrogen(report) ? [section("Hydrogen", "Hydrogen that vehicles got, t a year.", hydrogen.node)] : []),
    ...(hasWaits ? [section("Waits for a charging port", "95 % of vehicles wait less. A late connection shows here.", waits.node)] : []),
    section("Hauls lost", "Hauls that lapsed before a truck was free.", lost.node),
    section("What was built", "All projects of all years, by kind.", ...works),
    ...(report.rules.length > 0 ? [section("Rules and goals", "What each asked for and what was reached.", ...rules)] : []),
    yearsTable(report),
    stakeholders(report, metrics),
    provenance(report, report.metrics),
  ];
  const [fleet, machines, ...rest] = sections as [HTMLElement, HTMLElement, ...HTMLElement[]];
  page.append(
    element("h1", {}, report.title),
    element("p", {}, report.description),
    element("p", {}, `${report.years[0]} to ${report.years[report.years.length - 1]}. Decided by ${report.policies}. ${report.money_year} dollars; grid emissions are ${report.grid}.`),
    ...warningsBox(report.warnings),
    cards(report, metrics),
    contents(sections),
    element("div", { class: "row" }, fleet, machines),
    ...rest,
  );
  trucks.draw(areas(report.trucks));
  equipment.draw(areas(report.equipment));
  const bars = (parts: Record<string, number[]>) =>
    Object.entries(parts)
      .filter(([, data]) => data.some((value) => value !== 0))
      .map(([name, data]) => ({ name, data }));
  drawStack(air as HTMLElement, times, bars(report.co2e_kt), "kt");
  drawStack(cost as HTMLElement, times, bars(report.cost_musd), "M$");
  const own = path("this run", report.years, report.series["cost_usd"] ?? [], report.series["co2e_t"] ?? [], metrics.get("cost_usd"));
  const it = report.baseline;
  const other = it ? [path(it.name, report.years, it.cost_usd, it.co2e_t, it.total_cost_usd)] : [];
  drawPaths(curve as HTMLElement, [own, ...other], ["cumulative CO2e, Mt", "cumulative cost, B$"]);
  if (usesHydrogen(report)) hydrogen.draw([{ name: "hydrogen", data: report.hydrogen_t, area: true }]);
  if (hasWaits) waits.draw([{ name: "95 % wait", data: report.series["queue_wait_p95_min"] ?? [] }]);
  lost.draw([{ name: "lost", data: report.series["hauls_lapsed"] ?? [], area: true }]);
}
