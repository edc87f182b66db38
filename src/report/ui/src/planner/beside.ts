// Two runs side by side: headline numbers with their difference, sites with their queues, loads in one chart. What is
// chance and what is not only a comparison with replications can say; this page starts one.

import { TimeChart } from "../charts/time";
import { Metrics, metricUnit, type MetricName } from "../data/metrics";
import { LABELS } from "../generated/metrics";
import type { Metric, Page, Report, Years } from "../data/types";
import { button, element, section } from "../lib/dom";
import { show } from "../lib/format";
import { table, type Cell } from "../lib/tables";
import { classOf, type Look } from "../map/marks";
import { MapView } from "../map/view";
import { isCut, isRun, server, type FinishedRun, type Variant } from "./api";
import type { Shared } from "./editor";
import { isSameScenario, scenarioOf, told } from "./told";
import { yardsBeside } from "./yards";

const REPLICATIONS = 10;

export async function openBeside(page: HTMLElement, before: string, after: string, shared: Shared, gone: AbortSignal): Promise<void> {
  page.replaceChildren(element("p", {}, "Reading both runs …"));
  const [a, b, { finished }] = await Promise.all([server.page(before), server.page(after), server.runs()]);
  if (isCut(gone)) return;
  if (!isSingle(a) || !isSingle(b)) {
    page.replaceChildren(element("p", {}, "A study of many runs cannot be shown beside a run: open it by itself."));
    return;
  }
  const [first, second] = [new Metrics(a.metrics), new Metrics(b.metrics)];
  const find = (id: string) => finished.find((run) => run.id === id);
  const [one, two] = [find(before), find(after)];
  const warnings = differences(a, b, one, two);
  const named = (word: string, id: string, run: FinishedRun | undefined) => element("p", { class: "named" }, element("b", {}, `${word}: ${run ? told(run) : id}`), " ", element("a", { href: `#/run/${encodeURIComponent(id)}` }, id));
  page.replaceChildren(
    element("h1", {}, `${one?.title ?? before}: two runs side by side`),
    named("before", before, one),
    named("after", after, two),
    ...(warnings.length > 0 ? [element("div", { class: "warnings", role: "note" }, element("b", {}, "These runs differ in more than their layout:"), element("ul", {}, ...warnings.map((text) => element("li", {}, text))))] : []),
    chance(one, two, shared),
    section("What is different", "Settings of each run on top of its scenario.", ...settings(a, one, before, b, two, after)),
    section("Headlines", "One draw of random days each.", ...headlines(a, b, first, second, before, after)),
  );
  if (a.kind === "run" && b.kind === "run") drawRuns(page, a, b, first, second, { before, after, beforeTold: one ? told(one) : before, afterTold: two ? told(two) : after });
}

/** Two single runs do not tell a difference from chance; a comparison of both does. */
function chance(one: FinishedRun | undefined, two: FinishedRun | undefined, shared: Shared): HTMLElement {
  const words = "Each run is one draw of random days: differences below may be chance.";
  const [first, second] = [one && variantOf(one), two && variantOf(two)];
  const asked = [one?.request, two?.request];
  if (!one || !two || !first || !second || !isSameScenario(scenarioOf(one), scenarioOf(two))) {
    return element("p", { class: "note" }, `${words} To know which are not, compare strategies with replications: open the scenario and press “Compare”.`);
  }
  const [request] = asked;
  const days = request && isRun(request) ? request.days : null;
  const names = first.name === second.name ? [`${first.name} (${one.id})`, `${second.name} (${two.id})`] : [first.name, second.name];
  const start = button(`Compare both with ${REPLICATIONS} replications each`, () => {
    const variants = [first, second].map((variant, at) => ({ ...variant, name: (names[at] ?? variant.name).slice(0, 100) }));
    const asking = server.compare({ scenario: request?.scenario ?? one.scenario, variants, replications: REPLICATIONS, days, seed: one.seed, until: null });
    void asking.then((state) => shared.go(`#/run/${encodeURIComponent(state.id)}`)).catch((error: unknown) => shared.say((error as Error).message, true));
  });
  start.className = "main";
  return element("p", { class: "note" }, `${words} `, start);
}

