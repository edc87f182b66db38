// Metrics by name and scope.

import type { Metric } from "./types";

export class Metrics {
  private readonly byKey = new Map<string, Metric>();

  constructor(metrics: Metric[]) {
    for (const metric of metrics) this.byKey.set(`${metric.scope} ${metric.name}`, metric);
  }

  get(name: string, scope = "total"): number | null {
    return this.byKey.get(`${scope} ${name}`)?.value ?? null;
  }
}
