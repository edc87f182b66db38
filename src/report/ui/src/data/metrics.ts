// Metrics by name and scope.

import type { METRICS } from "../generated/metrics";
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
