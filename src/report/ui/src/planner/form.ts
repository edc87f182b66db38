// Forms made from the JSON Schema of a scenario: one field a key, with its label, its unit, and what it means on demand.

import { element } from "../lib/dom";
import type { Problem } from "./api";
import { tableOf, textOf, type Json, type Table } from "./json";
import { labelOf } from "../lib/labels";

export interface Field {
  key: string;
  label: string;
  unit: string;
  about: string;
  kind: "number" | "integer" | "text" | "choice" | "list" | "numbers" | "yes_or_no";
  choices: string[];
  least: number | null;
  most: number | null;
  isNeeded: boolean;
  default: Json;
}

/** What the schema says of a key, through references and "or nothing". */
function meaning(property: Table, definitions: Table): Table {
  const branches = Array.isArray(property["anyOf"]) ? property["anyOf"].map(tableOf) : [];
  const own = branches.find((branch) => branch["type"] !== "null") ?? property;
  const reference = typeof own["$ref"] === "string" ? own["$ref"].split("/").pop() : undefined;
  return reference === undefined ? own : tableOf(definitions[reference]);
}

function kindOf(meant: Table, words: Json[]): Field["kind"] | undefined {
  const types = [meant["type"] ?? []].flat().filter((type) => type !== "null");
  if (words.length > 0) return "choice";
  if (types[0] === "number") return "number";
  if (types[0] === "integer") return "integer";
  if (types[0] === "boolean") return "yes_or_no";
  if (types[0] === "string") return "text";
  const items = types[0] === "array" ? tableOf(meant["items"])["type"] : undefined;
  if (items === "number" || items === "integer") return "numbers";
  return items === "string" ? "list" : undefined;
}

/** The definition that a table of the scenario has, by its path: through rows by name, references, and a bare name in its place. */
export function definitionAt(schema: Table, path: string): string {
  const definitions = tableOf(schema["$defs"]);
  const named = (part: Table): string[] => {
    if (typeof part["$ref"] !== "string") return Array.isArray(part["anyOf"]) ? part["anyOf"].flatMap((one) => named(tableOf(one))) : [];
    const name = part["$ref"].split("/").pop() ?? "";
    return [...named(tableOf(definitions[name])), name];
  };
  const below = (table: Table, key: string) => tableOf(tableOf(table["properties"])[key] ?? table["additionalProperties"]);
  let [at, name]: [Table, string] = [schema, ""];
  for (const key of path.split(".")) {
    const part = below(at, key);
    name = named(part).find((known) => tableOf(definitions[known])["properties"] !== undefined) ?? "";
    at = name === "" ? part : tableOf(definitions[name]);
  }
  return name;
}

/** The fields of one kind of table that a form can show; nested tables stay in the file. */
export function fields(schema: Table, definition: string): Field[] {
  const definitions = tableOf(schema["$defs"]);
  const row = tableOf(definitions[definition]);
  const needed = Array.isArray(row["required"]) ? row["required"] : [];
  const out: Field[] = [];
  for (const [key, json] of Object.entries(tableOf(row["properties"]))) {
    const property = tableOf(json);
    const meant = meaning(property, definitions);
    const words = Array.isArray(meant["oneOf"]) ? meant["oneOf"].map((word) => tableOf(word)["const"] ?? null).filter((word) => word !== null) : [];
    const kind = kindOf(meant, words);
    if (kind === undefined) continue;
    const bound = (name: string) => (typeof meant[name] === "number" ? meant[name] : null);
    const { text, unit } = labelOf(definition, key);
    out.push({
      key,
      label: text,
      unit,
      about: textOf(property["description"]),
      kind,
      choices: kind === "yes_or_no" ? ["true", "false"] : words.map(textOf),
      least: bound("minimum"),
      most: bound("maximum"),
      isNeeded: needed.includes(key),
      default: property["default"] ?? null,
    });
  }
  return out;
}

/** A number of things by name, such as the units of each model. */
export function countField(key: string, label: string): Field {
  return { key, label, unit: "", about: "", kind: "integer", choices: [], least: 0, most: null, isNeeded: false, default: null };
}

