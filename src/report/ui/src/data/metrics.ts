// Metrics by name and scope.

import { LABELS, METRICS } from "../generated/metrics";
import type { Metric } from "./types";

/** A metric that the program has: a name that it does not have is an error of the compiler. */
export type MetricName = keyof typeof METRICS;

export class Metrics {
  private readonly byKey = new Map<string, Metric>();

  constructor(metrics: Metric[]) {
    for (const metric of metrics) this.byKey.set(`${metric.scope} ${metric.name}`, metric);
  }

  get(name: MetricName, scope = "total"): number | null {
    return this.byKey.get(`${scope} ${name}`)?.value ?? null;
  }
}

/** A metric of the whole hub in plain words where there are some, and else its name in the files. */
export function metricLabel(name: string): string {
  return LABELS.find(([known]) => known === name)?.[1] ?? name;
}

/** Its unit; empty of a count, and of a metric that this page does not know. */
export function metricUnit(name: string): string {
  return (METRICS as Record<string, { unit: string } | undefined>)[name]?.unit ?? "";
}
