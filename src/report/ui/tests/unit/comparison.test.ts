// Contract: a comparison says in a sentence who is better, by how much and how certain, and never calls less work a saving.

import { describe, expect, it } from "vitest";
import type { Standing } from "../../src/data/types";
import { strategyName } from "../../src/lib/labels";
import { plainWords, toldOnce } from "../../src/lib/words";
import { answers } from "../../src/pages/answers";
import { glanced } from "../../src/pages/study";
import { verdictLine, type Comparison } from "../../src/pages/standing";

const standing = (strategy: string, mean: number, difference: number | null, half: number | null, p: number | null, best: number): Standing =>
  ({ strategy, mean, half_width: 1, difference, difference_half_width: half, p_holm: p, differs: p === null ? null : p < 0.05, pairing_factor: 1, probability_best: best, first_place: 1, last_place: 2, work_told: null });

function study(bills: Standing[], hauls: Standing[], diesel: Standing[] = []): Comparison {
  const metric = (name: string, unit: string, better: "higher" | "lower", strategies: Standing[]) => ({ name, scope: "total", unit, info: name, better, replications: 10, strategies });
  return { baseline: "bau", strategies: bills.map(({ strategy }) => ({ name: strategy })), metrics: [metric("bill_total_usd", "USD", "lower", bills), metric("hauls_completed", "", "higher", hauls), metric("diesel_gal", "US gal", "lower", diesel)] } as unknown as Comparison;
}

const base = standing("bau", 27_565, null, null, null, 0);
const work = standing("bau", 568.7, null, null, null, 0.8);

describe("a comparison in a sentence", () => {
  it("does not call less work a saving", () => {
    const it = study([base, standing("site.depot.limit_kw=800", 23_673, -3891, 96, 0.0000001, 1)], [work, standing("site.depot.limit_kw=800", 561, -7.5, 2.4, 0.001, 0)]);
    expect(verdictLine(it)).toBe("Service capacity of depot: 800 kW is better than Base case: electricity bills −3,891 ± 96 USD (−14.1 %); p < 0.001, the best one in 100 % of the days drawn again. But it did less work (hauls completed −7.5 ± 2.4), so that is no saving. No strategy without a proven loss of work is certainly better than Base case.");
  });

  it("does not call a smaller electricity bill a saving where more diesel is burnt", () => {
    const it = study([base, standing("few", 23_673, -3891, 96, 0.0000001, 1)], [work], [standing("bau", 100, null, null, null, 1), standing("few", 2490, 2390, 40, 0.0001, 0)]);
    expect(verdictLine(it)).toContain("But it burned more fuel (diesel +2,390 ± 40 US gal), which is in no electricity bill, so that may be no saving. No strategy without a proven loss of work or more fuel is certainly better than Base case.");
  });

  it("says of a smaller bill that work may have been lost for it, where that is not proven", () => {
    const open = { ...standing("fewer", 23_673, -3891, 96, 0.0000001, 1), work_told: "no proven difference in work: -1.2 % to +0.3 % (hauls_completed)" };
    const it = study([base, open], [work, standing("fewer", 566, -2.7, 4, 0.2, 0)]);
    expect(verdictLine(it)).toContain("But beside the one that did most work, no proven difference in work: -1.2 % to +0.3 % (hauls completed), so that may be no saving. No strategy that surely did the same work is certainly better than Base case.");
  });

  it("tells the better one of those whose loss of work is not proven, and does not call that the same work", () => {
    const it = study([base, standing("limit", 23_673, -3891, 96, 0.0001, 1), standing("price_aware", 26_565, -1000, 50, 0.01, 0)], [work, standing("limit", 561, -7.5, 2.4, 0.001, 0), standing("price_aware", 568.5, -0.2, 1, 0.7, 0.5)]);
    expect(verdictLine(it)).toMatch(/Of those without a proven loss of work, Cheapest hours is better than Base case: electricity bills −1,000 ± 50 USD \(−3\.63 %\); p = 0\.010.*\. Its work: no proven difference \(hauls completed −0\.2 ± 1\.0\)\./);
  });

  it("says when it may be chance, and when nothing differs", () => {
    expect(verdictLine(study([base, standing("fcfs", 27_500, -65, 90, 0.4, 0.6)], [work]))).toBe("No strategy is certainly better than Base case in electricity bills: First come, first served −65 ± 90 USD may be chance (p = 0.400, the best one in 60 % of the days drawn again).");
    expect(verdictLine(study([base, standing("fcfs", 27_565, 0, 0, 1, 0.5)], [work]))).toBe("No strategy differs from the baseline in cost, waits, work or peak.");
    expect(verdictLine(study([base, standing("edf", 28_565, 1000, 90, 0.01, 0)], [work]))).toContain("Base case is the best: every other strategy is worse in electricity bills, Earliest departure first by +1,000 ± 90 USD");
  });
});

