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

/** Shorter, or clearer by itself, than what the catalogue says. */
const PLAIN: Partial<Record<MetricName, string>> = {
  crane_moves_per_h: "lifts of one crane in an hour at work",
  vessel_berth_mean_h: "mean time of a vessel at berth",
  vessel_wait_mean_h: "mean wait of a vessel for a berth",
  yard_moves: "containers carried in the yard",
  yard_kwh_per_move: "energy for a container",
  moves_late: "containers lifted late, or due and not lifted",
  truck_turn_mean_min: "mean truck turn",
  trucks_in_yard: "road trucks inside at the end",
  bill_fixed_usd: "fixed charges",
  breaks_unmet: "breaks that ended below a full battery",
  energy_requested_kwh: "energy requested",
  energy_unmet_kwh: "energy requested and not delivered",
  lot_queue_p95_min: "95th-percentile wait at a charging lot for a plug",
  swap_wait_p95_min: "95th-percentile wait for a battery swap",
  truck_turn_p95_min: "95th-percentile truck turn",
  work_backlog_h: "backlog of equipment hours at the end",
  work_backlog_max_h: "largest backlog of equipment hours",
};

/** A metric in plain words: its label, or else the first clause of what the catalogue says. An unknown one is called by its name. */
export function metricLabel(name: string): string {
  const known = LABELS.find(([it]) => it === name)?.[1] ?? (PLAIN as Record<string, string | undefined>)[name];
  return known ?? (METRICS as Record<string, readonly [string, string] | undefined>)[name]?.[1] ?? name;
}

/** Its unit; empty of a count, and of a metric that this page does not know. */
export function metricUnit(name: string): string {
  return (METRICS as Record<string, readonly [string, string] | undefined>)[name]?.[0] ?? "";
}
