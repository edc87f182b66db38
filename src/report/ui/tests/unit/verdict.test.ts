// Contract: the first screen never says more than the numbers do: shortfalls are not set off against each other, what is
// not charged is told, and colours follow the numbers.

import { describe, expect, it } from "vitest";
import { metricLabel, Metrics } from "../../src/data/metrics";
import { servedByClass, servedTogether, worstServed } from "../../src/data/service";
import type { Metric, Report } from "../../src/data/types";
import type { Cell } from "../../src/lib/tables";
import { costRows, phaseInBill, phaseInText } from "../../src/pages/money";
import { carrierParts } from "../../src/pages/yard";
import { cappedPeaks, charged, connection, equipmentService, longestWait, phasedIn, toldOnCard, vessels, waitTone, yearlyCost } from "../../src/pages/verdict";

type Values = Record<string, number>;

/** Metrics of everything, and of sites by their key. */
function metrics(total: Values, sites: Record<string, Values> = {}): Metrics {
  const of = (scope: string, values: Values) => Object.entries(values).map(([name, value]): Metric => ({ name, scope, value, unit: "", info: "" }));
  return new Metrics([...of("total", total), ...Object.entries(sites).flatMap(([key, values]) => of(`site:${key}`, values))]);
}

const classes = { crane: { required_h: [100, 116], served_h: [100, 86.3] }, rtg: { required_h: [166], served_h: [154.6] }, yard_tractor: { required_h: [1793], served_h: [1853] } };
const work: Report["work"] = { bucket_s: 3600, times: ["a", "b"], classes };
const site = (key: string, name: string) => ({ key, name }) as Report["sites"][number];

describe("equipment hours", () => {
  it("are never served beyond what is required", () => {
    const all = servedTogether(servedByClass({ work }));
    expect(all.short_h).toBeCloseTo(29.7 + 11.4);
    expect(all.share).toBeCloseTo(1 - 41.1 / 2175);
  });

  it("name the class that lacks most, and what is behind at the end", () => {
    const { value, details, isBad } = equipmentService({ work, sites: [site("terminal", "Terminal")] }, metrics({ work_backlog_h: 242, work_backlog_max_h: 517 }, { terminal: { equipment_hours_required: 2175, equipment_hours_served: 2194 } })) ?? {};
    expect(value).toBe("86.3 % of crane hours");
    expect(isBad).toBe(true);
    expect(details).toContain("worst class: crane, 86.3 % (29.7 h not served)");
    expect(details).toContain("backlog at the end, work that is due and not done: 242 h");
    expect(details).toContain("largest backlog of any hour: 517 h");
  });

  it("name the site that lacks most", () => {
    const sites = [site("a", "SSA Pier C"), site("b", "Pier T")];
    const told = equipmentService({ work: { ...work, classes: { crane: { required_h: [1000], served_h: [990] } } }, sites }, metrics({}, { a: { equipment_hours_required: 50, equipment_hours_served: 39.9, work_backlog_h: 10 }, b: { equipment_hours_required: 950, equipment_hours_served: 950 } }));
    expect(told?.value).toBe("79.8 % at SSA Pier C");
    expect(told?.details[1]).toBe("worst site: SSA Pier C, 79.8 % (10.1 h not served)");
  });

  it("are whole where nothing lacks", () => {
    const full = { ...work, classes: { crane: { required_h: [10], served_h: [12] } } };
    expect(worstServed(servedByClass({ work: full }))).toBeNull();
    expect(equipmentService({ work: full, sites: [site("a", "A")] }, metrics({}, { a: { equipment_hours_required: 10, equipment_hours_served: 12 } }))).toMatchObject({ value: "100 % of equipment hours", isBad: false });
  });
});

