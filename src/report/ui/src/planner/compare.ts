// Two runs side by side: headline numbers with their difference, sites with their queues, loads in one chart.

import { TimeChart } from "../charts";
import { Metrics, show, type Report, type Study, type Years } from "../data";
import { element, section } from "../dom";
import { table } from "../tables";
import { server, type FinishedRun } from "./api";
import { told } from "./home";

const HEADLINES = [
  "hauls_completed", "hauls_late", "hauls_cancelled", "equipment_hours_served", "sessions", "sessions_unmet",
  "queue_wait_mean_min", "queue_wait_p95_min", "charger_utilization", "energy_delivered_kwh", "energy_grid_kwh",
  "peak_kw", "load_factor", "bill_energy_usd", "bill_demand_usd", "bill_total_usd", "diesel_gal", "co2e_tailpipe_t",
  "co2e_upstream_t", "nox_kg", "h2_dispensed_kg", "h2_queue_wait_p95_min", "cost_usd", "npv_usd", "co2e_t", "public_usd",
];

export async function openCompare(page: HTMLElement, before: string, after: string): Promise<void> {
  page.replaceChildren(element("p", {}, "Reading both runs …"));
  const [a, b, { finished }] = await Promise.all([server.page(before), server.page(after), server.runs()]);
  if (a.kind === "study" || b.kind === "study") {
    page.replaceChildren(element("p", {}, "A comparison of strategies cannot be held against a run: open it by itself."));
    return;
  }
  const [first, second] = [new Metrics(a.metrics), new Metrics(b.metrics)];
  const find = (id: string) => finished.find((run) => run.id === id);
  page.replaceChildren(
    element("h1", {}, `${before} and ${after}`),
    section("What is different", "Settings of each run on top of its scenario.", ...settings(find(before), before, find(after), after)),
    section("Headlines", "One sequence of random days each: small differences may be chance; the command portvolt compare says which are not.", ...headlines(a, first, second, before, after)),
  );
  if (a.kind === "run" && b.kind === "run") drawRuns(page, a, b, first, second, before, after);
}

function settings(a: FinishedRun | undefined, before: string, b: FinishedRun | undefined, after: string): HTMLElement[] {
  const row = (id: string, run: FinishedRun | undefined) => [id, run?.title ?? "", run ? told(run) : "", run ? String(run.seed) : ""];
  return table(["run", "scenario", "changed", "seed"], [row(before, a), row(after, b)]);
}

function headlines(data: Exclude<Report | Years, Study>, a: Metrics, b: Metrics, before: string, after: string): HTMLElement[] {
  const rows: string[][] = [];
  for (const name of HEADLINES) {
    const [x, y] = [a.get(name), b.get(name)];
    const metric = data.metrics.find((known) => known.name === name && known.scope === "total");
    if (!metric || (x === null && y === null)) continue;
    const change = x !== null && y !== null ? y - x : null;
    const share = change !== null && x !== null && x !== 0 ? `${change > 0 ? "+" : ""}${show((100 * change) / Math.abs(x), 1)} %` : "";
    const sign = change !== null && change > 0 ? "+" : "";
    rows.push([`${metric.info}${metric.unit ? `, ${metric.unit}` : ""}`, show(x), show(y), `${sign}${show(change)}`, share]);
  }
  const made = table(["", before, after, "difference", ""], rows);
  made.at(-1)?.querySelector("table")?.setAttribute("id", "headline-table");
  return made;
}

function drawRuns(page: HTMLElement, a: Report, b: Report, first: Metrics, second: Metrics, before: string, after: string): void {
  const names = new Map([...a.sites, ...b.sites].map((site) => [site.key, site.name]));
  const value = (metrics: Metrics, name: string, key: string) => metrics.get(name, `site:${key}`);
  const rows: string[][] = [];
  for (const [key, name] of names) {
    const ports = [a, b].map((run) => run.sites.find((site) => site.key === key)?.ports ?? 0);
    const pair = (metric: string) => [show(value(first, metric, key), 0), show(value(second, metric, key), 0)];
    if ((ports[0] ?? 0) + (ports[1] ?? 0) === 0) continue;
    rows.push([name, String(ports[0]), String(ports[1]), ...pair("queue_wait_p95_min"), ...pair("sessions_unmet"), ...pair("peak_kw"), ...pair("bill_total_usd")]);
  }
  const twice = (name: string) => [`${name}, before`, "after"];
  page.append(section("Sites with chargers", `Before is ${before}, after is ${after}.`, ...table(["site", ...twice("ports"), ...twice("wait 95 %, min"), ...twice("left short"), ...twice("peak, kW"), ...twice("bill, USD")], rows)));
  if (a.times.length !== b.times.length || a.bucket_s !== b.bucket_s) return;
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
