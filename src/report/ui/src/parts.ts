// What all pages share: cards, tables that can be copied, where numbers come from.

import { element, section } from "./dom";

export interface Origins {
  provenance: { label: string; value: string }[];
  doubtful: { quality: string; title: string; fields: string[] }[];
}

export function card(label: string, value: string, isBad = false): HTMLElement {
  return element("div", { class: isBad ? "card bad" : "card" }, element("b", {}, value), element("span", {}, label));
}

/** A table with a button that copies it as CSV. */
export function table(columns: string[], rows: string[][]): HTMLElement[] {
  const head = element("thead", {}, element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name))));
  const body = element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell)))));
  const made = element("table", {}, head, body);
  return [copyButton(made), element("div", { class: "scroll", tabindex: "0" }, made)];
}

export function copyButton(table: HTMLTableElement): HTMLElement {
  const copy = element("button", { type: "button" }, "Copy as CSV");
  copy.addEventListener("click", () => void navigator.clipboard.writeText(toCsv(table)));
  return copy;
}

function toCsv(table: HTMLTableElement): string {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [...table.rows].map((row) => [...row.cells].map((cell) => quote(cell.textContent ?? "")).join(",")).join("\n");
}

export function provenance(report: Origins): HTMLElement {
  const facts = element("dl");
  for (const { label, value } of report.provenance) facts.append(element("dt", {}, label), element("dd", {}, value));
  const doubtful = element("details", {}, element("summary", {}, "Recalled and assumed numbers: replace them before you publish a result"));
  for (const { quality, title, fields } of report.doubtful) {
    doubtful.append(element("dl", {}, element("dt", {}, `${quality}: ${title}`), element("dd", {}, fields.join(", "))));
  }
  return section("Where this comes from", "Everything that is needed to do this run again, and to judge it.", facts, doubtful);
}

