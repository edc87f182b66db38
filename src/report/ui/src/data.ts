// The shape of what the report is given; src/report/data.rs writes it.

export interface Metric {
  name: string;
  scope: string;
  value: number | null;
  unit: string;
  info: string;
}

export interface Chargers {
  key: string;
  /** The node they stand behind; null: the site's connection. */
  behind: string | null;
  cabinets: number;
  ports: number;
  cabinet_kw: number;
}

export interface Site {
  key: string;
  name: string;
  kind: string;
  lat: number;
  lon: number;
  ports: number;
  limit_kw: number | null;
  /** The site whose connection carries this one's too. */
  behind: string | null;
  chargers: Chargers[];
  /** Mean and highest power of each bucket, kW. */
  mean_kw: number[];
  peak_kw: number[];
  /** The least limit of each bucket, kW; empty where it is `limit_kw` all the time. */
  limits_kw: (number | null)[];
  /** Highest load of an interval through the connection, with that of the sites behind it, kW. */
  carried_peak_kw: number;
  /** Highest of the same over the limit of the same interval. */
  worst_share: number | null;
  /** Vehicles that wait for a port, mean of each bucket. */
  waiting: number[];
}

export interface Station {
  key: string;
  site: string;
  positions: number;
  /** Least content of each bucket, kg: bulk storage, and the cascade from which vehicles are served. */
  bulk_kg: number[];
  cascade_kg: number[];
  /** Vehicles that wait for a position: mean of each bucket, and the highest mean of an interval in it. */
  waiting: number[];
  most_waiting: number[];
  /** Minutes of each bucket in which a vehicle could not be served for want of hydrogen. */
  out_min: number[];
}

/** A transformer, switchboard or panel between a site's connection and its chargers. */
export interface GridNode {
  key: string;
  name: string;
  site: string;
  behind: string | null;
  limit_kw: number | null;
  peak_kw: number;
  /** The least limit that held in any interval. */
  least_limit_kw: number | null;
  /** Highest load of an interval over the limit of the same interval. */
  worst_share: number | null;
  /** Mean power of each bucket, kW. */
  mean_kw: number[];
}

export interface Report {
  kind: "run";
  title: string;
  description: string;
  start: string;
  days: number;
  /** Name of the time zone of all times. */
  zone: string;
  bucket_s: number;
  /** Local time of each bucket. */
  times: string[];
  /** Hub power by kind of load, mean of each bucket, kW. */
  hub: { charging: number[]; equipment: number[]; shore: number[]; other: number[]; hydrogen: number[] };
  /** Waits for a port: upper end of each class in minutes, and how many; by bucket of arrival, mean and longest. */
  waits: { up_to_min: (number | null)[]; trucks: number[]; equipment: number[]; visitors: number[]; mean_min: (number | null)[]; longest_min: (number | null)[] };
  /** Hauls done and late, by bucket. */
  hauls: { done: number[]; late: number[] };
  sites: Site[];
  nodes: GridNode[];
  /** Unit-hours of equipment by class; steps of whole hours with their own length and times. Empty without equipment. */
  work: { bucket_s: number; times: string[]; classes: Record<string, { required_h: number[]; served_h: number[] }> };
  /** State of charge of the vehicles that came nearest to empty, a column every `steps_each` buckets. */
  charge: { vehicles: number; steps_each: number; shown: { label: string; lowest: number; percent: (number | null)[] }[] };
  /**
   * Trips of trucks in the order of their start: base64 of gzip of start (u32, s), duration (u32, s), origin and
   * destination (u16, index into sites), laden (u8), one array after the other, little-endian. Empty text without trips.
   */
  legs: { one_in: number; count: number; packed: string };
  /** Hydrogen stations; empty without. */
  hydrogen: Station[];
  metrics: Metric[];
  provenance: { label: string; value: string }[];
  doubtful: { quality: string; title: string; fields: string[] }[];
  /** What a careful reader should know before using the result. */
  warnings: string[];
}

/** How one strategy stands in one metric; differences are to the baseline, on the same random days. */
export interface Standing {
  strategy: string;
  mean: number | null;
  /** Half the width of the 95 % interval of the mean. */
  half_width: number | null;
  difference: number | null;
  difference_half_width: number | null;
  p_holm: number | null;
  /** Does it differ from the baseline, after the adjustment for the number of comparisons? */
  differs: boolean | null;
  /** Variance without common random days over that with them. */
  pairing_factor: number | null;
  probability_best: number | null;
  /** Best and worst place that the data allow; where they differ, the data cannot tell. */
  first_place: number | null;
  last_place: number | null;
}

/** A comparison, as src/report/study.rs writes it: `compare.json` without metrics of single sites. */
export interface Study {
  kind: "study";
  title: string;
  study: {
    scenario: string;
    settings: string[];
    seed: number;
    replications: number;
    interrupted: boolean;
    baseline: string;
    strategies: { name: string; overlays: string[]; settings: string[] }[];
    metrics: { name: string; scope: string; unit: string; info: string; better: "lower" | "higher" | null; replications: number; strategies: Standing[] }[];
    sensitivity_metric: string | null;
    sensitivity: {
      parameter: string;
      change: string;
      value: string;
      /** Whether the change raises the number; null where that cannot be told. */
      is_raised: boolean | null;
      strategy: string;
      mean: number | null;
      effect: number | null;
      effect_half_width: number | null;
      difference: number | null;
      difference_half_width: number | null;
    }[];
  };
  provenance: { label: string; value: string }[];
  doubtful: { quality: string; title: string; fields: string[] }[];
  warnings: string[];
}

/** What the page holds; nothing when a server gives it. */
export function readReport(): Report | Years | Study | null {
  const text = document.getElementById("data")?.textContent ?? "null";
  return JSON.parse(text) as Report | Years | Study | null;
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
  /** Hydrogen that vehicles got, t. */
  hydrogen_t: number[];
  /** The year that lost the largest share of its hauls, and how many years lost more than hardly any. */
  lost: { year: number; share: number; years: number } | null;
  /** Metrics of the hub by year. */
  series: Record<string, (number | null)[]>;
  sites: {
    key: string;
    name: string;
    kind: string;
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
    unit: string;
    cost_musd: number;
    premium_musd: number;
    public_musd: number;
    late_months_mean: number;
  }[];
  rules: { year: number; rule: string; kind: string; asked: number; reached: number; missing: number; kept: string; is_most: boolean }[];
  /** A run that this one is held against, by year. */
  baseline: { name: string; cost_usd: number[]; co2e_t: number[]; total_cost_usd: number | null } | null;
  metrics: Metric[];
  provenance: { label: string; value: string }[];
  doubtful: { quality: string; title: string; fields: string[] }[];
  /** What a careful reader should know before using the result. */
  warnings: string[];
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

/** A number for people: thousands apart, and about three digits below a thousand. */
export function show(value: number | null, digits?: number): string {
  if (value === null || !Number.isFinite(value)) return "–";
  const fraction = digits ?? (Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
  const text = value.toLocaleString("en-US", { maximumFractionDigits: fraction });
  return text === "-0" ? "0" : text;
}

/** Length of a time step in words. */
export function lasting(seconds: number): string {
  const [count, unit] = seconds % 86_400 === 0 ? [seconds / 86_400, "day"] : seconds % 3_600 === 0 ? [seconds / 3_600, "hour"] : [seconds / 60, "minute"];
  return `${show(count)} ${unit}${count === 1 ? "" : "s"}`;
}