/** What was typed as a value; `undefined` where it is none. Nothing typed takes the key out. */
export function typed(field: Field, text: string): Json | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (field.kind === "numbers") {
    const numbers = trimmed.split(/[,;\s]+/).filter((part) => part !== "").map(numberOf);
    return numbers.every((number) => number !== undefined) ? numbers : undefined;
  }
  if (field.kind === "list") return trimmed.split(",").map((part) => part.trim()).filter((part) => part !== "");
  if (field.kind === "yes_or_no") return trimmed === "true";
  if (field.kind === "text" || field.kind === "choice") return trimmed;
  return numberOf(trimmed);
}

/** A number as people write it: `1000`, `1,000`, `1 000`, `2.5`, `1e3`. */
export function numberOf(text: string): number | undefined {
  const trimmed = text.trim();
  const isGrouped = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$|^[+-]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:\.\d*)?$/.test(trimmed);
  const plain = isGrouped ? trimmed.replace(/[, \u00a0\u202f]/g, "") : trimmed;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain)) return undefined;
  const number = Number(plain);
  return Number.isFinite(number) ? number : undefined;
}

/** A choice of a text field that names something: its name in the scenario, and for people. */
export type Suggestion = [string, string];

export interface FormOptions {
  /** Dotted path of the table. */
  path: string;
  fields: Field[];
  values: Table;
  /** By key of the field. */
  suggestions: Record<string, Suggestion[]>;
  change: (path: string, value: Json) => void;
  /** What was typed is no value of the field. */
  refuse: (path: string, text: string, message: string) => void;
  /** What was typed before and is no value. */
  typedText: (path: string) => string | undefined;
}

/** Fields one below the other. Each has the id `field:PATH`, so that an error can lead to it. */
export function form(options: FormOptions): HTMLElement {
  return element("div", { class: "form" }, ...options.fields.flatMap((field) => row(field, options)));
}

function row(field: Field, options: FormOptions): HTMLElement[] {
  const { path, values, suggestions, change, refuse, typedText } = options;
  const full = `${path}.${field.key}`;
  if (field.kind === "list" && suggestions[field.key] !== undefined) return several(field, full, suggestions[field.key] ?? [], options);
  const shown = typedText(full) ?? textOf(values[field.key]);
  const id = `field:${full}`;
  const choices = suggestions[field.key] ?? field.choices.map((name): Suggestion => [name, choiceName(name)]);
  const isChoice = field.kind === "choice" || field.kind === "yes_or_no" || suggestions[field.key] !== undefined;
  const isNumber = field.kind === "number" || field.kind === "integer";
  const input = isChoice ? select(id, choices, shown, field) : element("input", { id, value: shown, autocomplete: "off", inputmode: isNumber ? "decimal" : "text" });
  input.setAttribute("aria-describedby", `${id}:about ${id}:wrong`);
  if (field.default !== null && !isChoice) input.setAttribute("placeholder", textOf(field.default));
  const wrong = element("span", { class: "wrong", id: `${id}:wrong` });
  input.addEventListener("input", () => {
    const value = typed(field, input.value);
    wrong.textContent = "";
    if (value !== undefined) {
      change(full, value);
      return;
    }
    const message = field.kind === "numbers" ? `“${input.value.trim()}” is not a list of numbers, e.g. 1, 1, 0.5` : `“${input.value.trim()}” is not a number, e.g. 1000, 1,000 or 2.5`;
    wrong.textContent = message;
    refuse(full, input.value, message);
  });
  return [element("label", { for: id }, field.label), element("span", { class: isLong(choices, isChoice) || field.kind === "list" || field.kind === "numbers" ? "value wide" : "value" }, input, element("span", { class: "unit" }, field.unit)), ...help(id, field), ...(input instanceof HTMLSelectElement ? [chosenText(input)] : []), wrong];
}

/** A choice with longer names has a line of its own. */
const MOST_BESIDE = 20;
const isLong = (choices: Suggestion[], isChoice: boolean) => isChoice && choices.some(([, text]) => text.length > MOST_BESIDE);

/** Choices of a list that stand one below the other; more are folded. */
const MOST_OPEN = 8;