describe("vessels", () => {
  it("at berth at the end are told, for they are in no other number", () => {
    expect(vessels(metrics({ vessel_calls: 0, vessel_lifts: 0, vessels_at_berth: 2 }))).toBe("no vessel call ended, so no container counts as lifted; 2 vessels are at berth at the end");
    expect(vessels(metrics({ vessel_calls: 2, vessel_lifts: 16_371, vessels_at_berth: 1 }))).toBe("2 vessel calls ended, 16,371 containers lifted; 1 vessel is at berth at the end");
    expect(vessels(metrics({ vessel_calls: 1, vessel_lifts: 900 }))).toBe("1 vessel call ended, 900 containers lifted");
    expect(vessels(metrics({ vessel_calls: 0, vessel_lifts: 0 }))).toBe("");
  });
});

describe("charging", () => {
  it("is not called full while breaks end below a full battery and energy is missing", () => {
    const { details, tone } = charged(metrics({ sessions: 617, sessions_unmet: 0, breaks_unmet: 356, energy_requested_kwh: 52_500, energy_delivered_kwh: 45_500 }));
    const told = details.filter((text) => text !== "");
    expect(told).toEqual(["356 breaks of equipment ended below a full battery", "45.5 MWh of 52.5 MWh requested were delivered (86.7 %)"]);
    expect(tone).toBe("bad");
  });

  it("is full where nothing is missing", () => {
    expect(charged(metrics({ sessions: 12, energy_requested_kwh: 100, energy_delivered_kwh: 99.9 }))).toMatchObject({ tone: "good", details: ["", "", "all 12 sessions fully charged", ""] });
  });

  it("has a colour that follows the minutes", () => {
    expect([0, 19, 55, 389].map(waitTone)).toEqual(["good", "warn", "warn", "bad"]);
  });

  const held = (...held_by: NonNullable<Report["waits"]["longest"]>["held_by"]) => {
    const longest = { arrive_s: 900, wait_s: 4200, site: "a", group: null, held_by };
    const report = { sites: [site("a", "Depot"), site("b", "Yard")], pauses: [{ from_s: 800, to_s: 2400, is_break: true }], waits: { longest } } as unknown as Report;
    return longestWait(report, { labelAt: (seconds) => `at ${seconds} s` });
  };

  it("says when, where and why who came waited longest", () => {
    expect(held()).toBe("longest wait: 70 min, for an arrival at 900 s at Depot (equipment came in a break)");
    const none = { sites: [], pauses: [], waits: { longest: { arrive_s: 900, wait_s: 4200, site: "a", group: null, held_by: [] } } } as unknown as Report;
    expect(longestWait(none, { labelAt: String })).toContain("(all suitable ports were taken)");
    expect(longestWait({ ...none, waits: { longest: null } } as unknown as Report, { labelAt: String })).toBe("");
  });

  it("tells a want of power from ports that are taken", () => {
    const panel = { name: "Panel A", is_outage: true, share: 0.1 };
    expect(held(panel)).toContain("(no power: outage at Panel A; equipment came in a break)");
    expect(held({ ...panel, is_outage: false, share: 0.6 })).toContain("(too little power: Panel A at its limit for 60 % of the wait; ");
    expect(held({ ...panel, is_outage: false, share: 0.1 })).not.toContain("Panel A");
  });
});

