// The first screen of a run: is the work done, how long do vehicles wait, does the connection hold, what does it cost?

import type { MetricName, Metrics } from "../data/metrics";
import { servedByClass, servedBySite, servedInAll, worstServed, type Served } from "../data/service";
import { unlimited } from "../data/load";
import type { Report } from "../data/types";
import type { Clock } from "../lib/clock";
import { dollars, energy, power, show } from "../lib/format";
import { verdict, type Finding } from "../lib/parts";

/** Below this share of equipment hours the work is not done. */
const ENOUGH_EQUIPMENT = 0.99;
/** Nor where one class or site is served less than this. */
const ENOUGH_OF_ONE = 0.95;
/** Nor where more hauls than this lapsed, or fewer than that were completed; those under way at the end may be neither. */
const MOST_LOST = 0.02;
const ENOUGH_HAULS = 0.85;
/** More sessions than this that end without the energy asked for are no accident. */
const MOST_UNMET = 0.01;
/** From here on a connection has no room left. */
const NEARLY_FULL = 0.95;
/** From here on the limit itself set the peak. */
const AT_LIMIT = 0.995;
/** A limit that held the load down for less of a wait is not its reason. */
const LONG_SHARE = 0.25;
/** Below this share of the energy requested too little is charged; above the other all but all, for some still charge at the end. */
const ENOUGH_ENERGY = 0.9;
const NEARLY_ALL = 0.98;
/** Waits above these are long, and too long. */
const [LONG_MIN, TOO_LONG_MIN] = [15, 90];

type LongestWait = NonNullable<Report["waits"]["longest"]>;

const count = (number: number, one: string, many: string) => `${show(number, 0)} ${number === 1 ? one : many}`;

function share(metrics: Metrics, part: MetricName, whole: MetricName): number | null {
  const [a, b] = [metrics.get(part), metrics.get(whole)];
  return a === null || b === null || b <= 0 ? null : a / b;
}

/** A share that is not whole never looks whole. */
export function shareText(value: number): string {
  const text = show(100 * value, 1);
  return `${text === "100" && value < 1 ? "99.9" : text} %`;
}

/** The class or site that lacks the largest share of its work, and how much. */
function lacking(what: string, { name, share, short_h }: Served): string {
  return `${what}: ${name}, ${shareText(share ?? 1)} (${show(short_h)} h not served)`;
}

/** What is served of equipment hours: the share, what lacks most, and what is behind at the end. */
export function equipmentService(report: Pick<Report, "sites" | "work">, metrics: Metrics): { share: number; worst: Served | null; isBad: boolean; value: string; details: string[] } | null {
  const [byClass, bySite] = [servedByClass(report), servedBySite(report, metrics)];
  const all = servedInAll(report, metrics);
  const { share } = all;
  if (share === null) return null;
  const [ofClass, ofSite] = [worstServed(byClass), bySite.length > 1 ? worstServed(bySite) : null];
  // Where there is but one class or site, it is the whole.
  const worst = [ofClass, ofSite].filter((it): it is Served => it !== null).sort((a, b) => (a.share ?? 1) - (b.share ?? 1))[0] ?? null;
  const backlog = metrics.get("work_backlog_h") ?? 0;
  const largest = metrics.get("work_backlog_max_h") ?? 0;
  const most = [...bySite].map(({ key, name }) => ({ name, hours: metrics.get("work_backlog_h", `site:${key}`) ?? 0 })).sort((a, b) => b.hours - a.hours)[0];
  const whole = `${shareText(share)} of equipment hours`;
  const at = most && bySite.length > 1 && most.hours > 0 ? `, ${most.hours >= 0.999 * backlog ? "all" : `${show(most.hours)} h`} of them at ${most.name}` : "";
  const value = worst === null ? whole : worst === ofSite ? `${shareText(worst.share ?? 1)} at ${worst.name}` : `${shareText(worst.share ?? 1)} of ${worst.name} hours`;
  return {
    share,
    worst,
    isBad: share < ENOUGH_EQUIPMENT || (worst?.share ?? 1) < ENOUGH_OF_ONE || backlog > (1 - ENOUGH_EQUIPMENT) * all.required_h,
    value,
    details: [
      // What the large figure says already is not told twice.
      value === whole && all.short_h <= 0 ? "" : `${whole} served${all.short_h > 0 ? `, ${show(all.short_h)} h of those required in these days were not` : ""}`,
      ofSite ? lacking("worst site", ofSite) : "",
      ofClass ? lacking("worst class", ofClass) : "",
      backlog > 0 ? `backlog at the end, work that is due and not done: ${show(backlog)} h${at}` : "",
      largest > backlog ? `largest backlog of any hour: ${show(largest)} h` : "",
    ],
  };
}

