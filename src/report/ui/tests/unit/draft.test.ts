// Contract: a draft shows each change at once, takes each back alone or in its group, and never sends what is no value.

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ScenarioEntry } from "../../src/planner/api";
import { Editing, freeKey, PLANNER } from "../../src/planner/draft";
import type { Table } from "../../src/planner/json";

const ENTRY: ScenarioEntry = { path: "depot", title: "Depot", description: "", is_transition: false, strategies: ["all_electric"], tariffs: [] };
const FILE: Table = { policy: { charging: { name: "peak_cap", params: { cap_kw: 200 } } }, site: { a: { limit_kw: 1000 }, b: {} }, charger: { lot: { site: "a", cabinets: 6, cabinet_kw: 150, sources: { cabinets: "chosen", cabinet_kw: "maker" } } } };

/** A server that has no mistakes to tell and merges nothing: the draft keeps its own view of the document. */
function serve(problems: unknown[] = [], doubts: string[] = []): void {
  const answer = (body: string) => {
    const draft = JSON.parse(body) as { changes: unknown[] };
    return { problems, doubts, document: draft.changes.length === 0 ? FILE : null };
  };
  vi.stubGlobal("fetch", (_: string, { body }: { body: string }) => Promise.resolve(new Response(JSON.stringify(answer(body)))));
}

async function opened(): Promise<Editing> {
  const editing = new Editing(ENTRY);
  await editing.check();
  return editing;
}

beforeEach(() => {
  sessionStorage.clear();
  serve();
});

describe("a warning", () => {
  it("is not hidden by an error that comes after it", async () => {
    serve([], ["a connection of 14 kW"]);
    const editing = await opened();
    serve([{ file: "", line: 0, column: 0, field: "site.a.limit_kw", message: "wrong", help: null }]);
    await editing.check();
    expect([editing.problems.length, editing.doubts]).toEqual([1, ["a connection of 14 kW"]]);
    serve();
    await editing.check();
    expect(editing.doubts).toEqual([]);
  });
});

describe("a change", () => {
  it("shows at once, and is gone when the old value comes back", async () => {
    const editing = await opened();
    editing.set("site.a.limit_kw", 500);
    expect(editing.value("site.a.limit_kw")).toBe(500);
    expect(editing.list()).toEqual([{ path: "site.a.limit_kw", value: 500 }]);
    editing.set("site.a.limit_kw", 1000);
    expect(editing.list()).toEqual([]);
  });

  it("is taken back", async () => {
    const editing = await opened();
    editing.set("site.a.limit_kw", 500);
    editing.undo("site.a.limit_kw");
    expect([editing.value("site.a.limit_kw"), editing.list()]).toEqual([1000, []]);
  });

  it("that takes a row out is taken back with the row", async () => {
    const editing = await opened();
    editing.set("charger.lot.cabinets", 3);
    editing.remove("charger.lot");
    expect([editing.rows("charger"), editing.list()]).toEqual([[], [{ path: "charger.lot", value: null }]]);
    editing.undo("charger.lot");
    expect(editing.value("charger.lot.cabinets")).toBe(6);
    expect(editing.list()).toEqual([]);
  });

  it("of a row that was added here stays inside the row, with a source of its own", async () => {
    const editing = await opened();
    editing.set("charger.new", { site: "b", cabinets: 1, sources: { cabinets: "chosen" } });
    editing.set("charger.new.cabinets", 4);
    expect(editing.list()).toEqual([{ path: "charger.new", value: { site: "b", cabinets: 4, sources: { cabinets: PLANNER } } }]);
    editing.set("charger.new.deep.er", 2);
    expect(editing.list()[0]?.value).toMatchObject({ deep: { er: 2 } });
    editing.remove("charger.new");
    expect(editing.list()).toEqual([]);
  });
});

