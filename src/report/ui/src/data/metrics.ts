// Metrics by name and scope.

import { METRICS } from "../generated/metrics";
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

/** What planners ask first, in this order, and how they call it. */
export const PLAIN: [MetricName, string][] = [
  ["hauls_completed", "hauls completed"],
  ["hauls_late", "hauls late"],
  ["hauls_lapsed", "hauls lapsed"],
  ["equipment_hours_served", "equipment hours served"],
  ["queue_wait_p95_min", "95th-percentile wait for a charging port"],
  ["sessions_unmet", "sessions not fully charged"],
  ["peak_kw", "peak of all sites together"],
  ["overload_intervals", "intervals over a limit"],
  ["bill_total_usd", "electricity bills"],
  ["year_cost_usd", "yearly cost"],
  ["year_capital_usd", "investments, as yearly payments"],
  ["year_upkeep_usd", "upkeep of a year"],
  ["year_bill_usd", "electricity bills of a year"],
  ["year_fuel_usd", "diesel of a year"],
  ["year_lost_work_usd", "lost work of a year"],
  ["capex_usd", "investment"],
  ["cost_per_haul_usd", "cost of a haul"],
  ["cost_per_move_usd", "cost of a container lifted"],
  ["cost_usd", "cost"],
  ["npv_usd", "net present value"],
  ["h2_queue_wait_p95_min", "95th-percentile wait at hydrogen stations"],
  ["h2_turned_away", "turned away for lack of hydrogen"],
  ["h2_gave_up", "gave up waiting for hydrogen"],
  ["h2_dispensed_kg", "hydrogen dispensed"],
  ["h2_cost_usd_per_kg", "cost of hydrogen"],
  ["energy_grid_kwh", "metered energy"],
  ["co2e_t", "CO2e"],
  ["co2e_tailpipe_t", "CO2e at tailpipes"],
  ["co2e_upstream_t", "CO2e of supply"],
  ["nox_kg", "NOx"],
  ["pm25_kg", "PM2.5"],
  ["bound_energy_gap_percent", "possible energy that charging missed"],
  ["bound_peak_gap_percent", "avoidable share of the peak"],
  ["bound_cost_gap_percent", "avoidable share of the energy cost"],
];

/** A metric of the whole hub in plain words where there are some, and else its name in the files. */
export function metricLabel(name: string): string {
  return PLAIN.find(([known]) => known === name)?.[1] ?? name;
}

/** Its unit; empty of a count, and of a metric that this page does not know. */
export function metricUnit(name: string): string {
  return (METRICS as Record<string, { unit: string } | undefined>)[name]?.unit ?? "";
}
