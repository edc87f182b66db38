// Tables that sort by their headers and can be copied as CSV.

import type { Metric } from "../data/types";
import { show } from "./format";
import { button, element } from "./dom";
import { whenPageEnds } from "./page";

/** What a cell shows, and the number behind it for sorting and for CSV; `isText`: CSV takes what is shown. */
export type Cell = string | { text: string; raw: number | null; isText?: boolean; tone?: "better" | "worse" | "unsure" };

export function number(value: number | null, digits?: number): Cell {
  return { text: show(value, digits), raw: value };
}

export function percent(share: number | null, digits = 1): Cell {
  return { text: share === null ? "–" : `${show(100 * share, digits)} %`, raw: share === null ? null : 100 * share };
}

function filled(tag: "td" | "th", cell: Cell): HTMLTableCellElement {
  if (typeof cell === "string") return element(tag, {}, cell);
  const made = element(tag, { class: "num", "data-raw": cell.raw === null ? "" : String(cell.raw) }, cell.text);
  if (cell.tone) made.classList.add(cell.tone);
  made.toggleAttribute("data-text", cell.isText === true);
  return made;
}

/** The first cell of a row names it. */
export function row(cells: Cell[]): HTMLTableRowElement {
  const made = element("tr", {}, ...cells.map((cell, at) => filled(at === 0 ? "th" : "td", cell)));
  made.cells[0]?.setAttribute("scope", "row");
  return made;
}

/** The table itself; a click on a header, or Enter on it, sorts by its column. */
export function bareTable(columns: string[], rows: HTMLTableRowElement[], caption: string): HTMLTableElement {
  const body = element("tbody", {}, ...rows);
  const heads = columns.map((name, at) => {
    // What has no name cannot be pressed.
    const head = name === "" ? element("td", {}) : element("th", { scope: "col", "data-name": name }, button(name, () => sortBy(body, heads, at)));
    // Numbers stand under their header, words under theirs.
    if (rows.some((line) => line.cells[at]?.classList.contains("num"))) head.className = "num";
    return head;
  });
  rows.forEach((line) => align(line, heads));
  return element("table", {}, element("caption", {}, caption), element("thead", {}, element("tr", {}, ...heads)), body);
}

/** What stands for a missing number stands where the number would. */
function align(line: HTMLTableRowElement, heads: HTMLElement[]): void {
  heads.forEach((head, at) => {
    const cell = line.cells[at];
    if (cell?.textContent === "–" && head.className === "num") cell.classList.add("num");
  });
}

