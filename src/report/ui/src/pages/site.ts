// One site: its load with the limit, its queue, and the tree from its connection down to the chargers.

import { TimeChart, type Line } from "../charts/time";
import type { Clock } from "../lib/clock";
import { Metrics, type MetricName } from "../data/metrics";
import type { Chargers, GridNode, Report, Site } from "../data/types";
import { show } from "../lib/format";
import { choice, element, hint, section } from "../lib/dom";
import { hasOthersBehind, hasPorts, limitAt, limitAtPeak } from "../data/load";
import type { Shared } from "../lib/page";
import { bareTable, copyButton, number, row, scrolled, type Cell } from "../lib/tables";

/** From here on the limit is what holds the load down. */
const AT_LIMIT = 0.99;

/** A line of the tree. */
interface Branch {
  depth: number;
  name: string;
  what: string;
  peak_kw: number | null;
  limit_kw: number | null;
  /** The least that the limit came down to, where it moves. */
  least_kw: number | null;
  /** Highest load of an interval over the limit of the same interval. */
  worst_share: number | null;
  /** The limit in a time step, kW. */
  limitAt: (step: number) => number | null;
  mean_kw: number[] | null;
  notes: string;
}

function chargersBranch(group: Chargers, depth: number): Branch {
  const plugs = group.ports === 1 ? "1 charging port each" : `${group.ports} charging ports each`;
  const users = group.users.length > 0 ? ` for ${group.users.map((user) => user.replaceAll("_", " ")).join(", ")}` : "";
  const what = `chargers: ${group.cabinets} × ${show(group.cabinet_kw)} kW, ${plugs}${users}`;
  return { depth, name: group.key.replaceAll("_", " "), what, peak_kw: null, limit_kw: group.cabinets * group.cabinet_kw, least_kw: null, worst_share: null, limitAt: () => null, mean_kw: null, notes: "rating" };
}

function nodeBranches(report: Report, metrics: Metrics, site: Site, behind: string | null, depth: number): Branch[] {
  const here: Branch[] = [];
  const nodes = report.nodes.filter((node) => node.site === site.key && node.behind === behind);
  for (const node of nodes) here.push(nodeBranch(node, metrics, depth), ...nodeBranches(report, metrics, site, node.key, depth + 1));
  const groups = site.chargers.filter((group) => group.behind === behind);
  return [...here, ...groups.map((group) => chargersBranch(group, depth))];
}

function nodeBranch(node: GridNode, metrics: Metrics, depth: number): Branch {
  const hot = metrics.get("transformer_hot_spot_c", `node:${node.key}`);
  const notes = [hot === null ? "" : `hottest ${show(hot, 0)} °C`, limitReason(node)].filter((text) => text !== "").join("; ");
  const what = hot === null ? "panel or switchboard" : "transformer";
  return { depth, name: node.name === node.key ? node.key.replaceAll("_", " ") : node.name, what, peak_kw: node.peak_kw, limit_kw: node.peak_kw > 0 ? node.peak_limit_kw : node.limit_kw, least_kw: node.least_limit_kw, worst_share: node.worst_share, limitAt: () => node.limit_kw, mean_kw: node.mean_kw, notes };
}

/** A site's connection, what stands behind it, and the sites that share it. */
function branches(report: Report, metrics: Metrics, carried: Map<string, number[]>, site: Site, depth = 0): Branch[] {
  const isShared = hasOthersBehind(report, site);
  const load = carried.get(site.key) ?? site.mean_kw;
  const above = depth > 0 || site.behind === null ? "" : `behind ${report.sites.find((other) => other.key === site.behind)?.name ?? site.behind}`;
  const connection: Branch = {
    depth,
    name: site.name,
    what: depth === 0 ? "connection" : "connection of a site behind it",
    peak_kw: site.carried_peak_kw,
    limit_kw: limitAtPeak(site),
    least_kw: leastLimit(site),
    worst_share: site.worst_share,
    limitAt: (step) => limitAt(site, step),
    mean_kw: load,
    notes: [isShared ? "with the sites behind it" : above, limitReason(site)].filter((text) => text !== "").join("; "),
  };
  const below = report.sites.filter((other) => other.behind === site.key && other.key !== site.key);
  // A site behind a site behind a site is legal; a circle is not, and the depth keeps a broken file from hanging us.
  const others = depth > 6 ? [] : below.flatMap((other) => branches(report, metrics, carried, other, depth + 1));
  return [connection, ...nodeBranches(report, metrics, site, null, depth + 1), ...others];
}

/** Why the limit stood where it did when the load came to it. */
function limitReason({ worst_share, worst_reason }: { worst_share: number | null; worst_reason: string }): string {
  return (worst_share ?? 0) >= AT_LIMIT && worst_reason !== "" ? `limit then: ${worst_reason}` : "";
}

