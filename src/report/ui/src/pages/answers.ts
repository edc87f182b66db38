// The four answers on the first screen of a comparison: what the strategies change, not what the baseline is.

import type { MetricName } from "../data/metrics";
import type { Standing } from "../data/types";
import { interval } from "../lib/format";
import { strategyName } from "../lib/labels";
import { verdict, type Finding } from "../lib/parts";
import { caveat, difference, label, outcome, SERVICE, workOf, type Compared, type Comparison, type Outcome } from "./standing";

/** The four questions: all work that there is answers the first, the first metric that a study has each of the others. */
export const QUESTIONS: { what: string; names: MetricName[] }[] = [
  { what: "Does the work get done?", names: [...SERVICE, "energy_delivered_kwh", "sessions_unmet"] },
  { what: "How long is the wait?", names: ["queue_wait_p95_min", "h2_queue_wait_p95_min"] },
  { what: "How high is the peak?", names: ["peak_kw"] },
  { what: "What does it cost?", names: ["year_cost_usd", "bill_total_usd", "cost_usd", "npv_usd"] },
];

/** More strategies of a kind are counted. */
const MOST_TOLD = 2;

/** An arrow says where it goes, colour and word whether that is good. */
export function arrow(it: Standing): string {
  return (it.difference ?? 0) > 0 ? "▲" : "▼";
}

/** Strategies with their differences in a line; of many the first, and how many more. */
function listed(intro: string, metric: Compared, rows: Standing[]): string {
  if (rows.length === 0) return "";
  const left = rows.length - MOST_TOLD;
  const told = rows.slice(0, MOST_TOLD).map((it) => `${strategyName(it.strategy)} ${difference(metric, it)}`);
  return `${intro}: ${told.join(", ")}${left > 0 ? `, and ${left} more` : ""}`;
}

/** All but the baseline by how they stand, the largest differences first. */
function byOutcome(study: Comparison, metric: Compared): (how: Outcome) => Standing[] {
  const others = metric.strategies.filter((it) => it.strategy !== study.baseline && it.difference !== null);
  others.sort((a, b) => Math.abs(b.difference ?? 0) - Math.abs(a.difference ?? 0));
  return (how) => others.filter((it) => outcome(metric, it, study.baseline) === how);
}

/** The baseline's own value, for it is what differences are to. */
function baselineText(study: Comparison, metric: Compared): string {
  const base = metric.strategies.find((it) => it.strategy === study.baseline);
  return base ? `${label(metric)}: ${interval(base.mean, base.half_width, metric.unit)} in ${strategyName(study.baseline)}` : "";
}

const UNPROVEN = "No proven difference";

/** One kind of result: what is best in it and by how much, or that nothing is proven. */
function answer(study: Comparison, what: string, metric: Compared): Finding {
  const of = byOutcome(study, metric);
  const [better, worse, unsure, same] = (["better", "worse", "unsure", "same"] as const).map(of) as [Standing[], Standing[], Standing[], Standing[]];
  const honest = better.find((it) => caveat(study, metric, it.strategy) === null);
  const best = honest ?? better[0];
  const but = best ? caveat(study, metric, best.strategy) : null;
  const total = better.length + worse.length + unsure.length + same.length;
  const value = best ? difference(metric, best) : total > 0 && worse.length === total ? "Baseline is best" : unsure.length > 0 || worse.length > 0 ? UNPROVEN : "The same";
  const details = [
    best ? `${arrow(best)} ${strategyName(best.strategy)}, better${but ? `, but it ${but.short}` : ""}` : worse.length > 0 && value === UNPROVEN ? "no strategy is certainly better" : "",
    baselineText(study, metric),
    listed("also better", metric, better.filter((it) => it !== best)),
    listed("worse", metric, worse),
    listed("may be chance", metric, unsure),
  ];
  return { what, value, details, evidence: "at-a-glance", tone: best && !but ? "good" : "plain" };
}

/** Every kind of work that there is: who does less, and where no difference is proven. */
function workAnswer(study: Comparison, what: string, work: Compared[]): Finding {
  const rows = work.map((metric) => ({ metric, of: byOutcome(study, metric) }));
  const names = (how: Outcome) => new Set(rows.flatMap(({ of }) => of(how).map(({ strategy }) => strategy)));
  const others = study.strategies.length - 1;
  const [less, more, unsure] = [names("worse"), names("better"), names("unsure")];
  const one = less.size === 1 ? rows.flatMap(({ metric, of }) => of("worse").map((it) => ({ metric, it })))[0] : undefined;
  const value = one ? difference(one.metric, one.it) : less.size > 0 ? `Less by ${less.size} of ${others}` : unsure.size > 0 ? UNPROVEN : more.size > 0 ? `More by ${more.size} of ${others}` : "The same";
  const details = rows.flatMap(({ metric, of }) => {
    // Who alone does less is told above.
    const left = of("worse").filter((it) => it !== one?.it);
    const told = [listed("less", metric, left), listed("more", metric, of("better")), listed("no proven difference", metric, of("unsure"))].filter((text) => text !== "");
    return told.length > 0 || metric === one?.metric ? [`${baselineText(study, metric)}${told.length > 0 ? `; ${told.join("; ")}` : ""}`] : [];
  });
  const same = rows.filter(({ of }) => of("same").length === others).map(({ metric }) => label(metric));
  return {
    what,
    value,
    details: [one ? `${label(one.metric)}, ${strategyName(one.it.strategy)}: less work` : "", ...details, same.length > 0 ? `the same in every replication: ${same.join(", ")}` : ""],
    evidence: "at-a-glance",
    tone: less.size > 0 ? "warn" : unsure.size > 0 ? "plain" : "good",
  };
}

/** The four answers of a comparison. */
export function answers(study: Comparison): Finding[] {
  const there = (name: MetricName) => study.metrics.find((it) => it.name === name && it.scope === "total" && it.strategies.some(({ mean }) => mean !== null));
  return QUESTIONS.flatMap(({ what, names }, at): Finding[] => {
    const work = at === 0 ? workOf(study) : [];
    if (work.length > 0) return [workAnswer(study, what, work)];
    const metric = names.map(there).find((it) => it !== undefined);
    return metric ? [answer(study, what, metric)] : [];
  });
}

export const comparisonCards = (study: Comparison): HTMLElement => verdict(answers(study));
