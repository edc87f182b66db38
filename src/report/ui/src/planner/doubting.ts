// What decides: a window that asks about which result, and between what is to be chosen.

import { metricLabel, type MetricName } from "../data/metrics";
import { element } from "../lib/dom";
import type { SensitivityRequest } from "./api";
import { variants } from "./comparing";
import { askFor } from "./dialog";
import type { Editing } from "./draft";
import { numberOf } from "./form";

const METRICS: MetricName[] = ["year_cost_usd", "npv_usd", "bill_total_usd", "queue_wait_p95_min", "peak_kw", "equipment_hours_served", "hauls_completed", "energy_grid_kwh", "co2e_t"];
const REPLICATIONS = 2;
const POINTS = 64;

/** Asks; null where it was cancelled. */
export function doubting(editing: Editing, { days, seed }: { days: number | null; seed: number }): Promise<SensitivityRequest | null> {
  const all = variants(editing);
  const option = (value: string, name: string) => element("option", { value }, name);
  const metric = element("select", { id: "asked-metric" }, option("", "cost, bill, wait or work: what there is first"), ...METRICS.map((name) => option(name, metricLabel(name))));
  const names = all.map(({ name }, at) => option(String(at), name));
  const of = element("select", { id: "asked-of" }, ...names);
  // What is on the page is what is asked about.
  of.value = editing.list().length > 0 ? "1" : "0";
  const against = element("select", { id: "asked-against" }, option("", "no choice: what this result depends on"), ...all.map(({ name }, at) => option(String(at), name)));
  const count = element("input", { id: "asked-days", size: "4", inputmode: "numeric", value: String(REPLICATIONS) });
  const fields = [
    element("p", {}, "Most numbers of a scenario are assumed or not verified. Each is varied over its range, all on the same random days; those that move nothing are left out in groups. The answer is which decide, how much each, and which to measure first."),
    element("div", { class: "bar" }, element("label", { for: metric.id }, "Which result"), metric),
    element("div", { class: "bar" }, element("label", { for: of.id }, "Of"), of),
    element("div", { class: "bar" }, element("label", { for: against.id }, "Or the choice between it and"), against),
    element("div", { class: "bar" }, element("label", { for: count.id }, "Random days behind every answer"), count),
    element("p", { class: "legend" }, "It takes some hundred to some thousand simulations: minutes for a depot, much longer for a whole region."),
  ];
  const read = (): SensitivityRequest | string => {
    const replications = numberOf(count.value);
    if (replications === undefined || !Number.isInteger(replications) || replications < 1 || replications > 1000) return "Random days: a whole number from 1 to 1,000.";
    const [one, other] = [all[Number(of.value)], against.value === "" ? undefined : all[Number(against.value)]];
    if (!one) return "Choose what is asked about.";
    if (one === other) return "Choose two that differ.";
    // The one that is asked about is compared with the other.
    return { scenario: editing.entry.path, variants: other ? [other, one] : [one], metric: METRICS.find((name) => name === metric.value) ?? null, replications, points: POINTS, days, seed };
  };
  return askFor({ title: "What decides the result?", fields, act: "Start", read });
}
