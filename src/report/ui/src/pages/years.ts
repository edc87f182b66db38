// The page of a transition: who drives what, what it costs and emits by year, which goals were met, and what each
// stakeholder asks first.

import { drawPaths, drawStack, type Path } from "../charts/bars";
import { TimeChart } from "../charts/time";
import { Metrics, type MetricName } from "../data/metrics";
import type { Years } from "../data/types";
import { dollars, show } from "../lib/format";
import { element, section } from "../lib/dom";
import { contents, newPage } from "../lib/page";
import { phaseInText } from "./money";
import { assumptions, furtherWarnings, provenance, verdict, warningsBox, type Finding } from "../lib/parts";
import { number, percent, table, type Cell } from "../lib/tables";

const shareOf = (share: number | null, digits = 1) => (share === null ? "–" : `${show(100 * share, digits)} %`);
const tonnes = (t: number | null) => ((t ?? 0) >= 1e5 ? `${show((t ?? 0) / 1e6, 2)} Mt` : (t ?? 0) >= 1000 ? `${show((t ?? 0) / 1000)} kt` : `${show(t)} t`);
/** The years, unless the title names them. */
function period({ title, years }: Years): string {
  const text = `${years[0]} to ${years[years.length - 1]}`;
  return title.includes(text) ? "" : `${text}. `;
}

const last = (report: Years) => `year:${report.years[report.years.length - 1]}`;

function goals(report: Years, metrics: Metrics): Finding {
  const all = report.rules.filter((rule) => rule.kind === "target");
  const missed = all.filter((rule) => rule.kept !== "yes");
  const share = (name: MetricName) => shareOf(metrics.get(name, last(report)));
  const zero = [`zero-emission trucks at the end: ${share("zev_share_trucks")}`, `zero-emission equipment at the end: ${share("zev_share_equipment")}`];
  const told = missed.slice(0, 3).map((goal) => `missed: ${goal.rule} ${goal.year}, ${goal.is_most ? "at most" : "at least"} ${shareOf(goal.asked)}${goal.is_most ? " of the first year" : ""}, reached ${shareOf(goal.reached)}`);
  if (all.length === 0) return { what: "How far does it get?", value: `${share("zev_share_trucks")} of trucks`, details: ["zero-emission at the end of the last year", ...zero.slice(1)], evidence: "trucks", tone: "plain" };
  return { what: "Are the goals met?", value: `${all.length - missed.length} of ${all.length} met`, details: [...told, ...zero], evidence: "rules-and-goals", tone: missed.length > 0 ? "bad" : "good" };
}

function service(report: Years, metrics: Metrics): Finding {
  const [asked, lost] = [metrics.get("hauls_requested", last(report)), metrics.get("hauls_lapsed", last(report))];
  const share = asked !== null && asked > 0 ? (lost ?? 0) / asked : null;
  const wait = metrics.get("queue_wait_p95_min", last(report));
  const details = [
    `${show(lost, 0)} of ${show(asked, 0)} hauls of the last year lapsed`,
    report.lost ? `worst year: ${report.lost.year}, ${shareOf(report.lost.share)} lapsed` : "",
    wait === null ? "" : `95th-percentile wait for a charging port, last year: ${show(wait, 0)} min`,
  ];
  return { what: "Does the work get done?", value: share === null ? "–" : `${shareOf(1 - share, 1)} of hauls`, details, evidence: "hauls-lapsed", tone: share === null ? "plain" : share > report.few_lapsed_share ? "bad" : report.lost ? "warn" : "good" };
}

function climate(metrics: Metrics): Finding {
  return { what: "What is emitted in all years?", value: `${tonnes(metrics.get("co2e_t"))} CO2e`, details: [`NOx ${show((metrics.get("nox_kg") ?? 0) / 1000)} t`, "direct, and of the supply of fuel and electricity"], evidence: "emissions", tone: "plain" };
}

