// Two runs side by side: headline numbers with their difference, sites with their queues, loads in one chart.

import { TimeChart } from "../charts";
import { Metrics, show, type Report, type Study, type Years } from "../data";
import { element, section, svg } from "../dom";
import { offsets } from "../place";
import { table } from "../tables";
import { server, type FinishedRun } from "./api";
import { told } from "./home";

const HEADLINES = [
  "hauls_completed", "hauls_late", "hauls_lapsed", "equipment_hours_served", "sessions", "sessions_unmet",
  "queue_wait_mean_min", "queue_wait_p95_min", "charger_utilization", "energy_delivered_kwh", "energy_grid_kwh",
  "peak_kw", "load_factor", "bill_energy_usd", "bill_demand_usd", "bill_total_usd", "diesel_gal", "co2e_tailpipe_t",
  "co2e_upstream_t", "nox_kg", "h2_dispensed_kg", "h2_queue_wait_p95_min", "cost_usd", "npv_usd", "co2e_t", "public_usd",
];

export async function openCompare(page: HTMLElement, before: string, after: string, gone: AbortSignal): Promise<void> {
  page.replaceChildren(element("p", {}, "Reading both runs …"));
  const [a, b, { finished }] = await Promise.all([server.page(before), server.page(after), server.runs()]);
  if (gone.aborted) return;
  if (a.kind === "study" || b.kind === "study") {
    page.replaceChildren(element("p", {}, "A comparison of strategies cannot be held against a run: open it by itself."));
    return;
  }
  const [first, second] = [new Metrics(a.metrics), new Metrics(b.metrics)];
  const find = (id: string) => finished.find((run) => run.id === id);
  const [one, two] = [find(before), find(after)];
  const warnings = differences(a, b, one, two);
  const named = (word: string, id: string, run: FinishedRun | undefined) => element("p", { class: "named" }, element("b", {}, `${word}: ${run ? told(run) : id}`), " ", element("a", { href: `#/run/${encodeURIComponent(id)}` }, id));
  page.replaceChildren(
    element("h1", {}, `${before} and ${after}`),
    named("before", before, one),
    named("after", after, two),
    ...(warnings.length > 0 ? [element("div", { class: "warnings", role: "note" }, element("b", {}, "These runs differ in more than their layout:"), element("ul", {}, ...warnings.map((text) => element("li", {}, text))))] : []),
    section("What is different", "Settings of each run on top of its scenario.", ...settings(a, one, before, b, two, after)),
    section("Headlines", "One sequence of random days each: small differences may be chance; the command portvolt compare says which are not.", ...headlines(a, b, first, second, before, after)),
  );
  if (a.kind === "run" && b.kind === "run") drawRuns(page, a, b, first, second, { before, after, beforeTold: one ? told(one) : before, afterTold: two ? told(two) : after });
}

type Single = Exclude<Report | Years, Study>;

/** What makes two runs hard to hold against each other. */
function differences(a: Single, b: Single, one: FinishedRun | undefined, two: FinishedRun | undefined): string[] {
  const out: string[] = [];
  if (a.kind !== b.kind) out.push("One is a run of days, the other of years: totals do not cover the same time.");
  if (a.kind === "run" && b.kind === "run" && a.days !== b.days) out.push(`One covers ${days(a)}, the other ${days(b)}: totals such as energy, cost and hauls grow with the days.`);
  if (a.kind === "run" && b.kind === "run" && a.start !== b.start) out.push(`One begins on ${a.start}, the other on ${b.start}: there is no chart of both by date.`);
  if (one && two && one.scenario !== two.scenario) out.push(`They are of two scenarios: ${one.scenario} and ${two.scenario}.`);
  if (one && two && one.seed !== two.seed) out.push(`Their seeds differ (${one.seed} and ${two.seed}): the random days are not the same.`);
  return out;
}

const days = (data: Single) => (data.kind === "run" ? `${data.days} ${data.days === 1 ? "day" : "days"}` : "years");

