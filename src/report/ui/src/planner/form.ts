// Forms made from the JSON Schema of a scenario: one field a key, with its unit, its bounds and what it means.

import { element } from "../dom";
import type { Json, Problem, Table } from "./api";

export interface Field {
  key: string;
  label: string;
  about: string;
  kind: "number" | "integer" | "text" | "choice" | "list";
  choices: string[];
  least: number | null;
  most: number | null;
  isNeeded: boolean;
  default: Json;
}

const UNITS: Record<string, string> = { kw: "kW", kwh: "kWh", h: "h", min: "min", km: "km", usd: "USD", s: "s", kg: "kg" };

/** `limit_kw` is shown as "limit, kW". */
function label(key: string): string {
  const words = key.split("_");
  const unit = words.length > 1 ? UNITS[words[words.length - 1] ?? ""] : undefined;
  return unit ? `${words.slice(0, -1).join(" ")}, ${unit}` : words.join(" ");
}

function table(json: Json | undefined): Table {
  return json !== null && typeof json === "object" && !Array.isArray(json) ? json : {};
}

/** The fields of one kind of table that a form can show; nested tables stay in the file. */
export function fields(schema: Table, definition: string): Field[] {
  const definitions = table(schema["$defs"]);
  const row = table(definitions[definition]);
  const needed = Array.isArray(row["required"]) ? row["required"] : [];
  const out: Field[] = [];
  for (const [key, json] of Object.entries(table(row["properties"]))) {
    const property = table(json);
    const reference = typeof property["$ref"] === "string" ? property["$ref"].split("/").pop() : undefined;
    const meant = reference === undefined ? property : table(definitions[reference]);
    const types = [meant["type"]].flat().filter((type) => type !== "null");
    const words = Array.isArray(meant["oneOf"]) ? meant["oneOf"].map((word) => table(word)["const"]) : [];
    const items = table(meant["items"])["type"];
    const kind =
      words.length > 0 ? "choice"
      : types[0] === "number" ? "number"
      : types[0] === "integer" ? "integer"
      : types[0] === "string" ? "text"
      : types[0] === "array" && items === "string" ? "list"
      : undefined;
    if (kind === undefined) continue;
    const bound = (name: string) => (typeof meant[name] === "number" ? meant[name] : null);
    out.push({
      key,
      label: label(key),
      about: String(property["description"] ?? ""),
      kind,
      choices: words.map(String),
      least: bound("minimum"),
      most: bound("maximum"),
      isNeeded: needed.includes(key),
      default: property["default"] ?? null,
    });
  }
  return out;
}

/** What was typed as a value; `undefined` where it is none. Nothing typed takes the key out. */
function typed(field: Field, text: string): Json | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return null;
  if (field.kind === "list") return trimmed.split(",").map((part) => part.trim()).filter((part) => part !== "");
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

export interface FormOptions {
  /** Dotted path of the table. */
  path: string;
  fields: Field[];
  values: Table;
  /** Choices of a text field that names something. */
  suggestions: Record<string, string[]>;
  change: (path: string, value: Json) => void;
  /** What was typed is no value of the field. */
  refuse: (path: string, text: string, message: string) => void;
  /** What was typed before and is no value. */
  typedText: (path: string) => string | undefined;
}

/** Fields one below the other. Each has the id `field:PATH`, so that a mistake can lead to it. */
export function form({ path, fields, values, suggestions, change, refuse, typedText }: FormOptions): HTMLElement {
  const list = element("div", { class: "form" });
  for (const field of fields) {
    const full = `${path}.${field.key}`;
    const value = values[field.key];
    const held = value === undefined || value === null ? "" : Array.isArray(value) ? value.join(", ") : String(value);
    const shown = typedText(full) ?? held;
    const choices = suggestions[field.key] ?? field.choices;
    const id = `field:${full}`;
    const input =
      field.kind === "choice" || suggestions[field.key]
        ? select(id, choices, shown, field)
        : element("input", { id, value: shown, autocomplete: "off", inputmode: field.kind === "number" || field.kind === "integer" ? "decimal" : "text" });
    input.setAttribute("aria-describedby", `${id}:about ${id}:wrong`);
    if (field.default !== null && field.kind !== "choice") input.setAttribute("placeholder", String(field.default));
    const wrong = element("span", { class: "wrong", id: `${id}:wrong` });
    input.addEventListener("input", () => {
      const value = typed(field, input.value);
      wrong.textContent = "";
      if (value !== undefined) return change(full, value);
      const message = `“${input.value.trim()}” is no number such as 1000, 1,000 or 2.5`;
      wrong.textContent = message;
      refuse(full, input.value, message);
    });
    list.append(
      element("label", { for: id }, field.label),
      input,
      element("span", { class: "about", id: `${id}:about` }, bounds(field)),
      wrong,
    );
  }
  return list;
}

function select(id: string, choices: string[], shown: string, field: Field): HTMLSelectElement {
  const made = element("select", { id });
  const fallback = typeof field.default === "string" ? `${field.default} (default)` : "–";
  if (!field.isNeeded) made.append(element("option", { value: "" }, fallback));
  const all = shown !== "" && !choices.includes(shown) ? [...choices, shown] : choices;
  for (const choice of all) made.append(element("option", { value: choice }, choice));
  made.value = shown;
  return made;
}

function bounds(field: Field): string {
  const about = field.about.replace(/`/g, "").replace(/\bNone:/g, "empty:");
  if (field.least === null || field.most === null) return about;
  return `${about} (${field.least.toLocaleString("en-US")} to ${field.most.toLocaleString("en-US")})`;
}

/** Writes each mistake beside its field; the others are left for the list. */
export function markProblems(problems: Problem[]): void {
  document.querySelectorAll(".form .wrong").forEach((node) => (node.textContent = ""));
  for (const problem of problems) {
    const node = document.getElementById(`field:${problem.field}:wrong`);
    if (node) node.textContent = problem.help ? `${problem.message} (${problem.help})` : problem.message;
  }
}