/** What became of vessels: a call that has not ended is in no count, which a short run must say. */
export function vessels(metrics: Metrics): string {
  const [calls, lifts, there] = (["vessel_calls", "vessel_lifts", "vessels_at_berth"] as const).map((name) => metrics.get(name) ?? 0) as [number, number, number];
  if (calls + there === 0) return "";
  const ended = calls > 0 ? `${count(calls, "vessel call", "vessel calls")} ended, ${show(lifts, 0)} containers lifted` : "no vessel call ended, so no container counts as lifted";
  return there > 0 ? `${ended}; ${count(there, "vessel is", "vessels are")} at berth at the end` : ended;
}

function service(report: Report, metrics: Metrics): Finding {
  const hauls = share(metrics, "hauls_completed", "hauls_requested");
  const equipment = equipmentService(report, metrics);
  const [late, lost, open] = (["hauls_late", "hauls_lapsed", "hauls_open"] as const).map((name) => metrics.get(name) ?? 0) as [number, number, number];
  const told = hauls === null ? [] : [
    `${show(metrics.get("hauls_completed"), 0)} of ${show(metrics.get("hauls_requested"), 0)} hauls completed, ${late > 0 ? `${show(late, 0)} of them late` : "none late"}`,
    [lost > 0 ? `${show(lost, 0)} lapsed` : "", open > 0 ? `${show(open, 0)} under way or waiting at the end` : ""].filter((part) => part !== "").join(", "),
  ];
  const isBad = (hauls !== null && (hauls < ENOUGH_HAULS || lost > MOST_LOST * (metrics.get("hauls_requested") ?? 0))) || equipment?.isBad === true;
  const isFair = late > 0 || lost > 0 || (equipment?.worst ?? null) !== null;
  // The worse of both is what counts.
  const isHauls = hauls !== null && (equipment === null || hauls / ENOUGH_HAULS <= (equipment.worst?.share ?? equipment.share) / ENOUGH_EQUIPMENT);
  const value = isHauls ? `${shareText(hauls)} of hauls` : equipment !== null ? equipment.value : count(metrics.get("sessions") ?? 0, "session", "sessions");
  const hours = equipment?.details ?? [];
  const details = [...(isHauls ? [...told, ...hours] : [...hours, ...told]), vessels(metrics)];
  return { what: "Does the work get done?", value, details, evidence: isHauls ? "hauls" : equipment !== null ? "equipment-hours" : "all-sites", tone: isBad ? "bad" : isFair ? "warn" : hauls === null && equipment === null ? "plain" : "good" };
}

/** The site whose vehicles wait longest, with its wait. */
function longest(report: Report, metrics: Metrics, name: MetricName): { site: string; minutes: number } | null {
  const all = report.sites.map((site) => ({ site: site.name, minutes: metrics.get(name, `site:${site.key}`) ?? 0 }));
  const [first] = all.sort((a, b) => b.minutes - a.minutes);
  return first && first.minutes > 0 ? first : null;
}

