// Contract: what people type becomes the value they mean, or is refused; what the schema says becomes a form.

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { dayName, labelled } from "../../src/charts/axis";
import { definitionAt, fields, form, numberOf, typed, type Field } from "../../src/planner/form";
import { isEqual, lookUp, textOf, type Table } from "../../src/planner/json";
import { interval } from "../../src/lib/format";
import { callThem, labelOf, plainNames, settingText } from "../../src/lib/labels";
import { Ways } from "../../src/map/trucks";
import { fieldTitle } from "../../src/planner/panels";
import { isSameScenario, scenarioOf, told } from "../../src/planner/told";

const schema = JSON.parse(readFileSync("../../../scenarios/scenario.schema.json", "utf8")) as Table;

describe("numbers as people write them", () => {
  it.each([
    ["1000", 1000],
    ["1,000", 1000],
    ["1 000", 1000],
    ["12,345,678.5", 12_345_678.5],
    [" 2.5 ", 2.5],
    ["1e3", 1000],
    ["-.5", -0.5],
    ["+7", 7],
  ])("%s", (text, value) => expect(numberOf(text)).toBe(value));
  it.each(["", "abc", "1,00", "1,0000", "12,34", "1.000,5", "0x10", "1e", "Infinity", "1e999", "NaN", "--1", "1 2"])("%s is none", (text) => expect(numberOf(text)).toBeUndefined());
});

describe("what was typed into a field", () => {
  const field = (kind: Field["kind"]): Field => ({ key: "x", label: "X", unit: "", about: "", kind, choices: [], least: null, most: null, isNeeded: false, default: null });
  it("takes the key out when it is empty", () => expect(typed(field("number"), "  ")).toBeNull());
  it("reads lists", () => expect(typed(field("list"), "08:00-12:00, 13:00-17:00,")).toEqual(["08:00-12:00", "13:00-17:00"]));
  it("reads yes and no", () => expect([typed(field("yes_or_no"), "true"), typed(field("yes_or_no"), "false")]).toEqual([true, false]));
  it("reads lists of numbers, and refuses one that holds something else", () => {
    expect(typed(field("numbers"), "1, 0.5; 2 3")).toEqual([1, 0.5, 2, 3]);
    expect(typed(field("numbers"), "1, many")).toBeUndefined();
  });
  it("refuses what is not a number", () => expect(typed(field("integer"), "many")).toBeUndefined());
});

describe("forms from the schema", () => {
  it("have a field for every plain key of a charger, with its bounds", () => {
    const own = fields(schema, "ChargerSpec");
    const cabinets = own.find(({ key }) => key === "cabinets");
    expect(cabinets).toMatchObject({ kind: "integer", isNeeded: true, label: "Charger cabinets" });
    expect(own.find(({ key }) => key === "users")?.kind).toBe("list");
    expect(own.find(({ key }) => key === "sources")).toBeUndefined();
  });
  it("are found by the path of a table, through rows, references and a bare name in its place", () => {
    const paths = ["site.x", "money", "price.x", "terminal.x.labor", "policy.charging", "transition.adoption", "equipment_model.x.battery", "site.x.limit_kw", "nothing.x"];
    expect(paths.map((path) => definitionAt(schema, path))).toEqual(["SiteSpec", "MoneySpec", "PriceSpec", "LaborSpec", "ChargingChoice", "AdoptionChoice", "BatterySpec", "", ""]);
  });
  it("offer what there is with its name for people, and keep what is not known", () => {
    const sent: [string, unknown][] = [];
    const users = fields(schema, "ChargerSpec").filter(({ key }) => key === "users");
    const made = form({ path: "charger.lot", fields: users, values: { users: ["carrier", "gone"] }, suggestions: { users: [["public", "All trucks"], ["carrier", "Day Cab Drayage"]] }, change: (path, value) => sent.push([path, value]), refuse: () => undefined, typedText: () => undefined });
    const boxes = [...made.querySelectorAll("input")];
    expect(boxes.map(({ checked, parentElement }) => [parentElement?.textContent.trim(), checked])).toEqual([["All trucks", false], ["Day Cab Drayage", true], ["gone", true]]);
    if (boxes[0]) boxes[0].checked = true;
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
    expect(sent).toEqual([["charger.lot.users", ["public", "carrier", "gone"]]]);
  });
  it("read through references that may be null", () => {
    expect(fields(schema, "SiteSpec").find(({ key }) => key === "queue")?.choices).toContain("lowest_soc");
    expect(fields(schema, "SiteSpec").find(({ key }) => key === "limit_kw")?.kind).toBe("number");
  });
  it("say the unit beside the field, not in its name", () => {
    expect(labelOf("SiteSpec", "limit_kw")).toEqual({ text: "Service capacity", unit: "kW" });
    expect(labelOf("X", "price_usd_per_kwh")).toEqual({ text: "Price", unit: "USD/kWh" });
    expect(labelOf("X", "dwell_days")).toEqual({ text: "Dwell", unit: "days" });
  });
});