function spending(report: Years, metrics: Metrics): Finding {
  const total = metrics.get("cost_usd");
  const left = -1e6 * (report.cost_musd[report.residual] ?? []).reduce((sum, musd) => sum + musd, 0);
  const hasAbatement = report.metrics.some((metric) => metric.name === "abatement_usd_per_t");
  const price = metrics.get("abatement_usd_per_t");
  const against = report.baseline ? report.baseline.name : "the run it was compared with";
  const isDecisive = total !== null && left > report.decisive_share * (total + left);
  const details = [
    `${report.money_year} money, net present value ${dollars(metrics.get("npv_usd"))}`,
    (metrics.get("public_usd") ?? 0) > 0 ? `public money ${dollars(metrics.get("public_usd"))}` : "",
    hasAbatement ? `a tonne of CO2e abated costs ${price === null ? "– (nothing abated)" : `$${show(price, 0)}`}, against ${against}` : "",
    left > 0 ? `after taking off ${dollars(left)} that vehicles and chargers are still worth at the end` : "",
    isDecisive ? `That value decides the result: look at a later last year than ${report.years[report.years.length - 1]}.` : "",
  ];
  return { what: report.years.length === 1 ? "What does the year cost?" : `What do ${report.years.length} years cost?`, value: dollars(total), details, evidence: "cost", tone: isDecisive ? "warn" : "plain" };
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
    x += (co2e_t[at] ?? 0) / 1e3;
    y += (cost_usd[at] ?? 0) / 1e6;
    return { name: String(year), x, y };
  });
  const end = total_cost_usd === null ? [] : [{ name: "with what is left", x, y: total_cost_usd / 1e6 }];
  return { name, points: [...points, ...end] };
}