describe("the connection", () => {
  const place = (key: string, worst_share: number | null, more: object = {}) => ({ key, name: key.toUpperCase(), behind: null, limit_kw: worst_share === null ? null : 100, limits_kw: [], carried_peak_kw: 90, carried_peak_s: 60, peak_limit_kw: worst_share === null ? null : 100, worst_share, worst_kw: 50, worst_limit_kw: 100, worst_s: 0, worst_reason: "", over_intervals: 0, over_first_s: null, ...more });
  const told = (...sites: object[]) => connection({ sites, nodes: [], interval_s: 900 } as unknown as Report, metrics({ peak_kw: 180 }), { labelAt: (seconds) => `at ${seconds} s` });

  it("is shown to hold only where every connection has a limit", () => {
    expect(told(place("a", 0.5)).tone).toBe("good");
    const one = told(place("a", 0.5), place("b", null));
    expect(one.tone).toBe("plain");
    expect(one.details).toContain("no limit given at B: nothing says whether that connection holds");
    expect(told(place("a", 0.5), place("b", null, { behind: "a" })).tone).toBe("good");
    expect(told(place("b", null))).toMatchObject({ tone: "plain", value: "180 kW" });
  });

  it("tells the interval that passed its limit by most, an outage too", () => {
    const overloads = [{ scope: "site:a", name: "A", told: "", worst: { start_s: 900, load_kw: 60, limit_kw: 0, loads: [] } }];
    const report = { sites: [place("a", 1, { over_intervals: 4, over_first_s: 900 })], nodes: [], overloads, interval_s: 900 } as unknown as Report;
    const { tone, details } = connection(report, metrics({ peak_kw: 90 }), { labelAt: (seconds) => `at ${seconds} s` });
    expect(tone).toBe("bad");
    expect(details[0]).toBe("A: 1 h above the limit, first at 900 s; most at 900 s: 60 kW in an outage");
  });

  it("tells every place by its name, a node with its site, even where both have one key", () => {
    const worst = (start_s: number, load_kw: number) => ({ start_s, load_kw, limit_kw: 50, loads: [["base load", 40], ["charging", load_kw - 40]] });
    const overloads = [{ scope: "site:a", name: "A", told: "told of the site", worst: worst(0, 60) }, { scope: "node:a", name: "Panel", told: "told of the node", worst: worst(900, 80) }];
    const node = { ...place("a", 1.6, { over_intervals: 8, over_first_s: 900 }), name: "Panel", site: "a" };
    const report = { sites: [place("a", 1.2, { over_intervals: 4, over_first_s: 0 })], nodes: [node], overloads, interval_s: 900 } as unknown as Report;
    const { value, details } = connection(report, metrics({ peak_kw: 90 }), { labelAt: (seconds) => `at ${seconds} s` });
    expect(value).toBe("2 limits passed");
    expect(details.slice(0, 2)).toEqual(["Panel (part of A): 2 h above the limit, first at 900 s; most at 900 s: 80 kW under a limit of 50 kW (base load 40 kW, charging 40 kW)", "A: 1 h above the limit, first at 0 s; most at 0 s: 60 kW under a limit of 50 kW (base load 40 kW, charging 20 kW)"]);
    expect([...toldOnCard(report)]).toEqual(["told of the site", "told of the node"]);
  });

  it("is not judged by a limit that had ended when the load was highest", () => {
    const { tone, details } = told(place("a", 0.5, { peak_limit_kw: null, limit_kw: null, limits_kw: [100, null] }));
    expect(tone).toBe("plain");
    expect(details).toContain("A: no limit held at its peak, 90 kW, at 60 s");
  });
});

describe("the electricity bill", () => {
  it("says that a limit caps the peak, and when demand charges are yet to come", () => {
    const place = { key: "a", name: "Depot", over_intervals: 0, peak_limit_kw: 1100, carried_peak_kw: 1100 };
    const told = (...sites: object[]) => cappedPeaks({ sites } as unknown as Report, metrics({}, { a: { bill_total_usd: 9 }, b: { bill_total_usd: 9 } }));
    expect(told(place)).toEqual(["the peak of Depot is capped by its limit of 1.1 MW, and so are charges by the peak"]);
    expect(told({ ...place, carried_peak_kw: 900 })).toEqual([]);
    expect(told({ ...place, over_intervals: 3 }), "a limit that is passed caps nothing").toEqual([]);
    expect(told(place, { ...place, key: "b" })[0]).toContain("Depot and 1 other site is capped by limits");
    const phased = { tariff: "TOU-8", usd_per_kw: 0, full_usd_per_kw: 20, full_from: "2031-01-01", full_usd: 22_000, demand_usd: 0 };
    expect(phasedIn({ phase_ins: [phased] } as unknown as Report)).toEqual(["demand charges are phased in: in full, from 2031-01-01 on, up to $22,000 for these peaks instead of $0"]);
  });
});