function settings(a: Single, one: FinishedRun | undefined, before: string, b: Single, two: FinishedRun | undefined, after: string): HTMLElement[] {
  const row = (id: string, data: Single, run: FinishedRun | undefined) => [id, run?.title ?? "", run ? told(run) : "", days(data), run ? String(run.seed) : ""];
  return table(["run", "scenario", "changed", "time", "seed"], [row(before, a, one), row(after, b, two)]);
}

function headlines(data: Single, other: Single, a: Metrics, b: Metrics, before: string, after: string): HTMLElement[] {
  const rows: string[][] = [];
  for (const name of HEADLINES) {
    const [x, y] = [a.get(name), b.get(name)];
    const metric = [...data.metrics, ...other.metrics].find((known) => known.name === name && known.scope === "total");
    if (!metric || (x === null && y === null)) continue;
    const change = x !== null && y !== null ? y - x : null;
    const share = change !== null && x !== null && x !== 0 ? `${signed(show((100 * change) / Math.abs(x), 1))} %` : "";
    rows.push([`${metric.info}${metric.unit ? `, ${metric.unit}` : ""}`, plain(x), plain(y), signed(show(change)), share]);
  }
  const made = table(["", before, after, "difference", ""], rows);
  made.at(-1)?.querySelector("table")?.setAttribute("id", "headline-table");
  return made;
}

/** A number as it is shown; what rounds to nothing has no sign. */
function plain(value: number | null, digits?: number): string {
  const text = show(value, digits);
  return /[1-9]/.test(text) ? text : text.replace(/^[-−](?=\d)/, "");
}

/** With a sign, unless nothing is left after rounding. */
function signed(text: string): string {
  if (!/[1-9]/.test(text)) return text.replace(/^[-−](?=\d)/, "");
  return /^\d/.test(text) ? `+${text}` : text;
}

interface Names {
  before: string;
  after: string;
  beforeTold: string;
  afterTold: string;
}

/** Sites whose chargers or connection are not the same in both runs. */
function changedSites(a: Report, b: Report): Set<string> {
  const shape = (run: Report, key: string) => {
    const site = run.sites.find((known) => known.key === key);
    const chargers = site?.chargers.filter((group) => group.cabinets > 0).map((group) => [group.behind, group.cabinets, group.ports, group.cabinet_kw].join("/"));
    return JSON.stringify(site ? [site.limit_kw, site.behind, site.lat, site.lon, chargers?.sort()] : null);
  };
  const keys = [...a.sites, ...b.sites].map((site) => site.key);
  return new Set(keys.filter((key) => shape(a, key) !== shape(b, key)));
}

const MAP: [number, number] = [430, 280];

/** A still map: ports of each site, and which sites were changed. */
function stillMap(run: Report, changed: Set<string>, about: string): HTMLElement {
  const [width, height] = MAP;
  const flat = offsets(run.sites);
  const reach = (axis: 0 | 1) => 2 * Math.max(1e-6, ...flat.map((spot) => Math.abs(spot[axis])));
  const unit = Math.min((width - 140) / reach(0), (height - 60) / reach(1));
  const map = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": about, class: "still" });
  const spots = run.sites.map((site, at) => ({ site, x: width / 2 + (flat[at]?.[0] ?? 0) * unit, y: height / 2 + (flat[at]?.[1] ?? 0) * unit }));
  spots.sort((a, b) => Number(changed.has(b.site.key)) - Number(changed.has(a.site.key)) || b.site.ports - a.site.ports);
  const taken: [number, number, number][] = [];
  const texts: SVGElement[] = [];
  for (const { site, x, y } of spots) {
    const isChanged = changed.has(site.key);
    const words = `${site.name}: ${site.ports} ports${isChanged ? ", changed" : ""}`;
    const dot = svg("circle", { cx: x, cy: y, r: site.ports > 0 ? 8 : 4, fill: isChanged ? "#f2b84b" : site.ports > 0 ? "#bcd9ee" : "#ffffff", stroke: "#16202a", "stroke-width": isChanged ? 2.5 : 1 });
    dot.append(svg("title", {}, words));
    map.append(dot);
    if (site.ports === 0 && !isChanged) continue;
    const isLeft = x > width * 0.62;
    const long = words.length * 6.4;
    const [from, to] = isLeft ? [x - 12 - long, x - 12] : [x + 12, x + 12 + long];
    // What was changed is always named: a little lower where another name is in the way.
    let middle = y;
    const isTaken = () => taken.some(([left, right, other]) => from < right && to > left && Math.abs(other - middle) < 14);
    while (isChanged && isTaken() && middle < height - 20) middle += 7;
    if (isTaken() && !isChanged) continue;
    taken.push([from, to, middle]);
    texts.push(svg("text", { x: isLeft ? x - 12 : x + 12, y: middle + 4, "font-size": 12, class: "halo", "text-anchor": isLeft ? "end" : "start", "font-weight": isChanged ? 700 : 400 }, words));
  }
  map.append(...texts);
  return map as unknown as HTMLElement;
}