describe("a policy", () => {
  it("takes the parameters of the one before with it, and its own come back with it", async () => {
    const editing = await opened();
    editing.set("policy.charging.params.cap_kw", 300);
    editing.choosePolicy("policy.charging", "price_aware");
    expect(editing.list()).toEqual([{ path: "policy.charging.name", value: "price_aware" }]);
    expect(editing.value("policy.charging.params.cap_kw")).toBeUndefined();
    editing.choosePolicy("policy.charging", "peak_cap");
    expect([editing.list(), editing.value("policy.charging.params.cap_kw")]).toEqual([[], 200]);
  });
});

describe("changes that were put aside", () => {
  it("stay under their name while the page is loaded again, until they are forgotten", async () => {
    const editing = await opened();
    editing.set("site.a.limit_kw", 500);
    editing.putAside("half");
    editing.set("site.a.limit_kw", 250);
    editing.putAside("quarter");
    editing.clear();
    expect(new Editing(ENTRY).asides.map(({ name, changes }) => [name, changes[0]?.value])).toEqual([["half", 500], ["quarter", 250]]);
    editing.forget("half");
    expect(new Editing(ENTRY).asides.map(({ name }) => name)).toEqual(["quarter"]);
  });
});

describe("changes that belong together", () => {
  it("go back together, and moved cabinets go back to where they came from", async () => {
    const editing = await opened();
    const [from, to] = ["charger.lot", "charger.lot_at_b"];
    editing.set(`${from}.cabinets`, 4);
    editing.set(to, { site: "b", cabinets: 2 });
    editing.together("2 of 6 moved", [`${from}.cabinets`, to], { from, to });
    const [group] = editing.parts().groups;
    expect(editing.parts().single).toEqual([]);
    editing.set(`${from}.cabinets`, 3);
    if (group) editing.undoGroup(group);
    expect([editing.value(`${from}.cabinets`), editing.value(to)]).toEqual([5, undefined]);
  });

  it("no longer hold when one of them was taken back alone", async () => {
    const editing = await opened();
    editing.set("charger.lot.site", "b");
    editing.set("charger.lot.cabinets", 2);
    editing.together("moved", ["charger.lot.site", "charger.lot.cabinets"]);
    editing.undo("charger.lot.site");
    expect(editing.parts()).toEqual({ groups: [], single: [{ path: "charger.lot.cabinets", value: 2 }] });
  });
});

describe("what is no value", () => {
  it("is an error until it is fixed, and is not sent", async () => {
    const editing = await opened();
    editing.refuse("site.a.limit_kw", "lots", "“lots” is not a number");
    expect([editing.problems.length, editing.list()]).toEqual([1, []]);
    editing.set("site.a.limit_kw", 700);
    expect(editing.problems).toEqual([]);
  });

  it("covers what the server found at the same field", async () => {
    serve([{ file: "", line: 0, column: 0, field: "site.a.limit_kw", message: "too small", help: null }]);
    const editing = await opened();
    editing.refuse("site.a.limit_kw", "x", "“x” is not a number");
    expect(editing.problems.map(({ message }) => message)).toEqual(["“x” is not a number"]);
  });
});

describe("a draft", () => {
  it("is kept while the page is loaded again", async () => {
    const editing = await opened();
    editing.set("site.a.limit_kw", 500);
    expect(new Editing(ENTRY).list()).toEqual([{ path: "site.a.limit_kw", value: 500 }]);
  });

  it("forgets only what was saved", async () => {
    const editing = await opened();
    editing.set("site.a.limit_kw", 500);
    const sent = editing.list();
    editing.set("site.b.limit_kw", 9);
    editing.settle(sent);
    expect(editing.list()).toEqual([{ path: "site.b.limit_kw", value: 9 }]);
  });

  it("gives free keys", () => expect([freeKey("a", []), freeKey("a", ["a"]), freeKey("a", ["a", "a_2"])]).toEqual(["a", "a_2", "a_3"]));
});
