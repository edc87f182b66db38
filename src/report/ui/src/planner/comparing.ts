// What to compare: a window that chooses strategies, how often each is simulated, and when it is clear enough.

import { metricLabel, type MetricName } from "../data/metrics";
import { element } from "../lib/dom";
import { strategyName } from "../lib/labels";
import type { ComparisonRequest, Variant } from "./api";
import { askFor } from "./dialog";
import type { Editing } from "./draft";
import { numberOf } from "./form";

/** Fewer say little about chance. */
const REPLICATIONS = 20;
const MOST = 1000;
const METRICS: MetricName[] = ["queue_wait_p95_min", "bill_total_usd", "peak_kw", "equipment_hours_served", "hauls_completed"];

/** All that could be compared: the file as it is, each strategy beside it, and what was changed here. */
export function variants(editing: Editing): Variant[] {
  const base: Variant = { name: "Base case", strategies: [], changes: [] };
  const beside = editing.entry.strategies.map((name): Variant => ({ name: strategyName(name), strategies: [name], changes: [] }));
  const changes = editing.list();
  const mine: Variant[] = changes.length > 0 ? [{ name: "My changes", strategies: editing.strategies, changes }] : [];
  return [base, ...mine, ...beside];
}

/** Asks; null where it was cancelled. */
export function comparing(editing: Editing, { days, seed }: { days: number | null; seed: number }): Promise<ComparisonRequest | null> {
  const all = variants(editing);
  const boxes = all.map((variant, at) => {
    const box = element("input", { type: "checkbox", id: `variant:${at}`, value: String(at) });
    box.checked = at < 2;
    return { box, label: element("label", { for: box.id }, ` ${variant.name}`) };
  });
  const baseline = element("select", { id: "baseline" }, ...all.map(({ name }, at) => element("option", { value: String(at) }, name)));
  const count = element("input", { id: "replications", size: "4", inputmode: "numeric", value: String(REPLICATIONS) });
  const stops = element("input", { type: "checkbox", id: "until" });
  const metric = element("select", { id: "until-metric", "aria-label": "Metric that decides when to stop" }, ...METRICS.map((name) => element("option", { value: name }, metricLabel(name))));
  const fields = [
    element("p", {}, "Each strategy is simulated on the same random days, so a difference is the strategy's and not the weather's or the traffic's."),
    element("fieldset", {}, element("legend", {}, "Strategies"), ...boxes.map(({ box, label }) => element("div", {}, box, label))),
    element("div", { class: "bar" }, element("label", { for: "baseline" }, "Compared with"), baseline),
    element("div", { class: "bar" }, element("label", { for: "replications" }, "Simulations of each (replications)"), count),
    element("div", { class: "bar" }, stops, element("label", { for: "until" }, "Go on until the differences are known to 5 % in"), metric),
    ...(all.length < 2 ? [element("p", { class: "legend" }, "There is nothing to compare yet: change something on this page first.")] : []),
  ];
  const read = (): ComparisonRequest | string => {
    const replications = numberOf(count.value);
    const first = all[Number(baseline.value)];
    const others = all.filter((variant, at) => variant !== first && boxes[at]?.box.checked);
    if (others.length === 0 || !first) return "Choose at least one strategy beside the one compared with.";
    if (replications === undefined || !Number.isInteger(replications) || replications < 2 || replications > MOST) return `Replications: a whole number from 2 to ${MOST.toLocaleString("en-US")}.`;
    const chosen = METRICS.find((name) => name === metric.value);
    const until = stops.checked && chosen ? { metric: chosen, share: 0.05, most: Math.min(MOST, Math.max(100, replications)) } : null;
    return { scenario: editing.entry.path, variants: [first, ...others], replications, days, seed, until };
  };
  return askFor({ title: "Compare strategies", fields, act: "Start the comparison", read });
}
