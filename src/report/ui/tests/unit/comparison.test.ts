// Contract: a comparison says in a sentence who is better, by how much and how certain, and never calls less work a saving.

import { describe, expect, it } from "vitest";
import type { Standing } from "../../src/data/types";
import { plainWords, strategyName } from "../../src/lib/labels";
import { glanced } from "../../src/pages/study";
import { verdictLine, type Comparison } from "../../src/pages/standing";

const standing = (strategy: string, mean: number, difference: number | null, half: number | null, p: number | null, best: number): Standing =>
  ({ strategy, mean, half_width: 1, difference, difference_half_width: half, p_holm: p, differs: p === null ? null : p < 0.05, pairing_factor: 1, probability_best: best, first_place: 1, last_place: 2, work_told: null });

function study(bills: Standing[], hauls: Standing[], diesel: Standing[] = []): Comparison {
  const metric = (name: string, unit: string, better: "higher" | "lower", strategies: Standing[]) => ({ name, scope: "total", unit, info: name, better, replications: 10, strategies });
  return { baseline: "bau", metrics: [metric("bill_total_usd", "USD", "lower", bills), metric("hauls_completed", "", "higher", hauls), metric("diesel_gal", "US gal", "lower", diesel)] } as unknown as Comparison;
}

const base = standing("bau", 27_565, null, null, null, 0);
const work = standing("bau", 568.7, null, null, null, 0.8);

describe("a comparison in a sentence", () => {
  it("does not call less work a saving", () => {
    const it = study([base, standing("site.depot.limit_kw=800", 23_673, -3891, 96, 0.0000001, 1)], [work, standing("site.depot.limit_kw=800", 561, -7.5, 2.4, 0.001, 0)]);
    expect(verdictLine(it)).toBe("Service capacity of depot: 800 kW is better than Base case: electricity bills −3,891 ± 96 USD (−14.1 %); p < 0.001, the best one in 100 % of the days drawn again. But it did less work (hauls completed −7.5 ± 2.4), so that is no saving. No strategy that did the same work is certainly better than Base case.");
  });

  it("does not call a smaller electricity bill a saving where more diesel is burnt", () => {
    const it = study([base, standing("few", 23_673, -3891, 96, 0.0000001, 1)], [work], [standing("bau", 100, null, null, null, 1), standing("few", 2490, 2390, 40, 0.0001, 0)]);
    expect(verdictLine(it)).toContain("But it burned more fuel (diesel +2,390 ± 40 US gal), which is in no electricity bill, so that may be no saving. No strategy that did the same work without more fuel is certainly better than Base case.");
  });

  it("says of a smaller bill that work may have been lost for it, where that is not proven", () => {
    const open = { ...standing("fewer", 23_673, -3891, 96, 0.0000001, 1), work_told: "no proven difference in work: -1.2 % to +0.3 % (hauls_completed)" };
    const it = study([base, open], [work, standing("fewer", 566, -2.7, 4, 0.2, 0)]);
    expect(verdictLine(it)).toContain("But beside the one that did most work, no proven difference in work: -1.2 % to +0.3 % (hauls completed), so that may be no saving. No strategy that surely did the same work is certainly better than Base case.");
  });

  it("tells the better one of those that did the same work", () => {
    const it = study([base, standing("limit", 23_673, -3891, 96, 0.0001, 1), standing("price_aware", 26_565, -1000, 50, 0.01, 0)], [work, standing("limit", 561, -7.5, 2.4, 0.001, 0), standing("price_aware", 568.5, -0.2, 1, 0.7, 0.5)]);
    expect(verdictLine(it)).toContain("Of those that did the same work, Cheapest hours is better than Base case: electricity bills −1,000 ± 50 USD (−3.63 %); p = 0.010");
  });

  it("says when it may be chance, and when nothing differs", () => {
    expect(verdictLine(study([base, standing("fcfs", 27_500, -65, 90, 0.4, 0.6)], [work]))).toBe("No strategy is certainly better than Base case in electricity bills: First come, first served −65 ± 90 USD may be chance (p = 0.400, the best one in 60 % of the days drawn again).");
    expect(verdictLine(study([base, standing("fcfs", 27_565, 0, 0, 1, 0.5)], [work]))).toBe("No strategy differs from the baseline in cost, waits, work or peak.");
    expect(verdictLine(study([base, standing("edf", 28_565, 1000, 90, 0.01, 0)], [work]))).toContain("Base case is the best: every other strategy is worse in electricity bills, Earliest departure first by +1,000 ± 90 USD");
  });
});

describe("what the board reads of a comparison", () => {
  it("is what differs for certain, and all the rest is kept for the appendix", () => {
    const metric = (name: string, ...strategies: Standing[]) => ({ name, scope: "total", unit: "", info: name, better: "lower", replications: 10, strategies }) as unknown as Comparison["metrics"][number];
    const other = (difference: number | null, p: number | null) => standing("fcfs", 1, difference, difference === null ? null : 1, p, 0);
    const metrics = [metric("sure", base, other(-9, 0.001)), metric("chance", base, other(-1, 0.5)), metric("same", base, standing("fcfs", 1, 0, 0, 1, 0)), metric("alone", base, other(null, null))];
    const names = (list: Comparison["metrics"]) => list.map(({ name }) => name);
    const told = glanced({ baseline: "bau", metrics } as unknown as Comparison, metrics);
    expect([names(told.first), names(told.others), names(told.same), names(told.alone)]).toEqual([["sure"], ["chance"], ["same"], ["alone"]]);
    const many = Array.from({ length: 25 }, (_, at) => metric(`sure_${at}`, base, other(-9, 0.001)));
    const long = glanced({ baseline: "bau", metrics: many } as unknown as Comparison, many);
    expect([long.first.length, long.others.length]).toEqual([10, 15]);
    const open = glanced({ baseline: "bau", metrics } as unknown as Comparison, metrics.slice(1, 2));
    expect(names(open.first), "where nothing is certain").toEqual(["chance"]);
  });
});

describe("names of strategies", () => {
  it.each([
    ["bau", "Base case"],
    ["fcfs", "First come, first served"],
    ["planned", "Planned"],
    ["site.depot.limit_kw=800", "Service capacity of depot: 800 kW"],
    ["planned+policy.yard=threshold", "Planned, Control of the yard: Threshold"],
    ["My changes", "My changes"],
  ])("%s", (name, text) => expect(strategyName(name)).toBe(text));

  it("are plain in warnings too", () => {
    expect(plainWords("`site.depot.limit_kw=800` did less work than others (hauls_completed): where it costs less, that is no saving")).toBe("Service capacity of depot: 800 kW did less work than others (hauls completed): where it costs less, that is no saving");
  });
});
