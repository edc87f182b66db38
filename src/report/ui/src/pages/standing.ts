// How strategies stand to the baseline of a comparison, and what it comes to in a sentence.

import { metricLabel, type MetricName } from "../data/metrics";
import type { Standing, Study } from "../data/types";
import { interval, show } from "../lib/format";
import { rowName, strategyName } from "../lib/labels";
import { plainWords } from "../lib/words";

export type Comparison = Study["study"];
export type Compared = Comparison["metrics"][number];

/** What says how much work is done, as the program counts it: a strategy that does less may well cost less. */
export const SERVICE: MetricName[] = ["hauls_completed", "equipment_hours_served", "vessel_lifts", "h2_dispensed_kg"];

/** What vehicles burn, of which the electricity bill knows nothing. */
const BILL: MetricName = "bill_total_usd";
const FUELS: MetricName[] = ["diesel_gal"];

/** A metric of the hub in plain words where we have them, and its name in the files otherwise. */
export function label(metric: Compared): string {
  const [kind = "", key = ""] = metric.scope.split(":");
  return metric.scope === "total" ? metricLabel(metric.name) : `${metricLabel(metric.name)} of ${rowName(kind, key)}`;
}

/** Not the same on every single day; where one day alone says nothing of chance, who knows. */
export function isOther(it: Standing): boolean {
  if (it.difference === null) return true;
  const least = 1e-9 * Math.max(1, Math.abs(it.mean ?? 0));
  return Math.abs(it.difference) > least || (it.difference_half_width ?? 0) > least;
}

export function varies(metric: Compared, baseline: string): boolean {
  return metric.strategies.some((it) => it.strategy !== baseline && isOther(it));
}

/** How a strategy does in a metric beside the baseline. */
export type Outcome = "baseline" | "better" | "different" | "same" | "unsure" | "worse";

export function outcome(metric: Compared, it: Standing, baseline: string): Outcome {
  if (it.strategy === baseline) return "baseline";
  if (!isOther(it)) return "same";
  if (it.differs !== true) return "unsure";
  if (metric.better === null) return "different";
  return (it.difference ?? 0) > 0 === (metric.better === "higher") ? "better" : "worse";
}

/** What a comparison is decided by, the first that a study has and in which a strategy differs. */
const DECIDING: MetricName[] = ["year_cost_usd", "cost_usd", "npv_usd", "bill_total_usd", "queue_wait_p95_min", "h2_queue_wait_p95_min", ...SERVICE, "peak_kw"];

export const difference = (metric: Pick<Compared, "unit">, it: Standing) => interval(it.difference, it.difference_half_width, metric.unit, true);

/** By how much of the baseline, where that says something. */
function relative(metric: Compared, it: Standing, study: Comparison): string {
  const base = metric.strategies.find(({ strategy }) => strategy === study.baseline)?.mean ?? null;
  if (base === null || base === 0 || it.difference === null) return "";
  return ` (${it.difference > 0 ? "+" : "−"}${show((100 * Math.abs(it.difference)) / Math.abs(base))} %)`;
}

/** How certain that is: p, and how often it came first when the days were drawn again. */
function certainty(it: Standing): string {
  const p = it.p_holm === null ? "" : `p ${it.p_holm < 0.001 ? "< 0.001" : `= ${it.p_holm.toFixed(3)}`}`;
  const best = it.probability_best === null ? "" : `the best one in ${show(100 * it.probability_best, 0)} % of the days drawn again`;
  return [p, best].filter((text) => text !== "").join(", ");
}

/** Metrics of the hub in which a strategy is certainly worse than the baseline, with by how much. */
function worseIn(study: Comparison, names: MetricName[], strategy: string): string {
  const told = study.metrics.filter(({ name, scope }) => scope === "total" && (names as string[]).includes(name)).flatMap((metric) => {
    const it = metric.strategies.find((row) => row.strategy === strategy);
    return it && outcome(metric, it, study.baseline) === "worse" ? [`${label(metric)} ${difference(metric, it)}`] : [];
  });
  return told.join(", ");
}

/** What speaks against a better figure, in few words and in a sentence, and what those did of which it is not said. */
interface Caveat {
  short: string;
  long: string;
  like: string;
}