/** Limits that hold for some of the time on a site or a node of it, with their reasons. */
function limitNotes(report: Report, site: Site): HTMLElement[] {
  const names = new Map([[site.key, ""], ...report.nodes.filter((node) => node.site === site.key).map((node): [string, string] => [node.key, ` of ${node.name}`])]);
  const told = report.limits.flatMap(({ on, kw, when, reason }) => {
    const here = on.filter((key) => names.has(key));
    return here.map((key) => `Limit${names.get(key) ?? ""}: ${kw === 0 ? "outage" : `${show(kw, 0)} kW`} ${when}${reason === "" ? "" : ` (${reason})`}.`);
  });
  return told.map((text) => element("p", { class: "legend" }, text));
}

/** The least that a limit which moves came down to, kW. */
function leastLimit(site: Site): number | null {
  const known = site.limits_kw.filter((limit): limit is number => limit !== null);
  return known.length > 0 ? known.reduce((least, limit) => Math.min(least, limit)) : null;
}

function shareOf(kw: number | null, limit: number | null): number | null {
  return kw === null || limit === null || limit <= 0 ? null : kw / limit;
}

/** A bar of load over limit. */
function loadBar(share: number): HTMLElement {
  const fill = element("i");
  fill.style.width = `${Math.min(100, 100 * share).toFixed(1)}%`;
  return element("span", { class: share >= AT_LIMIT ? "gauge full" : "gauge", "aria-hidden": "true" }, fill);
}

function treeRow(branch: Branch, clock: Clock, moving: (() => void)[]): HTMLTableRowElement {
  const cells: Cell[] = [branch.name, branch.what, number(branch.peak_kw, 0), number(branch.limit_kw, 0), "", "", branch.notes];
  const made = row(cells);
  const name = made.cells[0];
  if (name) name.style.paddingLeft = `${8 + 20 * branch.depth}px`;
  const share = branch.worst_share;
  const words = share === null ? "" : share >= AT_LIMIT ? `${show(100 * share, 1)} %, ${share > 1.005 ? "over" : "at"} its limit` : `${show(100 * share, 1)} %`;
  if (share !== null) made.cells[4]?.append(loadBar(share), ` ${words}`);
  const series = branch.mean_kw;
  if (series) {
    moving.push(() => {
      const kw = series[clock.step.value] ?? null;
      const now = shareOf(kw, branch.limitAt(clock.step.value));
      made.cells[5]?.replaceChildren(...(now === null ? [] : [loadBar(now)]), ` ${show(kw, 0)} kW`);
    });
  }
  if (branch.least_kw !== null && branch.least_kw < 0.995 * (branch.limit_kw ?? Number.POSITIVE_INFINITY)) {
    made.cells[6]?.append(` limit fell to ${show(branch.least_kw, 0)} kW`);
  }
  return made;
}

const COLUMNS = ["single-line hierarchy", "what", "peak, kW", "limit at the peak, kW", "peak loading, % of limit", "at the time chosen", "notes"];

/** The least limit of each step where it moves; none where the chart's line of one limit says it all. */
function siteLines(site: Site): Line[] {
  const limit = site.limits_kw.length > 0 ? [{ name: "limit", data: site.limits_kw, stepped: true, dashed: true }] : [];
  return [{ name: "peak in the time step", data: site.peak_kw }, { name: "mean", data: site.mean_kw, area: true }, ...limit];
}

/** The load of the chosen site against its limit. */
export function siteFigure(report: Report, carried: Map<string, number[]>, clock: Clock, chosen: Shared<string>): HTMLElement {
  const chart = new TimeChart(report.times, "kW", "Load of one site over time, with the limit of its connection").follow(clock).shade(report.pauses);
  const title = element("h3", {});
  const notes = element("div");
  const pick = choice("Site", report.sites.map((site): [string, string] => [site.key, site.name]), (key) => chosen.set(key));
  chosen.follow((key) => {
    const site = report.sites.find((candidate) => candidate.key === key);
    if (!site) return;
    pick.select.value = key;
    title.textContent = `Load of ${site.name}`;
    notes.replaceChildren(...limitNotes(report, site));
    const shared = hasOthersBehind(report, site) ? [{ name: "with the sites behind it, mean", data: carried.get(key) ?? [] }] : [];
    chart.draw([...siteLines(site), ...shared], site.limits_kw.length > 0 ? null : site.limit_kw);
  });
  return element("div", {}, title, pick.node, chart.node, notes, chart.numbers());
}

