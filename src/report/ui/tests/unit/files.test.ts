// Contract: what is chosen of a file is a mapping file that says just that; readers' words name fields of the page, never options of
// the command line; and what a file brings goes into the draft with its source, without what it excludes.

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { FileUsed, ScenarioEntry } from "../../src/planner/api";
import { Editing } from "../../src/planner/draft";
import { askFile, fileDrop, useChanges } from "../../src/planner/files";
import type { Table } from "../../src/planner/json";
import { mapText, noMapping, onPage, settingsOf, stemOf } from "../../src/planner/mapping";

const ENTRY: ScenarioEntry = { path: "depot", title: "Depot", description: "", is_transition: false, strategies: [], tariffs: [] };
const FILE: Table = { time: { zone: "Europe/Berlin" }, site: { a: { name: "Yard A", load_kw: 60 }, b: {} }, weather: { mean_c: [1], daily_range_c: 5, sources: { default: "maker" } } };

beforeEach(() => {
  sessionStorage.clear();
  document.body.replaceChildren();
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify({ problems: [], doubts: [], decisions: [], document: FILE }))));
});

async function opened(): Promise<Editing> {
  const editing = new Editing(ENTRY);
  await editing.check();
  return editing;
}

describe("a mapping", () => {
  it("says only what was chosen, as TOML", () => {
    expect(mapText(noMapping())).toBe("");
    const columns = { start: "Zeit \"UTC\"", value: "kW\\h", end: "" };
    const text = mapText({ settings: { zone: "UTC", header_line: "4", cumulative: "true", unit: "", delimiter: "\t" }, columns, places: { "Pier J": "pier", yard: "yard" } });
    expect(text).toBe('zone = "UTC"\nheader_line = 4\ncumulative = true\ndelimiter = "\\t"\n\n[columns]\nstart = "Zeit \\"UTC\\""\nvalue = "kW\\\\h"\n\n[places]\n"Pier J" = "pier"\nyard = "yard"\n');
    expect(mapText({ ...noMapping(), columns: { value: "kW" } })).toBe('[columns]\nvalue = "kW"\n');
    expect(mapText({ ...noMapping(), settings: { header_line: "four" } })).toBe('header_line = "four"\n');
  });

  it("is asked of tables only", () => {
    expect(settingsOf("weather")).toEqual([]);
    expect(settingsOf("hauls").map(({ key }) => key)).not.toContain("stamps");
    expect(settingsOf("load").map(({ key }) => key)).toContain("stamps");
  });
});

describe("a reader's message", () => {
  it.each([
    ["the column `Usage` names no unit and is taken as kWh; `--unit` changes that", "the column `Usage` names no unit and is taken as kWh; “Unit of the values” changes that"],
    ["say what the columns are in a mapping file (--map); `portvolt import load FILE --write-map map.toml` makes one to fill in", "choose them under “Columns”"],
    ["clock changes of the zone count; `--zone UTC` is for times without any, `--gaps zero` or `--gaps hold` fills what is missing", "clock changes of the zone count; “Time zone of its times” is for times without any, “Missing intervals” or “Missing intervals” fills what is missing"],
    ["say which: `--unit kW` for mean power, `--unit kWh` for the energy of each interval", "say which: “Unit of the values” for mean power, “Unit of the values” for the energy of each interval"],
  ])("%s", (told, wanted) => {
    expect(onPage(told)).toBe(wanted);
    expect(onPage(told)).not.toMatch(/--|mapping file/);
  });
});

describe("the name of a file", () => {
  it.each([["My meter (June).csv", "My_meter_June"], ["Lastgänge.xlsx", "Lastga_nge"], ["港.csv", "file"], [".csv", "file"]])("%s", (name, stem) => {
    expect(stemOf(name)).toBe(stem);
  });
});

describe("what a file brings", () => {
  it("takes out what excludes it, and only what is there", async () => {
    const editing = await opened();
    const used = { changes: [{ path: "site.a.load", value: "m.csv" }, { path: "site.a.load_kw", value: null }, { path: "site.a.load_map", value: null }] } as unknown as FileUsed;
    expect(useChanges(editing, used)).toEqual(["site.a.load", "site.a.load_kw"]);
    expect(editing.list()).toEqual([{ path: "site.a.load", value: "m.csv" }, { path: "site.a.load_kw", value: null }]);
  });

  it("goes into a table that is there, with the source of its numbers", async () => {
    const editing = await opened();
    const used = { changes: [{ path: "weather", value: { mean_c: [2], sources: { mean_c: "own" } } }] } as unknown as FileUsed;
    expect(useChanges(editing, used)).toEqual(["weather"]);
    expect(editing.list()).toEqual([{ path: "weather", value: { mean_c: [2], daily_range_c: 5, sources: { default: "maker", mean_c: "own" } } }]);
  });
});

describe("the place for files", () => {
  it("takes what is dropped and what is chosen", () => {
    const taken: string[] = [];
    const zone = fileDrop((file) => taken.push(file.name));
    const drop = new Event("drop", { cancelable: true });
    Object.assign(drop, { dataTransfer: { types: ["Files"], files: [new File(["a"], "dropped.csv")] } });
    zone.dispatchEvent(drop);
    expect([taken, drop.defaultPrevented]).toEqual([["dropped.csv"], true]);
  });

  it("refuses what is too large before it is sent", async () => {
    const file = new File(["a"], "large.csv");
    Object.defineProperty(file, "size", { value: 17 * 2 ** 20 });
    await expect(askFile(file, await opened(), "a")).rejects.toThrow("more than 16 MB");
  });
});