describe("the cards of a comparison", () => {
  it("show the answer, with the baseline beside it", () => {
    const it = study([base, standing("price_aware", 26_565, -1000, 50, 0.01, 0)], [work, standing("price_aware", 568.5, -0.2, 1, 0.7, 0.5)]);
    const [service, cost] = answers(it);
    expect(service).toMatchObject({ what: "Does the work get done?", value: "No proven difference", tone: "plain" });
    expect(service?.details).toContain("hauls completed: 568.7 ± 1.0 in Base case; no proven difference: Cheapest hours −0.2 ± 1.0");
    expect(cost).toMatchObject({ what: "What does it cost?", value: "−1,000 ± 50 USD", tone: "good" });
    expect(cost?.details).toEqual(expect.arrayContaining(["▼ Cheapest hours, better", "electricity bills: 27,565.0 ± 1.0 USD in Base case"]));
  });

  it("say who does less work, of every kind of work that there is", () => {
    const lifts = { name: "vessel_lifts", scope: "total", unit: "", info: "lifts", better: "higher", replications: 10, strategies: [standing("bau", 900, null, null, null, 1), standing("few", 800, -100, 10, 0.001, 0)] };
    const it = study([base, standing("few", 23_673, -3891, 96, 0.0001, 1)], [standing("bau", 0, null, null, null, 1), standing("few", 0, 0, 0, 1, 1)]);
    it.metrics.push(lifts as Comparison["metrics"][number]);
    const [service, cost] = answers(it);
    expect(service).toMatchObject({ value: "−100 ± 10", tone: "warn" });
    expect(service?.details.join()).not.toContain("hauls");
    expect(cost?.details[0]).toBe("▼ Few, better, but it does less work");
  });
});

describe("what the board reads of a comparison", () => {
  it("is what differs for certain, and all the rest is kept for the appendix", () => {
    const metric = (name: string, ...strategies: Standing[]) => ({ name, scope: "total", unit: "", info: name, better: "lower", replications: 10, strategies }) as unknown as Comparison["metrics"][number];
    const other = (difference: number | null, p: number | null) => standing("fcfs", 1, difference, difference === null ? null : 1, p, 0);
    const metrics = [metric("sure", base, other(-9, 0.001)), metric("chance", base, other(-1, 0.5)), metric("same", base, standing("fcfs", 1, 0, 0, 1, 0)), metric("alone", base, other(null, null))];
    const names = (list: Comparison["metrics"]) => list.map(({ name }) => name);
    const told = glanced({ baseline: "bau", strategies: [], metrics } as unknown as Comparison, metrics);
    expect([names(told.first), names(told.others), names(told.same), names(told.alone)]).toEqual([["sure"], ["chance"], ["same"], ["alone"]]);
    const many = Array.from({ length: 25 }, (_, at) => metric(`sure_${at}`, base, other(-9, 0.001)));
    const long = glanced({ baseline: "bau", strategies: [], metrics: many } as unknown as Comparison, many);
    expect([long.first.length, long.others.length]).toEqual([8, 17]);
    const open = glanced({ baseline: "bau", strategies: [], metrics } as unknown as Comparison, metrics.slice(1, 2));
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

  it("leave out what is only a code, and call fields as forms do", () => {
    expect(plainWords("diesel is burnt and has no price (`diesel_usd_per_gal` of [money]): its cost is not counted")).toBe("diesel is burnt and has no price: its cost is not counted");
    expect(plainWords("give it a higher `leave_at_soc` (see `depot`)")).toBe("give it a higher leaves work to charge at (state of charge) (see depot)");
    expect(plainWords("`charger.night.cabinets = 16` is the highest that was allowed")).toBe("charger cabinets of night: 16 is the highest that was allowed");
  });

  it("tell of several strategies once, with the range of their numbers", () => {
    const told = toldOnce(["`bau`: the limit of `depot` was passed for 8.2 h, by up to 367 kW", "`edf`: the limit of `depot` was passed for 7.5 h, by up to 367 kW", "`bau` used more fuel than others (diesel_gal)", "`edf` used more fuel than others (diesel_gal)", "2 numbers have no source", "2 numbers have no source"]);
    expect(told).toEqual(["Base case, Earliest departure first: the limit of depot was passed for 7.5 to 8.2 h, by up to 367 kW", "Base case, Earliest departure first used more fuel than others (diesel)", "2 numbers have no source"]);
  });
});