/** Have several sites visits that could wait? */
const hasOther = (report: Report, metrics: Metrics, name: MetricName) => report.sites.filter(({ key }) => metrics.get(name, `site:${key}`) !== null).length > 1;

/** Why the longest wait was as long: power that was missing comes before ports that were taken. */
function whyWaited(wait: LongestWait, pauses: Report["pauses"]): string {
  const out = wait.held_by.filter(({ is_outage }) => is_outage).map(({ name }) => `no power: outage at ${name}`);
  const full = wait.held_by.filter(({ is_outage, share }) => !is_outage && share >= LONG_SHARE).map(({ name, share }) => `too little power: ${name} at its limit for ${show(100 * share, 0)} % of the wait`);
  const isBreak = pauses.some(({ from_s, to_s, is_break }) => is_break && from_s <= wait.arrive_s && wait.arrive_s < to_s);
  return [...out, ...full, isBreak ? "equipment came in a break" : ""].filter((text) => text !== "").join("; ") || "all suitable ports were taken";
}

/** When the longest wait began, where, and why; nothing where nobody waited. */
export function longestWait(report: Pick<Report, "pauses" | "sites" | "waits">, clock: Pick<Clock, "labelAt">): string {
  const { longest } = report.waits;
  if (longest === null || longest.wait_s < 60) return "";
  const site = report.sites.find(({ key }) => key === longest.site);
  const where = site && report.sites.length > 1 ? ` at ${site.name}` : "";
  return `longest wait: ${show(longest.wait_s / 60, 0)} min, for an arrival ${clock.labelAt(longest.arrive_s)}${where} (${whyWaited(longest, report.pauses)})`;
}

/** What was charged of what was requested, and the tone that it asks for. */
export function charged(metrics: Metrics): { details: string[]; tone: Finding["tone"] } {
  const get = (name: MetricName) => metrics.get(name) ?? 0;
  const [sessions, unmet, breaks] = [get("sessions"), get("sessions_unmet"), get("breaks_unmet")];
  const [requested, delivered] = [get("energy_requested_kwh"), get("energy_delivered_kwh")];
  const part = requested > 0 ? Math.min(1, delivered / requested) : 1;
  const isAll = unmet === 0 && breaks === 0 && part >= NEARLY_ALL;
  const details = [
    sessions > 0 && unmet > 0 ? `${show(unmet, 0)} of ${count(sessions, "session", "sessions")} left below their target` : "",
    breaks > 0 ? `${show(breaks, 0)} ${breaks === 1 ? "break" : "breaks"} of equipment ended below a full battery` : "",
    sessions > 0 && isAll ? `all ${count(sessions, "session", "sessions")} fully charged` : "",
    requested > 0 && part < NEARLY_ALL ? `${energy(delivered)} of ${energy(requested)} requested were delivered (${shareText(part)})` : "",
  ];
  const tone = unmet > MOST_UNMET * sessions || part < ENOUGH_ENERGY ? "bad" : isAll ? "good" : "warn";
  return { details, tone };
}

/** Long waits are told by colour as on the map. */
export function waitTone(minutes: number | null): Finding["tone"] {
  return (minutes ?? 0) > TOO_LONG_MIN ? "bad" : (minutes ?? 0) > LONG_MIN ? "warn" : "good";
}

const RANKS: Finding["tone"][] = ["plain", "good", "warn", "bad"];
const worseOf = (one: Finding["tone"], two: Finding["tone"]) => (RANKS.indexOf(one) >= RANKS.indexOf(two) ? one : two);

