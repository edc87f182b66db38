// The forms of the truck fleets: how many trucks of each model, their home, and their shifts.

import { button, element, section } from "../lib/dom";
import { plainKey } from "../lib/labels";
import { freeKey } from "./draft";
import { countField, fields, form } from "./form";
import { changed, isTable, tableOf, textOf, type Json, type Table } from "./json";
import { rowsOf, sheet, sheets, type Desk } from "./sheet";

/** Depots are where fleets live. */
const HOMES = ["depot", "yard", "warehouse"];
const SHIFT = ["start", "hours", "spread_h", "share", "weekday", "saturday", "sunday"];
/** A first shift, to be replaced. */
const FIRST_SHIFT: Table = { start: "06:00", hours: 10 };

/** How many there are of each model: `path` is the table of the counts. */
export function counts(desk: Desk, path: string, models: string): HTMLElement {
  const values = tableOf(desk.editing.value(path));
  const all = rowsOf(desk.editing, models).map(([key, name]) => countField(key, name));
  return sheet(desk, path, all.filter(({ key }) => values[key] === undefined || typeof values[key] === "number"), values);
}

/** Shifts are a list without keys: each change writes the whole list. */
function shifts(desk: Desk, path: string, list: Json[]): HTMLElement {
  const { editing, schema, restructure } = desk;
  const now = () => {
    const value = editing.value(path);
    return Array.isArray(value) ? value : list;
  };
  const one = (at: number) => {
    const own = `${path}[${at}]`;
    const made = form({
      path: own,
      fields: fields(schema, "ShiftSpec").sort((a, b) => SHIFT.indexOf(a.key) - SHIFT.indexOf(b.key)),
      values: tableOf(list[at]),
      suggestions: {},
      change: (full, value) => {
        editing.mend(full);
        editing.set(path, now().map((shift, index) => (index === at ? changed(tableOf(shift), [full.slice(own.length + 1)], value) : shift)));
      },
      refuse: (full, text, message) => editing.refuse(full, text, message),
      typedText: (full) => editing.typedText(full),
    });
    const remove = button("Delete", () => {
      editing.set(path, now().filter((_, index) => index !== at));
      restructure();
    }, `delete shift ${at + 1}`);
    remove.className = "delete";
    return element("fieldset", {}, element("legend", {}, `Shift ${at + 1}`), made, ...(list.length > 1 ? [remove] : []));
  };
  const add = button("Add a shift", () => {
    editing.set(path, [...now(), FIRST_SHIFT]);
    restructure(`field:${path}[${now().length - 1}].start`);
  });
  return element("details", { id: `more:${path}` }, element("summary", {}, list.length === 1 ? "1 shift" : `${list.length} shifts`), ...list.map((_, at) => one(at)), add);
}

function fleet(desk: Desk, key: string, row: Table): HTMLElement {
  const { editing, restructure } = desk;
  const path = `fleet.${key}`;
  const sites = rowsOf(editing, "site");
  const remove = button("Delete this fleet", () => {
    editing.remove(path);
    restructure("add-fleet");
  }, `Delete this fleet: ${plainKey(key)}`);
  remove.className = "delete";
  const list = Array.isArray(row["shift"]) ? row["shift"].filter(isTable) : [];
  const homes = rowsOf(editing, "site", (site) => HOMES.includes(textOf(site["kind"])));
  return section(
    textOf(row["name"]) || plainKey(key),
    "Trucks of each model.",
    counts(desk, `${path}.trucks`, "truck_model"),
    ...sheets(desk, path, "FleetSpec", row, { first: ["active_share", "home"], suggestions: { home: [["", "none: owner-operators"], ...homes], start_at: sites } }),
    shifts(desk, `${path}.shift`, list),
    element("div", { class: "apart" }, remove),
  );
}

/** A fleet of one truck model with one shift, to be filled in. */
function fresh({ editing }: Desk): Table {
  const [model] = editing.rows("truck_model");
  const [home] = HOMES.flatMap((kind) => rowsOf(editing, "site", (site) => site["kind"] === kind));
  return { name: "New fleet", trucks: model ? { [model[0]]: 10 } : {}, shift: [FIRST_SHIFT], ...(home ? { home: home[0] } : {}) };
}

/** A model of trucks: its battery first, where it has one. */
function model(desk: Desk, key: string, row: Table): HTMLElement {
  const path = `truck_model.${key}`;
  const battery = row["battery"];
  const own = isTable(battery) ? [sheet(desk, `${path}.battery`, fields(desk.schema, "BatterySpec").filter((field) => field.key === "usable_kwh"), battery)] : [];
  return element("fieldset", {}, element("legend", {}, textOf(row["name"]) || plainKey(key)), ...own, ...sheets(desk, path, "TruckModelSpec", row, { first: ["loaded_per_km", "empty_per_km", "bobtail_per_km"], never: ["name", "powertrain"] }));
}

export function fleetSections(desk: Desk): HTMLElement[] {
  const { editing, restructure } = desk;
  if (editing.rows("truck_model").length === 0) return [element("p", {}, "This scenario has no trucks.")];
  const add = button("Add a fleet", () => {
    const key = freeKey("fleet", editing.taken("fleet"));
    editing.set(`fleet.${key}`, fresh(desk));
    restructure(`field:fleet.${key}.name`);
  });
  add.id = "add-fleet";
  const models = editing.rows("truck_model").map(([key, row]) => model(desk, key, row));
  return [...editing.rows("fleet").map(([key, row]) => fleet(desk, key, row)), element("div", {}, add), section("Truck models", "Batteries and energy use of the trucks.", ...models)];
}