function variantOf(run: FinishedRun): Variant | null {
  const { request } = run;
  return request && isRun(request) ? { name: told(run), strategies: request.strategies, changes: request.changes } : null;
}

type Single = Report | Years;
const isSingle = (page: Page): page is Single => page.kind === "run" || page.kind === "years";

/** What makes two runs hard to compare. */
function differences(a: Single, b: Single, one: FinishedRun | undefined, two: FinishedRun | undefined): string[] {
  const out: string[] = [];
  if (a.kind !== b.kind) out.push("One is a run of days, the other of years: totals do not cover the same time.");
  if (a.kind === "run" && b.kind === "run" && a.days !== b.days) out.push(`One covers ${days(a)}, the other ${days(b)}: totals such as energy, cost and hauls grow with the days.`);
  if (a.kind === "run" && b.kind === "run" && a.start !== b.start) out.push(`One begins on ${a.start}, the other on ${b.start}: there is no chart of both by date.`);
  if (one && two && !isSameScenario(scenarioOf(one), scenarioOf(two))) out.push(`They are of two scenarios: ${scenarioOf(one)} and ${scenarioOf(two)}.`);
  if (one && two && one.seed !== two.seed) out.push(`Their random seeds differ (${one.seed} and ${two.seed}): the random days are not the same.`);
  return out;
}

const days = (data: Single) => (data.kind === "run" ? `${data.days} ${data.days === 1 ? "day" : "days"}` : "years");

function settings(a: Single, one: FinishedRun | undefined, before: string, b: Single, two: FinishedRun | undefined, after: string): HTMLElement[] {
  const row = (id: string, data: Single, run: FinishedRun | undefined) => [id, run?.title ?? "", run ? told(run) : "", days(data), run ? String(run.seed) : ""];
  return table(["run", "scenario", "changed", "time", "seed"], [row(before, a, one), row(after, b, two)]);
}

function headlines(data: Single, other: Single, a: Metrics, b: Metrics, before: string, after: string): HTMLElement[] {
  const rows: Cell[][] = [];
  const find = (name: string) => [...data.metrics, ...other.metrics].find((known: Metric) => known.name === name && known.scope === "total");
  for (const [name, label] of LABELS) {
    const [x, y] = [a.get(name), b.get(name)];
    if (!find(name) || (x === null && y === null)) continue;
    const change = x !== null && y !== null ? y - x : null;
    const share = change !== null && x !== null && x !== 0 ? (100 * change) / Math.abs(x) : null;
    const unit = metricUnit(name);
    rows.push([unit === "" ? label : `${label}, ${unit}`, cell(x), cell(y), { text: signed(show(change)), raw: change }, { text: share === null ? "" : `${signed(show(share, 1))} %`, raw: share }]);
  }
  const made = table(["metric", before, after, "difference", "difference, %"], rows);
  made.at(-1)?.querySelector("table")?.setAttribute("id", "headline-table");
  return made;
}

/** A number as it is shown; what rounds to nothing has no sign. */
function plain(value: number | null, digits?: number): string {
  const text = show(value, digits);
  return /[1-9]/.test(text) ? text : text.replace(/^[-−](?=\d)/, "");
}

function cell(value: number | null, digits?: number): Cell {
  return { text: plain(value, digits), raw: value };
}