function waiting(report: Report, metrics: Metrics, clock: Clock): Finding {
  const utilization = metrics.get("charger_utilization");
  const hasPorts = utilization !== null;
  const name = hasPorts ? "queue_wait_p95_min" : "h2_queue_wait_p95_min";
  const wait = metrics.get(name);
  const worst = longest(report, metrics, name);
  const turned = (metrics.get("h2_turned_away") ?? 0) + (metrics.get("h2_gave_up") ?? 0);
  const charging = hasPorts ? charged(metrics) : { details: [], tone: "good" as const };
  const details = [
    wait === null ? "" : "95th percentile: 5 of 100 wait longer",
    // The wait of the only site with visits is that of all.
    worst && hasOther(report, metrics, name) ? `most at ${worst.site}: ${show(worst.minutes, 0)} min` : "",
    hasPorts ? longestWait(report, clock) : "",
    ...charging.details,
    ...report.sites.flatMap(({ key, name: site }) => {
      const minutes = metrics.get("swap_wait_p95_min", `site:${key}`);
      return minutes === null ? [] : [`these are batteries at ${site}: its units waited ${show(minutes, 0)} min for a charged one (p95)`];
    }),
    hasPorts ? `charging port utilization ${show(100 * utilization, 0)} %` : "",
    turned > 0 ? `${show(turned, 0)} without hydrogen: turned away, or gave up waiting` : "",
  ];
  const where = hasPorts ? "a charging port" : "hydrogen";
  // Where nobody came nothing was shown to be good.
  const tone = worseOf(worseOf(wait === null ? "plain" : waitTone(wait), (metrics.get("sessions") ?? 0) > 0 ? charging.tone : "plain"), turned > 0 ? "bad" : "plain");
  return { what: `How long is the wait for ${where}?`, value: wait === null ? "no visits" : `${show(wait, 0)} min`, details, evidence: wait === null ? "over-time" : hasPorts ? "waits-for-a-charging-port" : "hydrogen", tone };
}

/** What a limit was that held for a while, or not, when the load was highest; nothing where it is the one of the finding. */
function atPeak(place: Report["sites"][number], clock: Pick<Clock, "labelAt">): string {
  return place.peak_limit_kw !== null ? "" : `${place.name}: no limit held at its peak, ${power(place.carried_peak_kw)}, ${clock.labelAt(place.carried_peak_s)}`;
}

/** Connections without any limit: nothing says whether those hold. */
function withoutLimit(report: Report): string {
  const [first, ...others] = unlimited(report);
  if (!first) return "";
  return `no limit given at ${first.name}${others.length > 0 ? ` and ${count(others.length, "other site", "other sites")}` : ""}: nothing says whether ${others.length > 0 ? "those connections hold" : "that connection holds"}`;
}

/** More overloaded places than these are counted on the card. */
const MOST_OVERLOADED = 3;

type Place = Report["sites"][number] | Report["nodes"][number];

/** A place of the grid whose limit was passed, each told by itself: a site by its name, a node with the site that it belongs to. */
interface Overloaded {
  scope: string;
  name: string;
  place: Place;
}

/** Those that passed their limit, the longest time first. */
function overloaded(report: Report): Overloaded[] {
  const siteName = (key: string) => report.sites.find((site) => site.key === key)?.name ?? key;
  const sites = report.sites.map((place): Overloaded => ({ scope: `site:${place.key}`, name: place.name, place }));
  const nodes = report.nodes.map((place): Overloaded => ({ scope: `node:${place.key}`, name: `${place.name} (part of ${siteName(place.site)})`, place }));
  return [...sites, ...nodes].filter(({ place }) => place.over_intervals > 0).sort((a, b) => b.place.over_intervals - a.place.over_intervals);
}

/** One of them in a line: for how long, when most, by which loads, and what the limit was. */
function overloadText({ scope, name, place }: Overloaded, report: Report, clock: Pick<Clock, "labelAt">): string {
  const hours = (place.over_intervals * report.interval_s) / 3600;
  const worst = report.overloads.find((it) => it.scope === scope)?.worst ?? null;
  const loads = worst === null || worst.loads.length === 0 ? "" : ` (${worst.loads.map(([kind, kw]) => `${kind} ${power(kw)}`).join(", ")})`;
  const most = worst === null ? "" : `; most ${clock.labelAt(worst.start_s)}: ${power(worst.load_kw)} ${worst.limit_kw > 0 ? `under a limit of ${power(worst.limit_kw)}` : "in an outage"}${loads}`;
  const why = place.worst_reason === "" ? "" : `; the limit: ${place.worst_reason}`;
  return `${name}: ${show(hours)} h above the limit, first ${clock.labelAt(place.over_first_s ?? 0)}${most}${why}`;
}

