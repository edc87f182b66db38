// Contract: what a window offers to decide is what the draft has, over a range around what there is; constraints and requests are
// told in words; a setting of a design becomes the change that it stands for.

import { describe, expect, it } from "vitest";
import { must } from "../../src/pages/design";
import { isComparison, isRun, isSearch, isSensitivity, type Asked } from "../../src/planner/api";
import { Refused } from "../../src/planner/api";
import { refusal } from "../../src/planner/panels";
import { variantChanges, wrongVariants } from "../../src/planner/comparing";
import { countOf, timeLeft } from "../../src/planner/watch";
import { around, decided } from "../../src/planner/searching";
import { requested, studied } from "../../src/planner/told";

describe("what may be decided", () => {
  it("is what the draft has as numbers", () => {
    const document = { site: { depot: { limit_kw: 1100 }, yard: {} }, charger: { night: { cabinets: 14, cabinet_kw: 180, site: "depot" } }, solar: { roof: { dc_kw: 200 } } };
    expect(decided(document).map(({ path }) => path)).toEqual(["charger.night.cabinets", "charger.night.cabinet_kw", "site.depot.limit_kw", "solar.roof.dc_kw"]);
  });

  it("begins with a range around what there is", () => {
    expect(around(14, true)).toEqual({ from: 10, to: 18, step: 2 });
    expect(around(1, true)).toEqual({ from: 1, to: 3, step: 1 });
    expect(around(1100, false)).toEqual({ from: 700, to: 1500, step: 200 });
    expect(around(0, false).step).toBeGreaterThan(0);
    expect(around(0.35, false)).toEqual({ from: 0.25, to: 0.45, step: 0.05 });
  });
});

describe("a study in words", () => {
  const draft = { scenario: "depot", strategies: [], changes: [], days: 1, seed: 1 };
  const search: Asked = { ...draft, objectives: ["year_cost_usd"], decide: { a: [1, 2] }, constraints: [], confidence: 0.9, budget: { runs: 500, minutes: 10, replications: 32 } };
  const sensitivity: Asked = { scenario: "depot", variants: [{ name: "Base case", strategies: [], changes: [] }, { name: "half", strategies: [], changes: [] }], metric: null, replications: 1, points: 16, days: 1, seed: 1 };

  it("is recognized by its fields", () => {
    expect([search, sensitivity, draft].map((asked) => [isSearch(asked), isSensitivity(asked), isComparison(asked), isRun(asked)])).toEqual([
      [true, false, false, false],
      [false, true, false, false],
      [false, false, false, true],
    ]);
  });

  it("says what was asked", () => {
    expect(requested(search)).toBe("The best design by yearly cost, in 10 minutes, at most 500 simulations.");
    expect(studied({ command: "sensitivity", request: sensitivity })).toBe("what decides the result of Base case or half");
    expect(studied({ command: "optimize", request: null })).toBe("best design");
  });

  it("says what must hold", () => {
    expect(must({ metric: "queue_wait_p95_min", must: { most: 20, least: null, chance: 0.95 }, from: null, until: null })).toBe("95th-percentile wait for a charging port at most 20 min, in 95 % of the random days or more");
    expect(must({ metric: "hauls_completed", must: { most: null, least: 50, chance: null }, from: null, until: null })).toBe("hauls completed at least 50, on average");
    expect(must({ metric: "peak_kw", must: { most: 5000, least: null, chance: null }, from: null, until: "2028-01-01" })).toMatch(/at most 5,000 kW until 2028-01-01, on average$/);
  });
});

describe("how far a study is", () => {
  it("is told by what is done, of how much where that is known", () => {
    expect(countOf({ done: 120, of: 800, unit: "simulations" })).toBe("120 of 800 simulations");
    expect(countOf({ done: 1200, of: 0, unit: "simulations" })).toBe("1,200 simulations");
    expect(countOf({ done: 0, of: 0, unit: "simulations" })).toBe("");
  });

  it("has a time that is left once something was done", () => {
    expect(timeLeft(1000, 5, 100)).toBe("");
    expect(timeLeft(60_000, 20, 100)).toBe("about 4 min left");
  });
});

describe("variants of a comparison", () => {
  const changes = [{ path: "site.depot.limit_kw", value: 800 }, { path: "policy.charging.name", value: "fcfs" }, { path: "policy.charging.params.cap_kw", value: 9 }];

  it("take a policy in the place of what their changes say of it", () => {
    expect(variantChanges({ policy: "policy.charging=edf", changes })).toEqual([{ path: "site.depot.limit_kw", value: 800 }, { path: "policy.charging.name", value: "edf" }]);
    expect(variantChanges({ policy: "", changes })).toEqual(changes);
  });

  it("have names of their own and differ", () => {
    const [base, mine] = [{ name: "Base case", strategies: [], changes: [] }, { name: "Mine", strategies: [], changes }];
    expect(wrongVariants([base, mine])).toBe("");
    expect(wrongVariants([base])).toContain("second variant");
    expect(wrongVariants([base, { ...mine, name: "Base case" }])).toBe("Two variants are called “Base case”.");
    expect(wrongVariants([base, { ...mine, name: " ".trim() }])).toContain("1 to 100 letters");
    expect(wrongVariants([base, mine, { ...base, name: "Other" }])).toBe("“Other” is the same as “Base case”.");
  });
});

describe("a file that is refused", () => {
  it("is told with what is wrong in it", () => {
    const problem = { file: "", line: 0, column: 0, field: "", message: "the tariff charges nothing", help: null };
    expect(refusal("bad.json", new Refused("1 error", [problem], 422))).toBe("bad.json was not taken: the tariff charges nothing");
    expect(refusal("bad.json", new Error("too large"))).toBe("bad.json was not taken: too large");
  });
});