function drawRuns(page: HTMLElement, a: Report, b: Report, first: Metrics, second: Metrics, { before, after, beforeTold, afterTold }: Names): void {
  const changed = changedSites(a, b);
  const map = (word: string, run: Report, text: string) => element("div", {}, element("h3", {}, `${word}: ${text}`), stillMap(run, changed, `${word}: ports of each site`));
  const maps = element("div", { class: "pair" }, map("before", a, beforeTold), map("after", b, afterTold));
  page.append(section("Layouts", changed.size === 0 ? "No site differs in its chargers or its connection." : "Sites whose chargers or connection differ are marked as changed.", maps));
  const names = new Map([...a.sites, ...b.sites].map((site) => [site.key, site.name]));
  const value = (metrics: Metrics, name: string, key: string) => metrics.get(name, `site:${key}`);
  const rows: string[][] = [];
  for (const [key, name] of names) {
    const sites = [a, b].map((run) => run.sites.find((site) => site.key === key));
    const ports = sites.map((site) => site?.ports ?? 0);
    const limits = sites.map((site) => (site ? plain(site.limit_kw, 0) : ""));
    const pair = (metric: string) => [plain(value(first, metric, key), 0), plain(value(second, metric, key), 0)];
    if ((ports[0] ?? 0) + (ports[1] ?? 0) === 0) continue;
    rows.push([name, String(ports[0]), String(ports[1]), ...pair("queue_wait_p95_min"), ...pair("sessions_unmet"), ...pair("peak_kw"), ...limits, ...pair("bill_total_usd")]);
  }
  const twice = (name: string) => [`${name}, before`, "after"];
  page.append(section("Sites with chargers", `Before is ${before}, after is ${after}.`, ...table(["site", ...twice("ports"), ...twice("wait 95 %, min"), ...twice("left short"), ...twice("peak, kW"), ...twice("limit, kW"), ...twice("bill, USD")], rows)));
  if (a.start !== b.start || a.times.length !== b.times.length || a.bucket_s !== b.bucket_s) return;
  const sum = (run: Report, of: (site: Report["sites"][number]) => number[]) => run.times.map((_, at) => run.sites.reduce((all, site) => all + (of(site)[at] ?? 0), 0));
  const charts: [string, string, string, (site: Report["sites"][number]) => number[]][] = [
    ["Load of all sites", "kW", "Mean load of all sites together.", (site) => site.mean_kw],
    ["Queues for a port", "waiting", "Vehicles that wait for a port, all sites together.", (site) => site.waiting],
  ];
  for (const [title, unit, about, of] of charts) {
    const chart = new TimeChart(a.times, unit, about);
    page.append(section(title, about, chart.node));
    chart.draw([{ name: before, data: sum(a, of) }, { name: after, data: sum(b, of) }]);
  }
}