function sortBy(body: HTMLTableSectionElement, heads: HTMLElement[], column: number): void {
  const isDown = heads[column]?.getAttribute("aria-sort") !== "descending";
  heads.forEach((head, at) => (at === column ? head.setAttribute("aria-sort", isDown ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
  const key = (line: HTMLTableRowElement): number | string => {
    const cell = line.cells[column];
    const raw = cell?.dataset["raw"];
    if (raw !== undefined) return raw === "" ? Number.NEGATIVE_INFINITY : Number(raw);
    const text = cell?.textContent ?? "";
    const plain = Number(text.replace(/[,%\s]/g, ""));
    return text !== "" && Number.isFinite(plain) ? plain : text;
  };
  const lines = [...body.rows].map((line) => ({ line, key: key(line) }));
  lines.sort((a, b) => {
    const order = typeof a.key === "number" && typeof b.key === "number" ? a.key - b.key || 0 : String(a.key).localeCompare(String(b.key));
    return isDown ? -order : order;
  });
  body.append(...lines.map(({ line }) => line));
}

/** A table with a button that copies it as CSV. Totals stay below, however it is sorted. */
export function table(columns: string[], rows: Cell[][], caption = "", totals: Cell[][] = []): HTMLElement[] {
  if (rows.length + totals.length === 0) return [element("p", {}, "None.")];
  const made = bareTable(columns, rows.map(row), caption);
  if (totals.length > 0) {
    const lines = totals.map(row);
    const heads = [...(made.tHead?.rows[0]?.cells ?? [])];
    // A column whose only number is its total is a column of numbers, too.
    heads.forEach((head, at) => lines.some((line) => line.cells[at]?.classList.contains("num")) && head.classList.add("num"));
    made.append(element("tfoot", {}, ...lines));
    for (const line of made.rows) if (line.parentElement?.tagName !== "THEAD") align(line, heads);
  }
  return [copyButton(made, caption), scrolled(made, caption)];
}

/** Longer tables scroll by themselves, with their headers. */
const LONG_ROWS = 30;

export function scrolled(made: HTMLTableElement, label: string): HTMLElement {
  const isLong = made.rows.length > LONG_ROWS;
  const box = element("div", { class: isLong ? "scroll long" : "scroll", tabindex: "0", role: "region", "aria-label": label || "Table" }, made);
  const told = element("p", { class: "legend more-columns", hidden: "" }, "More columns: scroll the table sideways →");
  // What is cut at the edge of a narrow window looks as if it were all.
  const observer = new ResizeObserver(() => (told.hidden = box.scrollWidth <= box.clientWidth + 1));
  observer.observe(box);
  whenPageEnds(() => observer.disconnect());
  return element("div", {}, told, box);
}

export function copyButton(table: HTMLTableElement, what = ""): HTMLElement {
  return copier(() => toCsv([...table.rows].map((line) => [...line.cells].map((cell) => (cell.hasAttribute("data-text") ? undefined : cell.dataset["raw"]) ?? plain(cell.textContent.trim())))), what);
}

/** Copies the lines that `text` gives when it is asked. */
function copier(text: () => string, what: string): HTMLButtonElement {
  const copy = button("Copy as CSV", () => {
    void copyText(text()).then((isDone) => {
      copy.textContent = isDone ? "Copied" : "Could not copy";
      setTimeout(() => (copy.textContent = "Copy as CSV"), 1800);
    });
  });
  copy.className = "copy";
  copy.setAttribute("aria-live", "polite");
  if (what) copy.title = `Copy the table "${what}" as CSV`;
  return copy;
}

/** Pages from plain http on another machine have no clipboard interface: the selection does it there. */
async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element("textarea", { "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else copies without https
    const isDone = document.execCommand("copy");
    area.remove();
    return isDone;
  }
}

/** A spreadsheet would run a text that begins like a formula, and names in a scenario come from anywhere. */
function plain(text: string): string {
  const isNumber = /^([▲▼] )?[+−-]?[\d.,]+( ?%| ± [\d.,]+)?(, [a-z ()]+)?$/.test(text);
  return !isNumber && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function toCsv(rows: string[][]): string {
  const quote = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((line) => line.map(quote).join(",")).join("\n");
}

const MOST_ROWS = 400;

/** A long table behind a filter: shows what matches, up to a few hundred rows, and copies all that match. */
export function filteredTable(columns: string[], rows: Cell[][], label: string): HTMLElement[] {
  const input = element("input", { type: "search", placeholder: "part of a name" });
  const count = element("span", { class: "legend", "aria-live": "polite" });
  const holder = element("div");
  const text = (cell: Cell) => (typeof cell === "string" ? cell : cell.text);
  const haystacks = rows.map((cells) => cells.map(text).join(" ").toLowerCase());
  const matching = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    return rows.filter((_, at) => words.every((word) => haystacks[at]?.includes(word)));
  };
  const draw = () => {
    const found = matching();
    const first = found.slice(0, MOST_ROWS);
    holder.replaceChildren(scrolled(bareTable(columns, first.map(row), label), label));
    count.textContent = found.length > first.length ? ` ${found.length} found, the first ${first.length} shown` : ` ${found.length} of ${rows.length}`;
  };
  input.addEventListener("input", draw);
  const csv = () =>
    toCsv([columns, ...matching().map((cells) => cells.map((cell) => (typeof cell === "string" ? plain(cell) : cell.raw === null ? "" : String(cell.raw))))]);
  draw();
  return [element("label", { class: "choice" }, "Filter ", input), copier(csv, label), count, holder];
}

/** What is closed, and made only when somebody opens it. Opened again it is made anew, for what it tells may have changed. */
export function whenOpened(title: string, fill: () => HTMLElement[]): HTMLElement {
  const summary = element("summary", {}, title);
  const made = element("details", {}, summary);
  made.addEventListener("toggle", () => made.open && made.replaceChildren(summary, ...fill()));
  return made;
}

/** All metrics, closed until somebody asks: a large hub has thousands. */
export function metricsTable(metrics: Metric[]): HTMLElement {
  const made = element("details", { class: "numbers" }, element("summary", {}, `All ${metrics.length} metrics`));
  const fill = () => {
    if (!made.open || made.children.length > 1) return;
    const rows = metrics.map((it): Cell[] => [it.name, it.scope, number(it.value), it.unit, it.info]);
    made.append(...filteredTable(["name", "of what", "value", "unit", "what it says"], rows, "All metrics"));
    made.querySelector(".scroll")?.classList.add("words");
  };
  made.addEventListener("toggle", fill);
  return made;
}