/** With a sign, unless nothing is left after rounding. */
function signed(text: string): string {
  if (!/[1-9]/.test(text)) return text.replace(/^[-−](?=\d)/, "");
  return /^\d/.test(text) ? `+${text}` : text.replace(/^-/, "−");
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

/** A still map: charging ports of each site, and which sites were changed. */
function stillMap(run: Report, changed: Set<string>, label: string): HTMLElement {
  const byKey = new Map(run.sites.map((site) => [site.key, site]));
  const look = (keys: string[]): Look => {
    const ports = keys.reduce((sum, key) => sum + (byKey.get(key)?.ports ?? 0), 0);
    const isChanged = keys.some((key) => changed.has(key));
    const text = [ports > 0 ? `${ports} charging ports` : "", isChanged ? "changed" : ""].filter((part) => part !== "").join(", ");
    return { radius: ports > 0 ? 8 : 5, shade: isChanged ? classOf(80, [25, 50, 75, 95]) : ports > 0 ? 1 : null, text, badge: "", words: keys.map((key) => byKey.get(key)?.name ?? key).join(", ") };
  };
  const map = new MapView({ label, look: (key) => look([key]), gather: look });
  map.show(run.sites, run.land);
  map.node.classList.add("still");
  return map.node;
}

function drawRuns(page: HTMLElement, a: Report, b: Report, first: Metrics, second: Metrics, { before, after, beforeTold, afterTold }: Names): void {
  const changed = changedSites(a, b);
  const map = (word: string, run: Report, text: string) => element("div", {}, element("h3", {}, `${word}: ${text}`), stillMap(run, changed, `${word}: charging ports of each site`));
  const maps = element("div", { class: "pair" }, map("before", a, beforeTold), map("after", b, afterTold));
  page.append(section("Layouts", changed.size === 0 ? "No site differs in its chargers or its connection." : "Sites whose chargers or connection differ are marked as changed.", maps));
  const names = new Map([...a.sites, ...b.sites].map((site) => [site.key, site.name]));
  const value = (metrics: Metrics, name: MetricName, key: string) => metrics.get(name, `site:${key}`);
  const rows: Cell[][] = [];
  for (const [key, name] of names) {
    const sites = [a, b].map((run) => run.sites.find((site) => site.key === key));
    const ports = sites.map((site) => site?.ports ?? 0);
    const limits = sites.map((site) => (site ? cell(site.limit_kw, 0) : ""));
    const pair = (metric: MetricName) => [cell(value(first, metric, key), 0), cell(value(second, metric, key), 0)];
    if ((ports[0] ?? 0) + (ports[1] ?? 0) === 0) continue;
    rows.push([name, cell(ports[0] ?? 0, 0), cell(ports[1] ?? 0, 0), ...pair("queue_wait_p95_min"), ...pair("sessions_unmet"), ...pair("peak_kw"), ...limits, ...pair("bill_total_usd")]);
  }
  const twice = (name: string) => [`${name}, before`, "after"];
  page.append(section("Sites with chargers", `Before is ${before}, after is ${after}.`, ...table(["site", ...twice("charging ports"), ...twice("95th-percentile wait, min"), ...twice("sessions left below their target"), ...twice("peak, kW"), ...twice("limit, kW"), ...twice("bill, USD")], rows)));
  page.append(...yardsBeside({ run: a, metrics: first, id: before }, { run: b, metrics: second, id: after }));
  if (a.start !== b.start || a.times.length !== b.times.length || a.bucket_s !== b.bucket_s) return;
  const sum = (run: Report, of: (site: Report["sites"][number]) => number[]) => run.times.map((_, at) => run.sites.reduce((all, site) => all + (of(site)[at] ?? 0), 0));
  const charts: [string, string, string, (site: Report["sites"][number]) => number[]][] = [
    ["Load of all sites", "kW", "Mean load of all sites together.", (site) => site.mean_kw],
    ["Queues for a charging port", "waiting", "Vehicles that wait for a charging port, all sites together.", (site) => site.waiting],
  ];
  for (const [title, unit, about, of] of charts) {
    const chart = new TimeChart(a.times, unit, about);
    page.append(section(title, about, chart.node));
    chart.draw([{ name: before, data: sum(a, of) }, { name: after, data: sum(b, of) }]);
  }
}
