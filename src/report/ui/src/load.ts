// Load of connections: a site's own, and with it that of the sites behind it.

import type { Metrics, Report, Site } from "./data";

/** Mean load through the connection of each site, kW, by key: its own and of all behind it. */
export function carriedLoads(report: Report): Map<string, number[]> {
  const carried = new Map(report.sites.map((site) => [site.key, site.mean_kw]));
  const byKey = new Map(report.sites.map((site) => [site.key, site]));
  for (const site of report.sites) {
    let above = site.behind;
    // A circle would be an error of the scenario; the count keeps it from hanging the page.
    for (let level = 0; above !== null && level < 20; level += 1) {
      const sum = carried.get(above);
      if (!sum) break;
      carried.set(above, sum.map((kw, step) => kw + (site.mean_kw[step] ?? 0)));
      above = byKey.get(above)?.behind ?? null;
    }
  }
  return carried;
}

export function hasOthersBehind(report: Report, site: Site): boolean {
  return report.sites.some((other) => other.behind === site.key);
}

/** Highest load of a connection, kW. Where others share it, only the means of time steps can be added up. */
export function connectionPeak(report: Report, metrics: Metrics, carried: Map<string, number[]>, site: Site): number {
  const own = metrics.get("peak_kw", `site:${site.key}`) ?? Math.max(0, ...site.peak_kw);
  return hasOthersBehind(report, site) ? Math.max(own, ...(carried.get(site.key) ?? [])) : own;
}