/** Why a better figure is no gain: less work was done for it, or may have been, or what is burnt instead is not in it. Empty where nothing speaks against it. */
export function caveat(study: Comparison, metric: Compared, strategy: string): Caveat | null {
  if (isWork(metric)) return null;
  const work = worseIn(study, SERVICE, strategy);
  if (work !== "") return { short: "does less work", long: `it did less work (${work}), so that is no saving`, like: "without a proven loss of work" };
  const open = metric.strategies.find((row) => row.strategy === strategy)?.work_told ?? null;
  if (open !== null) return { short: "may do less work", long: `beside the one that did most work, ${plainWords(open)}, so that may be no saving`, like: "that surely did the same work" };
  const fuel = metric.name === BILL ? worseIn(study, FUELS, strategy) : "";
  return fuel === "" ? null : { short: "burns more fuel", long: `it burned more fuel (${fuel}), which is in no electricity bill, so that may be no saving`, like: "without a proven loss of work or more fuel" };
}

export const isWork = ({ name }: Pick<Compared, "name">): boolean => (SERVICE as string[]).includes(name);

/** Kinds of work that the baseline or another strategy does. */
export function workOf(study: Comparison): Compared[] {
  return study.metrics.filter((metric) => metric.scope === "total" && isWork(metric) && metric.strategies.some(({ mean }) => (mean ?? 0) > 0));
}

/** What is known of the work of a strategy that did not surely do less: a loss that is not proven is not the same work. */
function workText(study: Comparison, strategy: string): string {
  const rows = workOf(study).flatMap((metric) => {
    const it = metric.strategies.find((row) => row.strategy === strategy);
    return it ? [{ metric, it, how: outcome(metric, it, study.baseline) }] : [];
  });
  if (rows.length === 0) return "";
  const text = (how: Outcome) => rows.filter((row) => row.how === how).map(({ metric, it }) => `${label(metric)} ${difference(metric, it)}`).join(", ");
  const [more, unsure] = [text("better"), text("unsure")];
  if (more === "" && unsure === "") return " It did the same work in every replication.";
  return `${more === "" ? "" : ` It did more work: ${more}.`}${unsure === "" ? "" : ` Its work: no proven difference (${unsure}).`}`;
}

function told(study: Comparison, metric: Compared, it: Standing): string {
  return `${strategyName(it.strategy)} is better than ${strategyName(study.baseline)}: ${label(metric)} ${difference(metric, it)}${relative(metric, it, study)}; ${certainty(it)}`;
}

/** The comparison in one or two sentences: who is better in what decides, by how much, how certain, and whether less work was done for it. */
export function verdictLine(study: Comparison): string {
  const known = DECIDING.map((name) => study.metrics.find((it) => it.name === name && it.scope === "total")).filter((it): it is Compared => it !== undefined);
  const metric = known.find((it) => varies(it, study.baseline));
  if (!metric) return "No strategy differs from the baseline in cost, waits, work or peak.";
  const base = strategyName(study.baseline);
  const others = metric.strategies.filter((it) => it.strategy !== study.baseline && it.difference !== null);
  const gain = (it: Standing) => (metric.better === "higher" ? 1 : -1) * (it.difference ?? 0);
  const better = others.filter((it) => outcome(metric, it, study.baseline) === "better").sort((a, b) => gain(b) - gain(a));
  const honest = better.find(({ strategy }) => caveat(study, metric, strategy) === null);
  const [best] = better;
  const but = best ? caveat(study, metric, best.strategy) : null;
  if (best && but) {
    const and = honest ? `Of those ${but.like}, ${told(study, metric, honest)}.${workText(study, honest.strategy)}` : `No strategy ${but.like} is certainly better than ${base}.`;
    return `${told(study, metric, best)}. But ${but.long}. ${and}`;
  }
  if (best) return `${told(study, metric, best)}.${isWork(metric) ? "" : workText(study, best.strategy)}`;
  const [nearest] = others.sort((a, b) => gain(b) - gain(a));
  if (!nearest) return "";
  if (others.every((it) => outcome(metric, it, study.baseline) === "worse")) return `${base} is the best: every other strategy is worse in ${label(metric)}, ${strategyName(nearest.strategy)} by ${difference(metric, nearest)} (${certainty(nearest)}).`;
  return `No strategy is certainly better than ${base} in ${label(metric)}: ${strategyName(nearest.strategy)} ${difference(metric, nearest)} may be chance (${certainty(nearest)}).`;
}