/** Several of what there is, each with its name for people: a box to tick. */
function several(field: Field, full: string, known: Suggestion[], { values, change }: FormOptions): HTMLElement[] {
  const id = `field:${full}`;
  const value = values[field.key] ?? field.default;
  const chosen = Array.isArray(value) ? value.map(textOf) : [];
  const all = [...known, ...chosen.filter((name) => !known.some(([key]) => key === name)).map((name): Suggestion => [name, name])];
  const boxes = all.map(([name, text]) => {
    const box = element("input", { type: "checkbox", value: name, id: `${id}:${name}` });
    box.checked = chosen.includes(name);
    return { box, node: element("label", {}, box, ` ${text}`), text };
  });
  const now = () => boxes.filter(({ box }) => box.checked);
  const summary = element("summary", {}, "");
  const tell = () => (summary.textContent = now().map(({ text }) => text).join(", ") || "none chosen");
  tell();
  const list = element("div", { class: "many" }, ...boxes.map(({ node }) => node));
  const isFolded = all.length > MOST_OPEN;
  const group = element("span", { id, class: "value", role: "group", tabindex: "-1", "aria-labelledby": `${id}:label`, "aria-describedby": `${id}:about ${id}:wrong` }, isFolded ? element("details", { id: `${id}:more` }, summary, list) : list);
  group.addEventListener("change", () => {
    tell();
    change(full, now().map(({ box }) => box.value));
  });
  return [element("span", { id: `${id}:label`, class: "label" }, field.label), group, ...help(id, field), element("span", { class: "wrong", id: `${id}:wrong` })];
}

/** What a field means, behind a question mark; those who cannot see it hear it with the field. */
function help(id: string, field: Field): HTMLElement[] {
  const about = element("span", { class: "about", id: `${id}:about` }, bounds(field));
  if (about.textContent === "") return [element("span"), about];
  about.hidden = true;
  const ask = element("button", { type: "button", class: "help", "aria-expanded": "false", "aria-controls": about.id, "aria-label": `What is ${field.label}?`, title: about.textContent }, "?");
  ask.addEventListener("click", () => {
    about.hidden = !about.hidden;
    ask.setAttribute("aria-expanded", String(!about.hidden));
  });
  return [ask, about];
}

/** A longer text is cut in a narrow window's box. */
const MOST_IN_BOX = 28;

/** All of what is chosen, where the window is too narrow for its box. */
function chosenText(box: HTMLSelectElement): HTMLElement {
  const made = element("span", { class: "chosen-text", "aria-hidden": "true" });
  const tell = () => {
    const text = box.selectedOptions[0]?.textContent ?? "";
    made.textContent = text.length > MOST_IN_BOX ? text : "";
  };
  box.addEventListener("input", tell);
  tell();
  return made;
}

function choiceName(name: string): string {
  if (name === "true") return "yes";
  if (name === "false") return "no";
  const plain = name.replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

function select(id: string, choices: Suggestion[], shown: string, field: Field): HTMLSelectElement {
  const made = element("select", { id });
  // A choice without a name says what holds where nothing is chosen.
  const [, none] = choices.find(([name]) => name === "") ?? [];
  const fallback = field.default === null ? (none ?? "–") : `${choiceName(textOf(field.default))} (default)`;
  if (!field.isNeeded) made.append(element("option", { value: "" }, fallback));
  const named = choices.filter(([name]) => name !== "");
  const all: Suggestion[] = shown !== "" && !named.some(([name]) => name === shown) ? [...named, [shown, shown]] : named;
  for (const [name, text] of all) made.append(element("option", { value: name }, text));
  made.value = shown;
  return made;
}

/** What a field means and what it may be, as the schema says it. */
function bounds(field: Field): string {
  const about = field.about.replace(/`/g, "").replace(/\bNone:/g, "Empty:");
  if (field.least === null || field.most === null) return about;
  return `${about} From ${field.least.toLocaleString("en-US")} to ${field.most.toLocaleString("en-US")}.`.trim();
}

/** Writes each error beside its field; the others are left for the list. */
export function markProblems(problems: Problem[]): void {
  document.querySelectorAll(".form .wrong").forEach((node) => (node.textContent = ""));
  for (const problem of problems) {
    const node = document.getElementById(`field:${problem.field}:wrong`);
    if (node) node.textContent = problem.help ? `${problem.message} (${problem.help})` : problem.message;
  }
}