function stakeholders(report: Years, metrics: Metrics): HTMLElement {
  const last = `year:${report.years[report.years.length - 1]}`;
  const first = `year:${report.years[0]}`;
  const sellers = report.sites.filter((site) => metrics.get("npv_usd", `site:${site.key}`) !== null);
  const times = (factor: number | null): Cell => ({ text: factor === null ? "–" : `× ${show(factor, 2)}`, raw: factor });
  const developer = table(
    ["site that sells", "charging port utilization, last year", "net present value, M$", "internal rate of return", "return on investment", "lowest DSCR", "in the year", "break-even factor: revenue", "electricity", "O&M", "capital"],
    sellers.map((site): Cell[] => {
      const get = (name: MetricName) => metrics.get(name, `site:${site.key}`);
      const breaks = (["break_even_revenue", "break_even_electricity", "break_even_upkeep", "break_even_investment"] as const).map((name) => times(get(name)));
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
  const by = (name: MetricName) => [number(metrics.get(name, first)), number(metrics.get(name, last))];
  const labour = table(
    ["", "first year", "last year"],
    [
      ["hours that drivers wait for a charging port", ...by("driver_waiting_h")],
      ["unit-hours of equipment required", ...by("equipment_hours_required")],
      ["unit-hours served", ...by("equipment_hours_served")],
    ],
    "Labour",
  );
  return section(
    "Results by stakeholder",
    "Developers and banks: sites that sell charging or hydrogen. Neighbours: exhaust at each site, of equipment, trucks that stand there and vessels at berth, and trucks that come (last year). Labour: hours.",
    element("h3", {}, "Developer and bank"),
    element("p", {}, "DSCR (debt service coverage ratio) is a year's earnings over its payments of debt; below 1 the bank is not paid. The last four columns are break-even factors: the net present value is 0 when that part alone is so many times what it was here. The nearer to 1, the sooner."),
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

/** Each rule in one line, those that are not kept first: what the board reads. */
function rulesAtLast(report: Years): HTMLElement {
  const byRule = new Map<string, Years["rules"]>();
  for (const rule of report.rules) byRule.set(rule.rule, [...(byRule.get(rule.rule) ?? []), rule]);
  const rows = [...byRule.values()].flatMap((years) => {
    const [rule, broken] = [years[years.length - 1], years.filter((it) => it.kept !== "yes")];
    if (rule === undefined) return [];
    const span = years.length === 1 ? String(rule.year) : `${years[0]?.year} to ${rule.year}`;
    const kept = broken.length === 0 ? "yes" : `not in ${broken.map((it) => it.year).join(", ")}`;
    return [{ broken: broken.length, row: [rule.rule, rule.kind.replaceAll("_", " "), span, asks(rule), amount(rule, rule.asked), amount(rule, rule.reached), kept] }];
  });
  rows.sort((a, b) => Number(b.broken > 0) - Number(a.broken > 0));
  return section("Rules and goals", "Each rule and goal, with what it required and what was reached in the last year that it judges; every year is in the appendix.", ...table(["rule", "kind", "judged", "how", "required", "reached", "kept"], rows.map((it) => it.row), "Rules and goals"));
}

/** Emissions of sectors inside the border by year, kt: from metrics such as `co2e_t` of `sector:cement/year:2030`. */
function sectors(report: Years): { name: string; data: number[]; stack: string; area: boolean }[] {
  const found = new Map<string, number[]>();
  for (const { name, scope, value } of report.metrics) {
    const [, sector, year] = /^sector:([a-z_]+)\/year:(\d{4})$/.exec(scope) ?? [];
    const at = report.years.indexOf(Number(year));
    if (name !== "co2e_t" || sector === undefined || at < 0) continue;
    const data = found.get(sector) ?? report.years.map(() => 0);
    data[at] = (value ?? 0) / 1000;
    found.set(sector, data);
  }
  return [...found].map(([name, data]) => ({ name: name.replaceAll("_", " "), data, stack: "all", area: true }));
}

/** Projects at plants that abate something, the cheapest first. */
const abating = (report: Years) => report.plant_projects.filter((it) => it.usd_per_t !== null && it.abated_t > 0 && ["building", "operating"].includes(it.state)).sort((a, b) => (a.usd_per_t ?? 0) - (b.usd_per_t ?? 0));

/** Cost of a tonne over tonnes a year: each project is a step as wide as it abates. */
function abatementCurve(report: Years): Path {
  let x = 0;
  const points = abating(report).flatMap((it) => {
    const [from, y] = [x, it.usd_per_t ?? 0];
    x += it.abated_t / 1e6;
    return [{ name: it.project, x: from, y }, { name: it.project, x, y }];
  });
  return { name: "projects", points };
}

function plantProjects(report: Years): HTMLElement[] {
  const year = (value: number | null) => (value === null ? "–" : String(value));
  const rows = report.plant_projects.map((it): Cell[] => [it.project, it.plant, it.lever, it.state, year(it.decided), year(it.starts), number(it.capex_musd, 0), number(it.public_musd, 0), number(it.withdrawn_musd, 0), number(it.abated_t / 1000, 0), number(it.usd_per_t, 0), number(it.missing_usd_per_t, 0)]);
  return table(["project", "plant", "lever", "state", "decided", "works from", "investment, M$", "public, M$", "withdrawn, M$", "abates, kt a year", "$/t, whoever pays", "$/t that its owner lacks"], rows, "Projects at plants");
}

/** Sectors and plants, where the hub has more than trucks and equipment. */
function hubInventory(report: Years, times: string[]): { charts: HTMLElement[]; projects: HTMLElement[]; draw: () => void } {
  const stacks = sectors(report);
  const bySector = new TimeChart(times, "kt", "CO2e of the hub by sector and year");
  const steps = element("div", { class: "chart" });
  const hasCurve = abating(report).length > 0;
  const charts = [
    ...(stacks.length > 0 ? [section("Emissions by sector", "kt CO2e a year inside the border of the hub: what leaves engines, funnels and plants, and the supply of fuels and electricity.", bySector.node)] : []),
    ...(hasCurve ? [section("Abatement curve", "Projects at plants that are built or work, the cheapest first: each step is as wide as what it abates a year and as high as what a tonne takes, whoever pays.", steps)] : []),
  ];
  const projects = [
    ...(report.plant_projects.length > 0 ? [section("Projects at plants", "As they stand in the last year. What an owner lacks for a tonne is after credits, grants that hold and the price of carbon: below 0 it pays.", ...plantProjects(report))] : []),
  ];
  const draw = () => {
    if (stacks.length > 0) bySector.draw(stacks);
    if (hasCurve) drawPaths(steps, [abatementCurve(report)], ["Mt CO2e a year, added up", "$/t"]);
  };
  return { charts, projects, draw };
}

/** What was built in all years. */
function built(report: Years): HTMLElement {
  const rows = report.projects.map((it) => [it.kind, number(it.count, 0), number(it.amount, 0), it.unit, number(it.cost_musd, 1), number(it.premium_musd, 1), number(it.public_musd, 1), number(it.late_months_mean, 1)]);
  return section("What was built", "All projects of all years, by kind.", ...table(["what was built", "projects", "amount", "of what", "cost, M$", "of which premium, M$", "public, M$", "mean delay of the utility, months"], rows, "What was built"));
}

export function buildYears(page: HTMLElement, report: Years): void {
  newPage(page, report.title);
  const metrics = new Metrics(report.metrics);
  const times = report.years.map(String);
  const trucks = new TimeChart(times, "trucks", "Trucks by powertrain and year");
  const equipment = new TimeChart(times, "units", "Equipment by powertrain and year");
  const waits = new TimeChart(times, "min", "Wait for a charging port by year, 95th percentile");
  const lost = new TimeChart(times, "hauls", "Hauls lapsed by year");
  const hydrogen = new TimeChart(times, "t", "Hydrogen that vehicles got by year");
  const [air, cost, curve] = ["chart", "chart", "chart"].map((kind) => element("div", { class: kind }));
  const rules = table(
    ["year", "rule", "kind", "how", "required", "reached", "vehicles missing", "kept"],
    report.rules.map((it) => [String(it.year), it.rule, it.kind.replaceAll("_", " "), asks(it), amount(it, it.asked), amount(it, it.reached), number(it.missing, 0), it.kept]),
    "Rules and goals by year",
  );
  const inventory = hubInventory(report, times);
  const hasWaits = (report.series["queue_wait_p95_min"] ?? []).some((wait) => wait !== null);
  const first = [
    section("Trucks", "Trucks by what moves them, at the end of each year.", trucks.node),
    section("Equipment", "Cargo-handling equipment by what moves it.", equipment.node),
    section("Emissions", "kt CO2e a year: direct (tailpipes, funnels, plants), and of the supply of fuel, electricity and hydrogen.", air as HTMLElement),
    section("Cost", `Million ${report.money_year} dollars a year; revenue and what is left at the end are negative.${phaseInText(report.phase_ins)}`, cost as HTMLElement),
  ];
  const second = [...(report.rules.length > 0 ? [rulesAtLast(report)] : []), ...inventory.charts, ...assumptions(report)];
  const appendix = [
    section("Cost against emissions", "Each point is a year: cumulative cost of the region over cumulative CO2e. The last point takes off what is left at the end. A lower and shorter line is better.", curve as HTMLElement),
    ...(usesHydrogen(report) ? [section("Hydrogen", "Hydrogen that vehicles got, t a year.", hydrogen.node)] : []),
    ...(hasWaits ? [section("Waits for a charging port", "95th percentile: 5 of 100 vehicles wait longer. A late connection shows here.", waits.node)] : []),
    section("Hauls lapsed", "Hauls that no truck took before they lapsed.", lost.node),
    ...inventory.projects,
    built(report),
    ...(report.rules.length > 0 ? [section("Rules and goals by year", "What each required and what was reached.", ...rules)] : []),
    yearsTable(report),
    stakeholders(report, metrics),
    ...furtherWarnings(report.warnings),
    provenance(report, report.metrics),
  ];
  second[0]?.classList.add("second-page");
  appendix[0]?.classList.add("appendix");
  page.append(
    element("h1", {}, report.title),
    element("p", { class: "question" }, report.description),
    element("p", {}, `${period(report)}Policies: ${report.policies.replaceAll("_", " ")}. ${report.money_year} dollars; grid emissions are ${report.grid}.`),
    verdict([goals(report, metrics), service(report, metrics), climate(metrics), spending(report, metrics)]),
    ...warningsBox(report.warnings),
    contents([...first, ...second, ...appendix]),
    element("div", { class: "quad wide" }, ...first),
    ...second,
    ...appendix,
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
  drawPaths(curve as HTMLElement, [own, ...other], ["cumulative CO2e, kt", "cumulative cost, M$"]);
  if (usesHydrogen(report)) hydrogen.draw([{ name: "hydrogen", data: report.hydrogen_t, area: true }]);
  if (hasWaits) waits.draw([{ name: "95th-percentile wait", data: report.series["queue_wait_p95_min"] ?? [] }]);
  inventory.draw();
  lost.draw([{ name: "lapsed", data: report.series["hauls_lapsed"] ?? [], area: true }]);
}
