// The shape of what the report is given; src/report/data.rs writes it.

export interface Metric {
  name: string;
  scope: string;
  value: number | null;
  unit: string;
  info: string;
}

export interface Site {
  key: string;
  name: string;
  kind: string;
  lat: number;
  lon: number;
  ports: number;
  limit_kw: number | null;
  /** Mean and highest power of each bucket, kW. */
  mean_kw: number[];
  peak_kw: number[];
  /** Vehicles that wait for a port, mean of each bucket. */
  waiting: number[];
}

export interface Station {
  key: string;
  site: string;
  positions: number;
  /** Content at the end of each bucket, kg. */
  stock_kg: number[];
  /** Vehicles that wait for a position, mean of each bucket. */
  waiting: number[];
}

export interface Report {
  title: string;
  description: string;
  start: string;
  days: number;
  bucket_s: number;
  /** Local time of each bucket. */
  times: string[];
  /** Hub power by kind of load, mean of each bucket, kW. */
  hub: { charging: number[]; equipment: number[]; shore: number[]; other: number[]; hydrogen: number[] };
  /** Waits for a port: upper end of each class in minutes, and how many. */
  waits: { up_to_min: (number | null)[]; trucks: number[]; equipment: number[]; visitors: number[] };
  /** Hauls done and late, by bucket. */
  hauls: { done: number[]; late: number[] };
  sites: Site[];
  /** Hydrogen stations; empty without. */
  hydrogen: Station[];
  metrics: Metric[];
  provenance: { label: string; value: string }[];
  doubtful: { quality: string; title: string; fields: string[] }[];
}

export function readReport(): Report | Years {
  const text = document.getElementById("data")?.textContent ?? "null";
  return JSON.parse(text) as Report | Years;
}

/** A transition, as src/report/years.rs writes it. */
export interface Years {
  kind: "years";
  title: string;
  description: string;
  policies: string;
  money_year: number;
  grid: string;
  years: number[];
  /** Vehicles by powertrain and year. */
  trucks: Record<string, number[]>;
  equipment: Record<string, number[]>;
  co2e_kt: Record<string, number[]>;
  cost_musd: Record<string, number[]>;
  /** Metrics of the hub by year. */
  series: Record<string, (number | null)[]>;
  sites: {
    key: string;
    name: string;
    kind: string;
    peak_kw: number;
    wait_p95_min: number | null;
    utilization: number | null;
    nox_kg_first: number;
    nox_kg_last: number;
    pm25_kg_first: number;
    pm25_kg_last: number;
    /** Trucks that came for a haul, by local hour, a day of the last year. */
    trucks_by_hour: number[];
  }[];
  projects: {
    kind: string;
    count: number;
    amount: number;
    cost_musd: number;
    premium_musd: number;
    public_musd: number;
    late_months_mean: number;
  }[];
  rules: { year: number; rule: string; kind: string; asked: number; reached: number; missing: number; kept: string }[];
  /** A run that this one is held against, by year. */
  baseline: { name: string; cost_usd: number[]; co2e_t: number[] } | null;
  metrics: Metric[];
  provenance: { label: string; value: string }[];
  doubtful: { quality: string; title: string; fields: string[] }[];
}

export class Metrics {
  private readonly byKey = new Map<string, Metric>();

  constructor(metrics: Metric[]) {
    for (const metric of metrics) this.byKey.set(`${metric.scope} ${metric.name}`, metric);
  }

  get(name: string, scope = "total"): number | null {
    return this.byKey.get(`${scope} ${name}`)?.value ?? null;
  }
}

/** A number for people: three significant digits, thousands apart. */
export function show(value: number | null, digits?: number): string {
  if (value === null || !Number.isFinite(value)) return "–";
  const fraction = digits ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  return value.toLocaleString("en-US", { maximumFractionDigits: fraction });
}