describe("the cost of a year", () => {
  const priced = { year_cost_usd: 1_875_118, year_capital_usd: 299_643, year_upkeep_usd: 60_782, year_labor_usd: 20_000, year_bill_usd: 1_441_693, year_fuel_usd: 0, year_refill_usd: -3_000, year_lost_work_usd: 56_000, capex_usd: 2_620_080, npv_usd: -17_183_660, bill_total_usd: 9_945 };

  it("is on the card with its parts", () => {
    const { value, details, evidence } = yearlyCost(metrics(priced), "2 days") ?? {};
    expect(value).toBe("$1.88 million");
    expect(details?.[0]).toBe("investments $299,643, upkeep $60,782, labor $20,000, electricity $1.44 million, refill of batteries −\u2060$3,000, lost work $56,000");
    expect(details?.join()).toContain("a year made of 2 days, weekday by weekday");
    expect(details).toContain("investment $2.62 million");
    expect(evidence).toBe("cost-by-part");
    expect(yearlyCost(metrics({ bill_total_usd: 1 }), "2 days")).toBeNull();
  });

  it("is a table whose parts add up", () => {
    const of = (all: Metrics) => costRows((name) => all.get(name));
    const raw = (cells: Cell[] | undefined) => (typeof cells?.[1] === "object" ? (cells[1].raw ?? 0) : 0);
    const { parts, total } = of(metrics(priced)) ?? {};
    expect(parts?.length).toBe(6);
    expect((parts ?? []).reduce((sum, part) => sum + raw(part), 0)).toBeCloseTo(raw(total), 0);
    expect(of(metrics({}))).toBeNull();
  });

  it("says what of a demand charge that is phased in is charged", () => {
    const phase = { tariff: "TOU-EV-9", sites: ["a"], usd_per_kw: 3.7, full_usd_per_kw: 22.2, full_from: "2031-01-01", demand_usd: 370, full_usd: 2220 };
    expect(phaseInText([phase])).toBe(" The demand charge of TOU-EV-9 is phased in: $3.70 a kW of the peak on the first day, 17 % of the $22.20 from 2031-01-01 on.");
    expect(phaseInBill([phase])).toContain("the full one comes to $2,220 at most, instead of $370.");
    expect(phaseInBill([])).toBe("");
  });

  it("has plain names for all it is made of", () => {
    for (const name of [...Object.keys(priced), "breaks_unmet", "truck_turn_p95_min", "crane_moves_per_h"]) expect(metricLabel(name)).not.toMatch(/_|^the same/);
  });
});

describe("carriers of a yard", () => {
  it("have every state that the run has, once", () => {
    const hours: [string, number, string][] = [["carrier_loaded_h", 10, "carrier hours: driving with a container"], ["carrier_lot_queue_h", 2, "carrier hours: waiting for a plug at a lot, of visits that ended"], ["carrier_plugging_h", 1, "carrier hours: being plugged in and out"], ["carrier_lot_h", 8, "carrier hours: at charging lots in all: queue, plugging, charging"], ["carrier_towed_h", 3, "carrier hours: with an empty battery or tank, until they were towed"]];
    const all = hours.map(([name, value, info]): Metric => ({ name, scope: "site:a", value, unit: "h", info }));
    const parts = carrierParts([...all, { name: "carrier_idle_h", scope: "site:b", value: 9, unit: "h", info: "" }], "a");
    expect(parts.map(({ name }) => name)).toEqual(["driving with a container", "waiting for a plug at a lot", "being plugged in and out", "at charging lots in all", "with an empty battery or tank"]);
    expect(parts.map(({ told }) => told)).toEqual([10, 2, 1, 8, 3]);
    expect(parts.reduce((sum, { value }) => sum + value, 0), "no hour twice").toBe(10 + 8 + 3);
  });
});