/** The section; it shows the chosen site. */
export function siteSection(report: Report, metrics: Metrics, carried: Map<string, number[]>, clock: Clock, chosen: Shared<string>): HTMLElement {
  const queue = new TimeChart(report.times, "waiting", "Vehicles waiting at one site over time").follow(clock);
  const sites = report.sites.map((site): [string, string] => [site.key, site.name]);
  const pick = choice("Site", sites, (key) => chosen.set(key));
  const tree = element("div");
  let moving: (() => void)[] = [];
  chosen.follow((key) => {
    const site = report.sites.find((candidate) => candidate.key === key);
    if (!site) return;
    pick.select.value = key;
    const stations = report.hydrogen.filter((station) => station.site === key);
    const queues = [...(site.ports > 0 ? [{ name: "for a charging port", data: site.waiting }] : []), ...stations.map((station) => ({ name: stations.length > 1 ? `for hydrogen, ${station.key}` : "for hydrogen", data: station.waiting }))];
    queue.node.hidden = queues.length === 0;
    if (queues.length > 0) queue.draw(queues.map((line) => ({ ...line, area: true, stack: "all" })));
    moving = [];
    const rows = branches(report, metrics, carried, site).map((branch) => treeRow(branch, clock, moving));
    const table = bareTable(COLUMNS, rows, `Network of ${site.name}`);
    tree.replaceChildren(copyButton(table, "Network"), scrolled(table, "Network of the site"));
    table.classList.add("tree");
    moving.forEach((move) => move());
  });
  clock.step.follow(() => moving.forEach((move) => move()));
  return section(
    "One site",
    "How many vehicles wait there, and what stands between its connection and the chargers. Its load over time is under Over time.",
    pick.node,
    queue.node,
    element("h3", {}, "Network of the site"),
    tree,
  );
}

type Column = [string, (site: Site, get: (name: MetricName) => number | null) => Cell];

const NAMES: Column[] = [
  ["site", (site) => site.name],
  ["kind", (site) => site.kind],
];
const PORTS: Column[] = [
  ["charging ports", (site) => number(site.ports, 0)],
  ["sessions", (_, get) => number(get("sessions"), 0)],
  ["sessions left below their target", (_, get) => number(get("sessions_unmet"), 0)],
  ["95th-percentile wait, min", (site, get) => number(site.ports > 0 ? get("queue_wait_p95_min") : null, 0)],
  ["charging port utilization, %", (site, get) => number(site.ports > 0 ? 100 * (get("charger_utilization") ?? 0) : null, 0)],
];
const HYDROGEN: Column[] = [
  ["hydrogen, kg", (_, get) => number(get("h2_dispensed_kg"), 0)],
  ["95th-percentile wait for hydrogen, min", (_, get) => number(get("h2_queue_wait_p95_min"), 0)],
];
const LOADS: Column[] = [
  ["peak, kW", (_, get) => number(get("peak_kw"), 0)],
  ["limit at the peak, kW", (site) => number(limitAtPeak(site), 0)],
  ["metered energy, MWh", (_, get) => number((get("energy_grid_kwh") ?? 0) / 1000, 1)],
];

/** All sites; a click on one, or the button that is its name, shows it in the section above. */
export function siteTable(report: Report, metrics: Metrics, chosen: Shared<string>): HTMLElement {
  const list = [...NAMES, ...(hasPorts(report) ? PORTS : []), ...(report.hydrogen.length > 0 ? HYDROGEN : []), ...LOADS];
  const rows = new Map<string, HTMLTableRowElement>();
  const more = (name: MetricName, a: Site, b: Site) => (metrics.get(name, `site:${b.key}`) ?? 0) - (metrics.get(name, `site:${a.key}`) ?? 0);
  const sites = [...report.sites].sort(
    (a, b) => more("sessions_unmet", a, b) || more("queue_wait_p95_min", a, b) || more("h2_queue_wait_p95_min", a, b) || more("peak_kw", a, b) || (a.name < b.name ? -1 : 1),
  );
  for (const site of sites) {
    const get = (name: MetricName) => metrics.get(name, `site:${site.key}`);
    const made = row(list.map(([, cell]) => cell(site, get)));
    const name = element("button", { type: "button", class: "link" }, site.name);
    made.cells[0]?.replaceChildren(name);
    made.addEventListener("click", () => chosen.set(site.key));
    rows.set(site.key, made);
  }
  const table = bareTable(list.map(([name]) => name), [...rows.values()], "All sites");
  chosen.follow((key) => rows.forEach((made, name) => made.classList.toggle("chosen", name === key)));
  return hint(section("All sites", "The worst first.", copyButton(table, "All sites"), scrolled(table, "All sites")), "A click on a header sorts. A site's name shows it under One site.");
}