/** Warnings that the card of the connection tells already. */
export function toldOnCard(report: Report): Set<string> {
  const scopes = new Set(overloaded(report).slice(0, MOST_OVERLOADED).map(({ scope }) => scope));
  return new Set(report.overloads.filter(({ scope }) => scopes.has(scope)).map(({ told }) => told));
}

export function connection(report: Report, metrics: Metrics, clock: Pick<Clock, "labelAt">): Finding {
  const places = [...report.sites, ...report.nodes];
  const limited = places.filter((place) => place.worst_share !== null).sort((a, b) => (b.worst_share ?? 0) - (a.worst_share ?? 0));
  const [first] = limited;
  const over = overloaded(report);
  const total = metrics.get("peak_kw");
  // The peak of the only site is that of all.
  const peak = report.sites.length === 1 ? "" : `peak of all sites together ${power(total)}`;
  const unknown = withoutLimit(report);
  if (over.length > 0) {
    const left = over.length - MOST_OVERLOADED;
    const told = over.slice(0, MOST_OVERLOADED).map((it) => overloadText(it, report, clock));
    const more = left > 0 ? `${count(left, "more place", "more places")} above the limit: see the warnings` : "";
    return { what: "Does the connection hold?", value: over.length > 1 ? `${over.length} limits passed` : "Over its limit", details: [...told, more, unknown, peak], evidence: "one-site", tone: "bad" };
  }
  if (!first) return { what: "How high is the peak?", value: power(metrics.get("peak_kw")), details: ["no limit given: nothing says whether the connection holds"], evidence: "over-time", tone: "plain" };
  const share = first.worst_share ?? 0;
  const at = `${first.name}: ${power(first.worst_kw)} of ${power(first.worst_limit_kw)}, ${clock.labelAt(first.worst_s)}`;
  // A limit that had ended when the load was highest says nothing of that load.
  const ended = report.sites.filter((site) => site.worst_share !== null).map((site) => atPeak(site, clock)).filter((text) => text !== "");
  const details = [at, first.worst_reason === "" ? "" : `the limit: ${first.worst_reason}`, ...ended.slice(0, 1), unknown, peak];
  const tone = share >= NEARLY_FULL ? "warn" : unknown !== "" || ended.length > 0 ? "plain" : "good";
  return { what: "Does the connection hold?", value: `${show(100 * share, 0)} % of the limit`, details, evidence: "one-site", tone };
}

/** A year of a run that has prices: what it costs, and the parts of that. */
export function yearlyCost(metrics: Metrics, days: string): Finding | null {
  const total = metrics.get("year_cost_usd");
  if (total === null) return null;
  const words: [MetricName, string][] = [["year_capital_usd", "investments"], ["year_upkeep_usd", "upkeep"], ["year_labor_usd", "labor"], ["year_bill_usd", "electricity"], ["year_fuel_usd", "fuel"], ["year_refill_usd", "refill of batteries"], ["year_lost_work_usd", "lost work"]];
  const parts = words.flatMap(([name, text]) => {
    const value = metrics.get(name);
    return value === null || value === 0 ? [] : [`${text} ${dollars(value)}`];
  });
  const once = ([["capex_usd", "investment"], ["npv_usd", "net present value"], ["cost_per_haul_usd", "cost of a haul"], ["cost_per_move_usd", "cost of a container lifted"]] as [MetricName, string][]).flatMap(([name, text]) => {
    const value = metrics.get(name);
    return value === null ? [] : [`${text} ${name.startsWith("cost_per") ? `$${show(value, 2)}` : dollars(value)}`];
  });
  const bill = metrics.get("bill_total_usd");
  const made = `a year made of ${days}, weekday by weekday, and billed month by month; other seasons are not in it`;
  const details = [parts.join(", "), ...once, made, bill === null ? "" : `electricity bill of these ${days} alone: ${dollars(bill)}, with the demand charge of whole months`];
  return { what: "What does it cost a year?", value: dollars(total), details, evidence: "cost-by-part", tone: "plain" };
}

