// What the forms of the planner's page share: what they ask of the page, and a form whose fields change the draft.

import { element } from "../lib/dom";
import { rowName } from "../lib/labels";
import type { Workspace } from "./api";
import type { Editing } from "./draft";
import { fields, form, type Field, type Suggestion } from "./form";
import { isTable, tableOf, textOf, type Table } from "./json";

/** What panels ask of the page. */
export interface Desk {
  editing: Editing;
  workspace: Workspace;
  schema: Table;
  chosen: () => string;
  choose: (site: string) => void;
  say: (message: string, isBad?: boolean) => void;
  /** Forms are made again after the next answer of the server; `next` gets the focus then. */
  restructure: (next?: string) => void;
}

type Suggestions = Record<string, Suggestion[]>;

/** Fields of one table of the draft. */
export function sheet({ editing }: Desk, path: string, shown: Field[], values: Table, suggestions: Suggestions = {}): HTMLElement {
  return form({
    path,
    fields: shown,
    values,
    suggestions,
    change: (at, value) => editing.set(at, value),
    refuse: (at, text, message) => editing.refuse(at, text, message),
    typedText: (at) => editing.typedText(at),
  });
}

/** Fields that are asked of first, in their order, and the others behind "More". */
export function sheets(desk: Desk, path: string, definition: string, values: Table, { first, never = [], suggestions = {} }: { first: string[]; never?: string[]; suggestions?: Suggestions }): HTMLElement[] {
  const all = fields(desk.schema, definition).filter(({ key }) => !never.includes(key));
  const early = first.flatMap((key) => all.find((field) => field.key === key) ?? []);
  const late = all.filter(({ key }) => !first.includes(key));
  const made = sheet(desk, path, early, values, suggestions);
  if (late.length === 0) return [made];
  return [made, element("details", { id: `more:${path}` }, element("summary", {}, "More"), sheet(desk, path, late, values, suggestions))];
}

/** Rows of a table as choices, by their names for people. */
export function rowsOf(editing: Editing, table: string, isWanted: (row: Table) => boolean = () => true): Suggestion[] {
  return editing.rows(table).filter(([, row]) => isWanted(row)).map(([key, row]) => [key, textOf(row["name"]) || rowName(table, key)]);
}

/** Everything that can carry a limit: connections of sites, and what stands behind them. */
export const limitable = (editing: Editing): Suggestion[] => [...rowsOf(editing, "site"), ...rowsOf(editing, "node")];

/** Vehicles that may use chargers. */
export function usersOf(editing: Editing): Suggestion[] {
  const charged = rowsOf(editing, "equipment_model", (model) => isTable(model["battery"]));
  return [["public", "All trucks"], ["visitors", "Visitors that are not simulated"], ...rowsOf(editing, "fleet"), ...charged];
}

/** Lots that the scenario has in the plan of a terminal or depot. */
export function lotsOf(editing: Editing, site: string): Suggestion[] {
  const lots = ["terminal", "site"].flatMap((table) => Object.keys(tableOf(editing.value(`${table}.${site}.plan.lots`))));
  return lots.map((lot) => [lot, lot.replaceAll("_", " ")]);
}
