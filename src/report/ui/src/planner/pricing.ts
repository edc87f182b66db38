// The forms of the prices: how a year is told, and what things cost, as `run` and `optimize` read them.

import { button, element, section } from "../lib/dom";
import { labelOf, plainKey } from "../lib/labels";
import type { Editing } from "./draft";
import { freeKey } from "./draft";
import type { Suggestion } from "./form";
import { isTable, textOf, type Table } from "./json";
import { rowsOf, sheets, type Desk } from "./sheet";

const MONEY = ["discount_rate", "years", "usd_of", "diesel_usd_per_gal", "unmet_haul_usd", "late_haul_usd", "unserved_hour_usd"];
const PRICE = ["of", "capex_usd", "capex_usd_per_kw", "capex_usd_per_kwh", "life_years", "upkeep_share"];
/** What a first form is filled with: to be replaced, as it says. */
const FIRST_MONEY: Table = { discount_rate: 0.07, years: 15 };
const FIRST_LIFE_YEARS = 15;

/** Everything that can carry a price: its path in the scenario, and its name for people. */
export function pricedThings(editing: Editing): Suggestion[] {
  const named = (table: string, word: string, isWanted?: (row: Table) => boolean) => rowsOf(editing, table, isWanted).map(([key, name]): Suggestion => [`${table}.${key}`, `${word} ${name}`]);
  const hasLimit = (row: Table) => typeof row["limit_kw"] === "number";
  return [
    ...named("charger", "A cabinet of chargers"),
    ...named("site", "Connection of", hasLimit),
    ...named("node", "Connection of", hasLimit),
    ...named("storage", "Stationary battery"),
    ...named("solar", "Solar array"),
    ...named("truck_model", "A truck:"),
    ...named("equipment_model", "A unit:"),
  ];
}

/** A price of what has none yet. */
function freshPrice(editing: Editing): Table {
  const taken = editing.rows("price").flatMap(([, row]) => (Array.isArray(row["of"]) ? row["of"].map(textOf) : []));
  const free = pricedThings(editing).find(([path]) => !taken.includes(path));
  return { of: free ? [free[0]] : [], life_years: FIRST_LIFE_YEARS };
}

function begin({ editing, restructure }: Desk): void {
  const money: Table = { ...FIRST_MONEY, usd_of: Number(textOf(editing.value("time.start")).slice(0, 4)) };
  const paths = Object.keys(money).map((key) => `money.${key}`);
  for (const [key, value] of Object.entries(money)) editing.set(`money.${key}`, value);
  editing.together("Prices of a year", paths);
  restructure("field:money.discount_rate");
}

function takeOut({ editing, restructure }: Desk): void {
  for (const [key] of editing.rows("price")) editing.remove(`price.${key}`);
  editing.remove("money");
  restructure("add-money");
}

function priceRow(desk: Desk, key: string, row: Table): HTMLElement {
  const { editing, restructure } = desk;
  const remove = button("Delete", () => {
    editing.remove(`price.${key}`);
    restructure("add-price");
  }, `delete the price ${plainKey(key)}`);
  remove.className = "delete";
  return element("fieldset", {}, element("legend", { title: key }, plainKey(key)), ...sheets(desk, `price.${key}`, "PriceSpec", row, { first: PRICE, suggestions: { of: pricedThings(editing) } }), remove);
}

export function priceSections(desk: Desk): HTMLElement[] {
  const { editing, restructure } = desk;
  if (editing.entry.is_transition) return [section("Prices", "", element("p", {}, "A scenario over years has prices by year: those of vehicles in [offer], of what is built in [project], in its file."))];
  const { money } = editing.document;
  if (!isTable(money)) {
    const add = button("Add prices", () => begin(desk));
    add.id = "add-money";
    const about = "With prices a run tells what a year costs, part by part, and the search finds the layout that costs least. Electricity is billed by the tariffs of the sites.";
    return [section("Prices", about, add)];
  }
  const add = button("Add a price", () => {
    const key = freeKey("price", editing.taken("price"));
    editing.set(`price.${key}`, freshPrice(editing));
    restructure(`field:price.${key}.of`);
  });
  add.id = "add-price";
  const out = button("Take all prices out", () => takeOut(desk));
  out.className = "delete";
  const prices = editing.rows("price").map(([key, row]) => priceRow(desk, key, row));
  const unpriced = pricedThings(editing).filter(([path]) => !editing.rows("price").some(([, row]) => Array.isArray(row["of"]) && row["of"].includes(path)));
  const rest = unpriced.length > 0 ? [element("p", { class: "legend" }, `Without a price, so in no cost: ${unpriced.map(([, name]) => name).slice(0, 12).join("; ")}${unpriced.length > 12 ? ` and ${unpriced.length - 12} more` : ""}.`)] : [];
  return [
    section("What a year costs", `${labelOf("MoneySpec", "discount_rate").text} and horizon are starting values: set your own.`, ...sheets(desk, "money", "MoneySpec", money, { first: MONEY }), out),
    section("Prices", "Investment, life and upkeep of one piece, one kW or one kWh.", ...prices, ...rest, add),
  ];
}