/** Demand charges that come later: a bill without them is no bill of the years after. */
export function phasedIn({ phase_ins: all }: Pick<Report, "phase_ins">): string[] {
  if (all.length === 0) return [];
  const sum = (of: (it: Report["phase_ins"][number]) => number) => all.reduce((usd, it) => usd + of(it), 0);
  const from = all.map((it) => it.full_from).sort().at(-1) ?? "";
  return [`demand charges are phased in: in full, from ${from} on, up to ${dollars(sum((it) => it.full_usd))} for these peaks instead of ${dollars(sum((it) => it.demand_usd))}`];
}

/** Peaks that a limit held down: the demand that is billed is what the limit let through, not what vehicles would have drawn. */
export function cappedPeaks(report: Pick<Report, "sites">, metrics: Metrics): string[] {
  const capped = report.sites.filter((site) => metrics.get("bill_total_usd", `site:${site.key}`) !== null && site.over_intervals === 0 && site.peak_limit_kw !== null && site.peak_limit_kw > 0 && site.carried_peak_kw >= AT_LIMIT * site.peak_limit_kw);
  const [first, ...others] = capped;
  if (!first) return [];
  const more = others.length > 0 ? ` and ${count(others.length, "other site", "other sites")}` : "";
  return [`the peak of ${first.name}${more} is capped by ${others.length > 0 ? "limits" : `its limit of ${power(first.peak_limit_kw)}`}, and so are charges by the peak`];
}

function cost(report: Report, metrics: Metrics): Finding {
  const days = report.days === 1 ? "1 day" : `${report.days} days`;
  const ofYear = yearlyCost(metrics, days);
  if (ofYear) return { ...ofYear, details: [...ofYear.details, ...phasedIn(report), ...cappedPeaks(report, metrics)] };
  const bill = metrics.get("bill_total_usd");
  const kwh = metrics.get("energy_grid_kwh");
  const metered = `${energy(kwh)} metered`;
  const diesel = metrics.get("diesel_gal") ?? 0;
  const fuel = diesel > 0 ? `and ${show(diesel, 0)} gal of diesel, not priced here` : "";
  if (bill === null) return { what: "What does it cost?", value: "no tariff", details: ["no site has a tariff, so there is no electricity bill", metered, fuel], evidence: "emissions", tone: "plain" };
  const [demand, fixed] = [metrics.get("bill_demand_usd") ?? 0, metrics.get("bill_fixed_usd") ?? 0];
  const months = demand > 0 ? "demand and fixed charges are billed per full month" : fixed > 0 ? "fixed charges are billed per full month" : "";
  return { what: `What is the electricity bill for ${days}?`, value: dollars(bill), details: [`energy ${dollars(metrics.get("bill_energy_usd"))}, demand ${dollars(demand)}, fixed ${dollars(fixed)}`, ...phasedIn(report), ...cappedPeaks(report, metrics), months, metered, fuel], evidence: "electricity-bills", tone: "plain" };
}

/** Four cards, each leading to its evidence. */
export function runVerdict(report: Report, metrics: Metrics, clock: Clock): HTMLElement {
  return verdict([service(report, metrics), waiting(report, metrics, clock), connection(report, metrics, clock), cost(report, metrics)]);
}
