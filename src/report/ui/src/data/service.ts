// How much of the work of equipment is done: what one class or site lacks is not made up by what another does beyond its
// own, so shortfalls are summed and never set off against each other.

import { Metrics } from "./metrics";
import type { Report } from "./types";

export interface Served {
  /** Key of the class or of the site. */
  key: string;
  name: string;
  required_h: number;
  served_h: number;
  /** Required and not served. */
  short_h: number;
  /** Of what is required; none where nothing is. */
  share: number | null;
}

/** Hours that are lost in rounding are no shortfall. */
const LEAST_SHORT_H = 0.05;
/** Names of classes that are abbreviations. */
const ABBREVIATIONS = new Set(["agv", "asc", "rmg", "rtg"]);

/** A class of equipment as people write it. */
export function className(key: string): string {
  return ABBREVIATIONS.has(key) ? key.toUpperCase() : key.replaceAll("_", " ");
}

function served(key: string, name: string, required_h: number, served_h: number): Served {
  const missing = required_h - served_h;
  const short_h = missing > LEAST_SHORT_H ? missing : 0;
  return { key, name, required_h, served_h, short_h, share: required_h > 0 ? 1 - short_h / required_h : null };
}

const sum = (hours: number[]) => hours.reduce((total, it) => total + it, 0);

/** Of each class of equipment, over the whole run. */
export function servedByClass({ work }: Pick<Report, "work">): Served[] {
  return Object.entries(work.classes).map(([key, it]) => served(key, className(key), sum(it.required_h), sum(it.served_h)));
}

/** Of each site that has work for equipment. */
export function servedBySite({ sites }: Pick<Report, "sites">, metrics: Metrics): Served[] {
  return sites.flatMap(({ key, name }) => {
    const [required, done] = [metrics.get("equipment_hours_required", `site:${key}`), metrics.get("equipment_hours_served", `site:${key}`)];
    return required !== null && required > 0 ? [served(key, name, required, done ?? 0)] : [];
  });
}

/** All of them together: 1 less the sum of shortfalls over the sum of what is required. */
export function servedTogether(parts: Served[]): Pick<Served, "required_h" | "short_h" | "share"> {
  const [required_h, short_h] = [sum(parts.map((it) => it.required_h)), sum(parts.map((it) => it.short_h))];
  return { required_h, short_h, share: required_h > 0 ? 1 - short_h / required_h : null };
}

/** The one that lacks the largest share of its work; none where all is served. */
export function worstServed(parts: Served[]): Served | null {
  const [first] = parts.filter((it) => it.short_h > 0).sort((a, b) => (a.share ?? 1) - (b.share ?? 1));
  return first ?? null;
}

/** Of everything: by class or by site, whichever shows more that was not served. */
export function servedInAll(report: Pick<Report, "sites" | "work">, metrics: Metrics): Pick<Served, "required_h" | "short_h" | "share"> {
  const [byClass, bySite] = [servedTogether(servedByClass(report)), servedTogether(servedBySite(report, metrics))];
  return byClass.short_h > bySite.short_h || bySite.share === null ? byClass : bySite;
}