describe("words from the schema", () => {
  it("tell changes of policies, prices and shifts", () => {
    expect([
      "policy.charging.name=peak_cap",
      "policy.charging.params.cap_kw=300",
      "money.discount_rate=0.07",
      "money=",
      'price.new={ of = ["charger.night", "site.depot"], life_years = 12 }',
      'fleet.carrier.shift=[{ start = "06:00", hours = 11 }]',
      'fleet.carrier.shift=[{"start":"06:00","hours":11}]',
      'site.new={ name = "New yard", kind = "yard", lat = 1, lon = 2 }',
      "terminal.pier.labor.weekday=08:00-12:00",
      "charger.night=",
    ].map(settingText)).toEqual([
      "Charging control: Peak shaving",
      "Charging control, cap of a site (0: the lowest that was enough): 300 kW",
      "Real discount rate (share a year): 0.07",
      "Prices of a year are taken out",
      "New price of charger night, site depot",
      "Shifts of carrier: 06:00 for 11 h",
      "Shifts of carrier: 06:00 for 11 h",
      "New site New yard",
      "Worked hours, weekday at pier: 08:00-12:00",
      "night (charger) is taken out",
    ]);
  });
  it("tell places and fleets by their names where these are known", () => {
    callThem({ "site.depot": "Carson depot", "fleet.carrier": "Day Cab Drayage" });
    expect([settingText("site.depot.limit_kw=800"), plainNames("no charger has `carrier` among its `users`")]).toEqual(["Service capacity of Carson depot: 800 kW", "no charger has Day Cab Drayage among its `users`"]);
    callThem({});
    expect(settingText("site.depot.limit_kw=800")).toBe("Service capacity of depot: 800 kW");
  });
  it("name the field of an error as the form does", () => {
    expect(fieldTitle(schema, "charger.lot.cabinets")).toBe("Charger cabinets of lot");
    expect(fieldTitle(schema, "labor.weekday")).toBe("Worked hours, weekday");
    expect(fieldTitle(schema, "freight.due_after_h")).toBe("Due after (freight)");
    expect(fieldTitle(schema, "money.discount_rate")).toBe("Real discount rate (share a year)");
    expect(fieldTitle(schema, "policy.charging.params.cap_kw")).toBe("Charging control, cap of a site (0: the lowest that was enough)");
    expect(fieldTitle(schema, "fleet.carrier.shift[0].hours")).toBe("Length (hours) of carrier");
    expect(fieldTitle(schema, "terminal.pier.labor.weekday")).toBe("Worked hours, weekday of pier");
    expect(fieldTitle(schema, "freight.nothing_such")).toBe("freight.nothing_such");
  });
});

describe("values of a document", () => {
  const document: Table = { policy: { charging: "edf" }, site: { a: { limit_kw: 5 } }, list: [1, [2]] };
  it("are found by path", () => {
    expect(lookUp(document, "site.a.limit_kw")).toBe(5);
    expect(lookUp(document, "site.b.limit_kw")).toBeUndefined();
    expect(lookUp(document, "policy.charging.name")).toBe("edf");
  });
  it("are equal whatever the order of their keys", () => {
    expect(isEqual({ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 })).toBe(true);
    expect(isEqual({ a: 1 }, { a: 1, b: 2 })).toBe(false);
    expect(isEqual({ a: null }, { b: null })).toBe(false);
    expect(isEqual([1, 2], [1])).toBe(false);
    expect(isEqual([], {})).toBe(false);
  });
  it("read as a person writes them", () => expect([textOf(null), textOf([1, "a"]), textOf(true), textOf(undefined)]).toEqual(["", "1, a", "true", ""]));
});

