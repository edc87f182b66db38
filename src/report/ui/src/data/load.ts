// What several sections add up: load of connections with the sites behind them, and vehicles that wait.

import type { Report, Site } from "./types";

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

/** The limit of a connection in a time step, kW. */
export function limitAt(site: Site, step: number): number | null {
  return site.limits_kw.length > 0 ? (site.limits_kw[step] ?? null) : site.limit_kw;
}

/** The limit that held when the load through a connection was highest, kW. */
export function limitAtPeak(site: Site): number | null {
  return site.carried_peak_kw > 0 ? site.peak_limit_kw : site.limit_kw;
}

/** Has the connection a limit at any time? */
export function isLimited(site: Site): boolean {
  return site.limit_kw !== null || site.limits_kw.length > 0;
}

/** Sites whose load passes no connection with a limit, the largest first: neither their own nor one above has one at any time. */
export function unlimited(report: Pick<Report, "sites">): Site[] {
  const byKey = new Map(report.sites.map((site) => [site.key, site]));
  const isFree = (site: Site) => {
    let at: Site | undefined = site;
    // A circle would be an error of the scenario.
    for (let level = 0; at && level < 20; level += 1) {
      if (isLimited(at)) return false;
      at = at.behind === null ? undefined : byKey.get(at.behind);
    }
    return true;
  };
  return report.sites.filter((site) => site.carried_peak_kw > 0 && isFree(site)).sort((a, b) => b.carried_peak_kw - a.carried_peak_kw);
}

/** Sum of series of equal steps; zeros where there are none. */
export function added(steps: number, all: number[][]): number[] {
  return Array.from({ length: steps }, (_, step) => all.reduce((sum, one) => sum + (one[step] ?? 0), 0));
}

/** Vehicles that wait at a site, for a port or at its hydrogen stations. */
export function waitingAtSite(report: Report, site: Site): number[] {
  const stations = report.hydrogen.filter((station) => station.site === site.key);
  return stations.length === 0 ? site.waiting : added(report.times.length, [site.waiting, ...stations.map((station) => station.waiting)]);
}

/** Do vehicles charge at ports in this scenario? */
export function hasPorts(report: Report): boolean {
  return report.sites.some((site) => site.ports > 0);
}

/** How many connections carry all load, and their limits together in each step, kW; none where one of them has no limit. */
export function sumOfLimits(report: Report): { sites: number; kw: number[] } {
  const roots = report.sites.filter((site) => site.behind === null && site.carried_peak_kw > 0);
  const limits = roots.map((site) => report.times.map((_, step) => limitAt(site, step)));
  const known = limits.map((steps) => steps.filter((kw): kw is number => kw !== null));
  if (known.some((steps) => steps.length < report.times.length)) return { sites: 0, kw: [] };
  return { sites: roots.length, kw: added(report.times.length, known) };
}
