// One site: its load with the limit, its queue, and the tree from its connection down to the chargers.

import { siteLines, TimeChart } from "./charts";
import type { Clock } from "./clock";
import { Metrics, show, type Chargers, type GridNode, type Report, type Site } from "./data";
import { choice, element, section } from "./dom";
import { carriedLoads, connectionPeak, hasOthersBehind } from "./load";
import type { Shared } from "./page";
import { bareTable, copyButton, number, row, scrolled, type Cell } from "./tables";

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
  mean_kw: number[] | null;
  notes: string;
}

function chargersBranch(group: Chargers, depth: number): Branch {
  const plugs = group.ports === 1 ? "1 port each" : `${group.ports} ports each`;
  const what = `chargers: ${group.cabinets} × ${show(group.cabinet_kw)} kW, ${plugs}`;
  return { depth, name: group.key, what, peak_kw: null, limit_kw: group.cabinets * group.cabinet_kw, least_kw: null, mean_kw: null, notes: "rating" };
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
  const notes = hot === null ? "" : `hottest ${show(hot, 0)} °C`;
  const what = hot === null ? "panel or switchboard" : "transformer";
  return { depth, name: node.name, what, peak_kw: node.peak_kw, limit_kw: node.limit_kw, least_kw: node.least_limit_kw, mean_kw: node.mean_kw, notes };
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
    peak_kw: connectionPeak(report, metrics, carried, site),
    limit_kw: site.limit_kw,
    least_kw: null,
    mean_kw: load,
    notes: isShared ? "with the sites behind it; peak of the means of time steps" : above,
  };
  const below = report.sites.filter((other) => other.behind === site.key && other.key !== site.key);
  // A site behind a site behind a site is legal; a circle is not, and the depth keeps a broken file from hanging us.
  const others = depth > 6 ? [] : below.flatMap((other) => branches(report, metrics, carried, other, depth + 1));
  return [connection, ...nodeBranches(report, metrics, site, null, depth + 1), ...others];
}

/** A bar of load over limit, in words too. */
function loadBar(kw: number | null, limit: number | null): { bar: HTMLElement; share: number | null } {
  const share = kw === null || limit === null || limit <= 0 ? null : kw / limit;
  const fill = element("i");
  fill.style.width = `${Math.min(100, 100 * (share ?? 0)).toFixed(1)}%`;
  const bar = element("span", { class: share !== null && share >= AT_LIMIT ? "gauge full" : "gauge", "aria-hidden": "true" }, fill);
  return { bar, share };
}

function treeRow(branch: Branch, clock: Clock, moving: (() => void)[]): HTMLTableRowElement {
  const limit = branch.least_kw ?? branch.limit_kw;
  const cells: Cell[] = [branch.name, branch.what, number(branch.peak_kw, 0), number(branch.limit_kw, 0), "", "", branch.notes];
  const made = row(cells);
  const name = made.cells[0];
  if (name) name.style.paddingLeft = `${8 + 20 * branch.depth}px`;
  const { bar, share } = loadBar(branch.peak_kw, limit);
  const words = share === null ? "" : share >= AT_LIMIT ? `${show(100 * share, 1)} %, ${share > 1.005 ? "over" : "at"} its limit` : `${show(100 * share, 1)} %`;
  if (share !== null) made.cells[4]?.append(bar, ` ${words}`);
  const series = branch.mean_kw;
  if (series) {
    moving.push(() => {
      const kw = series[clock.step.value] ?? null;
      const now = loadBar(kw, branch.limit_kw);
      made.cells[5]?.replaceChildren(...(now.share === null ? [] : [now.bar]), ` ${show(kw, 0)} kW`);
    });
  }
  if (branch.least_kw !== null && branch.limit_kw !== null && branch.least_kw < 0.995 * branch.limit_kw) {
    made.cells[6]?.append(` limit fell to ${show(branch.least_kw, 0)} kW`);
  }
  return made;
}

const COLUMNS = ["from the connection down", "what", "peak, kW", "limit, kW", "peak of the least limit", "at the time chosen", "notes"];

/** The section; it shows the chosen site. */
export function siteSection(report: Report, metrics: Metrics, clock: Clock, chosen: Shared<string>): HTMLElement {
  const load = new TimeChart(report.times, "kW", "Load of one site over time, with the limit of its connection").follow(clock);
  const queue = new TimeChart(report.times, "waiting", "Vehicles that wait for a port at one site over time").follow(clock);
  const sites = report.sites.map((site): [string, string] => [site.key, site.name]);
  const pick = choice("Site", sites, (key) => chosen.set(key));
  const tree = element("div");
  const carried = carriedLoads(report);
  let moving: (() => void)[] = [];
  chosen.follow((key) => {
    const site = report.sites.find((candidate) => candidate.key === key);
    if (!site) return;
    pick.select.value = key;
    const shared = hasOthersBehind(report, site) ? [{ name: "with the sites behind it, mean", data: carried.get(key) ?? [] }] : [];
    load.draw([...siteLines(site), ...shared], site.limit_kw);
    queue.node.hidden = site.ports === 0;
    queue.draw([{ name: "waiting", data: site.waiting, area: true }]);
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
    "Its load with the limit of its connection, how many vehicles wait for a port, and what stands between the connection and the chargers.",
    pick.node,
    load.node,
    queue.node,
    element("h3", {}, "Network of the site"),
    tree,
  );
}

const LIST: [string, (site: Site, get: (name: string) => number | null) => Cell][] = [
  ["site", (site) => site.name],
  ["kind", (site) => site.kind],
  ["ports", (site) => number(site.ports, 0)],
  ["sessions", (_, get) => number(get("sessions"), 0)],
  ["left short", (_, get) => number(get("sessions_unmet"), 0)],
  ["wait 95 %, min", (site, get) => number(site.ports > 0 ? get("queue_wait_p95_min") : null, 0)],
  ["ports taken, %", (site, get) => number(site.ports > 0 ? 100 * (get("charger_utilization") ?? 0) : null, 0)],
  ["peak, kW", (_, get) => number(get("peak_kw"), 0)],
  ["limit, kW", (site) => number(site.limit_kw, 0)],
  ["energy, MWh", (_, get) => number((get("energy_grid_kwh") ?? 0) / 1000, 1)],
];

/** All sites; a click on one, or the button that is its name, shows it in the section above. */
export function siteTable(report: Report, metrics: Metrics, chosen: Shared<string>): HTMLElement {
  const rows = new Map<string, HTMLTableRowElement>();
  const more = (name: string, a: Site, b: Site) => (metrics.get(name, `site:${b.key}`) ?? 0) - (metrics.get(name, `site:${a.key}`) ?? 0);
  const sites = [...report.sites].sort(
    (a, b) => more("sessions_unmet", a, b) || more("queue_wait_p95_min", a, b) || more("peak_kw", a, b) || (a.name < b.name ? -1 : 1),
  );
  for (const site of sites) {
    const get = (name: string) => metrics.get(name, `site:${site.key}`);
    const made = row(LIST.map(([, cell]) => cell(site, get)));
    const name = element("button", { type: "button", class: "link" }, site.name);
    made.cells[0]?.replaceChildren(name);
    made.addEventListener("click", () => chosen.set(site.key));
    rows.set(site.key, made);
  }
  const table = bareTable(LIST.map(([name]) => name), [...rows.values()], "All sites");
  chosen.follow((key) => rows.forEach((made, name) => made.classList.toggle("chosen", name === key)));
  return section("All sites", "The worst first; a click on a header sorts. A site's name shows it under One site.", copyButton(table, "All sites"), scrolled(table, "All sites"));
}