describe("runs in words", () => {
  it("leave out notes on sources", () => expect(told({ overlays: ["x/all_electric.toml"], settings: ["time.days=3", "source.planner={}", "site.a.sources.limit_kw=planner"] })).toBe("all electric, Days: 3"));
  it("call nothing changed the base case", () => expect(told({ overlays: [], settings: [] })).toBe("base case"));
  it("know one scenario by its several paths", () => {
    const run = (scenario: string) => scenarioOf({ scenario, request: null });
    expect([run("./port_terminal"), run("port_terminal/scenario.toml"), run("port_terminal/")]).toEqual(["port_terminal", "port_terminal", "port_terminal"]);
    expect(isSameScenario("/home/me/port_terminal", "port_terminal")).toBe(true);
    expect(isSameScenario("my_port_terminal", "port_terminal")).toBe(false);
  });
});

describe("labels of time", () => {
  it("name days of the week", () => expect(dayName("2025-06-02")).toBe("Mon 06-02"));
  it("are the first steps of days, or hours of few days", () => {
    const hours = Array.from({ length: 96 }, (_, at) => `2025-06-0${2 + Math.floor(at / 24)} ${String(at % 24).padStart(2, "0")}:00`);
    expect([...(labelled(hours, 10)?.keys() ?? [])]).toEqual([0, 24, 48, 72]);
    expect(labelled(hours.slice(0, 24), 10)?.get(6)).toBe("06:00");
    expect(labelled(["2025", "2026"], 10)).toBeNull();
  });
});

describe("the coast that is packed into the program", () => {
  it("is the one of the public-domain package", () => {
    const packed = gunzipSync(readFileSync("../land/land-10m.json.gz")).toString();
    expect(packed).toBe(readFileSync("node_modules/world-atlas/land-10m.json", "utf8"));
  });
});

describe("settings in words", () => {
  it("have the label and the unit of their field", () => {
    expect(settingText("site.depot.limit_kw=550")).toBe("Service capacity of depot: 550 kW");
    expect(settingText("terminal.pier.equipment.yt_battery=60")).toBe("Units of yt battery at pier: 60");
    expect(settingText('policy.charging.name="edf"')).toBe("Charging control: Earliest departure first");
    expect(settingText('labor.weekday=["08:00-12:00", "13:00-17:00"]')).toBe("Worked hours, weekday: 08:00-12:00, 13:00-17:00");
    expect(settingText('limit.lot={ hours = "16:00-21:00", kw = 5000, on = ["terminal"], sources = { kw = "planner" } }')).toBe("New limit lot: hours of the day 16:00-21:00, limit (0: outage) 5000 kW, sites or nodes terminal");
    expect(settingText('background.geojson="roads.geojson"')).toBe("Map under the sites: roads.geojson");
    expect(settingText("charger.night=")).toBe("night (charger) is taken out");
    expect(settingText('charger.new={ cabinets = 6, cabinet_kw = 180, site = "dc_carson" }')).toBe("New chargers new: 6 cabinets of 180 kW at dc carson");
  });
  it("stay as they are where nothing is known of them", () => {
    expect(settingText("freight.due_after_h=24")).toBe("freight.due_after_h=24");
    expect(settingText("title=A = B")).toBe("title=A = B");
  });
});

describe("means with their interval", () => {
  it("have the digits that the interval leaves", () => {
    expect(interval(323.25, 2.719, "")).toBe("323.3 ± 2.7");
    expect(interval(-6339.4, 179.2, "USD", true)).toBe("−6,339 ± 179 USD");
    expect(interval(1100, 0, "kW")).toBe("1.1 MW");
    expect(interval(0.0004, 0.03, "h", true)).toBe("0.000 ± 0.030 h");
    expect(interval(5, null, "")).toBe("5");
  });
});

describe("trucks on roads", () => {
  it("go along the way, at an even speed", () => {
    const ways = new Ways([{ from: 0, to: 1, path: [0, 0, 0, 1, 2, 1] }]);
    expect(ways.at(0, 1, 0)).toEqual([0, 0]);
    const [lat, lon] = ways.at(0, 1, 2 / 3) ?? [0, 0];
    expect(lat).toBeCloseTo(1, 3);
    expect(lon).toBeCloseTo(1, 3);
    expect(ways.at(1, 0, 0.5)).toBeUndefined();
  });
});
