// A file of the planner's own: dropped or chosen, its first rows, which column is what, what is wrong, and its way into the
// scenario. It is read by the server with the readers of `portvolt import`; nothing is written before it is used.

import { button, element } from "../lib/dom";
import { keepFocus } from "../lib/focus";
import { Refused, server, type FileAsked, type FileUsed, type FileView, type Problem } from "./api";
import type { Editing } from "./draft";
import { isTable, tableOf, textOf } from "./json";
import { mapText, noMapping, onPage, roleLabel, settingsOf, stemOf, type FileKind, type Mapping, type Setting } from "./mapping";
import { rowsOf } from "./sheet";

/** The server takes no larger ones. */
const MOST_BYTES = 16 * 2 ** 20;
/** Of a larger file the kind is not tried out. */
const MOST_TRIED = 4 * 2 ** 20;
/** Between a choice and the next reading. */
const PAUSE_MS = 250;

/** Kinds and what they are for; in this order they are tried. */
const KINDS: [FileKind, string][] = [
  ["load", "A meter: the load of a site"],
  ["sessions", "Charging sessions of other vehicles"],
  ["hauls", "Trips to do (hauls)"],
  ["solar", "Output of a solar array (PVWatts)"],
  ["weather", "A year's weather (EPW, TMY3, NSRDB)"],
  ["tariff", "A tariff (URDB JSON or CSV)"],
];

/** What a file of a kind is for: the table whose row is chosen. */
const ROW_OF: Partial<Record<FileKind, ["site" | "solar", string]>> = {
  load: ["site", "Site with this meter"],
  sessions: ["site", "Site where they charge"],
  tariff: ["site", "Site that pays by it"],
  solar: ["solar", "Array"],
};

const OPEN_SETTINGS = 4;

/** Where files are dropped. */
export function fileDrop(take: (file: File) => void): HTMLElement {
  const input = element("input", { id: "add-file-input", type: "file", hidden: "", tabindex: "-1", "aria-hidden": "true" });
  const add = button("Add a file …", () => input.click());
  add.id = "add-file";
  const zone = element("div", { class: "drop", id: "drop" }, add, element("span", {}, " or drop one here: meters, charging sessions, hauls, sun and weather, tariffs, as you have them (CSV, Excel, XML, JSON)."), input);
  const given = (list: FileList | null | undefined) => {
    const file = list?.[0];
    if (file) take(file);
  };
  input.addEventListener("change", () => {
    given(input.files);
    // The same file can be chosen again after it was changed.
    input.value = "";
  });
  const over = (isOver: boolean) => (event: DragEvent) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    zone.classList.toggle("over", isOver);
  };
  zone.addEventListener("dragenter", over(true));
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    given(event.dataTransfer?.files);
  });
  return zone;
}

/** The bytes of a file as base64. */
async function base64Of(file: Blob): Promise<string> {
  const url = await new Promise<string>((done, fail) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(typeof reader.result === "string" ? reader.result : ""));
    reader.addEventListener("error", () => fail(new Error("the file cannot be read; was it moved?")));
    reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(",") + 1);
}

/** Shows a file and asks what it is for; what came of it, or null where it was not used. */
export async function askFile(file: File, editing: Editing, chosen: string): Promise<FileUsed | null> {
  if (file.size > MOST_BYTES) throw new Refused(`${file.name} has more than ${MOST_BYTES / 2 ** 20} MB. Put it into the folder of the scenario and name it in its file: from there larger ones are read.`, [], 413);
  const window = new FileWindow(file.name, await base64Of(file), editing, chosen);
  const kind = file.size > MOST_TRIED ? "load" : await window.firstKind();
  return window.ask(kind);
}

class FileWindow {
  private readonly kind = element("select", { id: "file-kind" }, ...KINDS.map(([key, words]) => element("option", { value: key }, words)));
  private readonly row = element("span", { class: "value wide" });
  private readonly rowLabel = element("label", { for: "file-row" });
  private readonly status = element("div", { id: "file-status", role: "status", "aria-live": "polite" });
  private readonly table = element("div");
  private readonly columns = element("div");
  private readonly written = element("div");
  private readonly places = element("div");
  private readonly more = element("div");
  private readonly text = element("pre", { id: "file-map" });
  private readonly stem = element("input", { id: "file-stem", autocomplete: "off" });
  private readonly wrong = element("p", { class: "wrong", role: "alert" });
  private readonly use = element("button", { type: "submit", class: "main" }, "Use in this scenario");
  private mapping: Mapping = noMapping();
  /** Names of places are kept while the mapping changes them. */
  private known: FileView["places"] = [];
  private dueAfterH = "";
  private tariffName = "";
  private timer = 0;
  private asked = 0;

  constructor(
    private readonly name: string,
    private readonly base64: string,
    private readonly editing: Editing,
    private readonly chosen: string,
  ) {
    this.stem.value = stemOf(name);
    this.startMapping();
  }

  private startMapping(): void {
    this.mapping = noMapping();
    this.known = [];
    const zone = textOf(this.editing.value("time.zone"));
    // What readers take where nothing says another needs no mapping.
    if (zone !== "America/Los_Angeles" && zone !== "") this.mapping.settings["zone"] = zone;
  }

  /** The first kind whose reader takes the file as it is; a meter where none does. */
  async firstKind(): Promise<FileKind> {
    for (const [kind] of KINDS) {
      const seen = await server.readFile(this.request(kind));
      if (seen.is_read) return kind;
    }
    return "load";
  }

  private request(kind = this.kind.value as FileKind): FileAsked {
    const map = settingsOf(kind).length === 0 ? "" : mapText(this.mapping);
    const hours = Number(this.dueAfterH);
    return { kind, name: this.name, base64: this.base64, map: map === "" ? null : map, due_after_h: kind === "hauls" && hours > 0 ? hours : null, tariff_name: this.tariffName === "" || kind !== "tariff" ? null : this.tariffName };
  }

  ask(kind: FileKind): Promise<FileUsed | null> {
    this.kind.value = kind;
    const heading = element("h2", { id: "dialog-title" }, `Add a file: ${this.name}`);
    const cancel = element("button", { type: "button" }, "Cancel");
    const first = element("div", { class: "form" }, element("label", { for: "file-kind" }, "What it holds"), element("span", { class: "value wide" }, this.kind), this.rowLabel, this.row);
    const last = element("div", { class: "form" }, element("label", { for: "file-stem" }, "Its name beside the scenario"), element("span", { class: "value wide" }, this.stem));
    const map = element("details", {}, element("summary", {}, "The mapping file"), element("p", { class: "legend" }, "The same choices for the command line: portvolt import KIND FILE --map. It is kept beside the file."), this.text);
    const form = element("form", { method: "dialog" }, heading, first, this.status, this.table, this.columns, this.places, this.written, this.more, last, map, this.wrong, element("div", { class: "bar" }, this.use, cancel));
    const dialog = element("dialog", { class: "wide file", "aria-labelledby": heading.id }, form);
    document.body.append(dialog);
    this.kind.addEventListener("change", () => this.chooseKind());
    this.drawAll();
    return new Promise((resolve) => {
      let used: FileUsed | null = null;
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        void this.put().then((found) => {
          if (!found) return;
          used = found;
          dialog.close();
        });
      });
      cancel.addEventListener("click", () => dialog.close());
      dialog.addEventListener("close", () => {
        window.clearTimeout(this.timer);
        this.asked += 1;
        dialog.remove();
        resolve(used);
      });
      dialog.showModal();
      this.kind.focus();
      void this.read();
    });
  }

  private chooseKind(): void {
    this.startMapping();
    this.drawAll();
    void this.read();
  }

  /** What is asked of a kind, before the file was read. */
  private drawAll(): void {
    const kind = this.kind.value as FileKind;
    const of = ROW_OF[kind];
    const rows = of ? rowsOf(this.editing, of[0]) : [];
    const select = element("select", { id: "file-row" }, ...rows.map(([key, words]) => element("option", { value: key }, words)));
    if (rows.some(([key]) => key === this.chosen)) select.value = this.chosen;
    this.rowLabel.textContent = of?.[1] ?? "";
    this.rowLabel.hidden = this.row.hidden = of === undefined;
    this.row.replaceChildren(rows.length > 0 ? select : element("span", { class: "unit" }, "none in this scenario: add one first (Storage and solar)"));
    this.columns.replaceChildren();
    this.places.replaceChildren();
    this.table.replaceChildren();
    this.drawWritten(kind);
    this.drawMore(kind);
    this.text.textContent = mapText(this.mapping) || "Nothing is chosen: the file is read as it says itself.";
  }

  private drawWritten(kind: FileKind, sheets: string[] = []): void {
    const settings = settingsOf(kind);
    const sheet: Setting[] = sheets.length > 1 && settings.length > 0 ? [{ key: "sheet", label: "Sheet", choices: [["", "the longest"], ...sheets.map((name): [string, string] => [name, name])] }] : [];
    const all = [...sheet, ...settings].flatMap((setting) => this.field(setting));
    const open = sheet.length + OPEN_SETTINGS;
    const count = [...sheet, ...settings].length;
    if (count === 0) {
      this.written.replaceChildren();
      return;
    }
    const parts = [...sheet, ...settings].map((setting, at) => ({ setting, at, nodes: all.slice(at * 3, at * 3 + 3) }));
    const nodes = (wanted: (at: number) => boolean) => parts.filter(({ at }) => wanted(at)).flatMap((part) => part.nodes);
    const details = this.written.querySelector("details");
    const rest = element("details", { id: "file-more" }, element("summary", {}, "More"), element("div", { class: "form" }, ...nodes((at) => at >= open)));
    rest.open = details?.open ?? false;
    keepFocus(() => this.written.replaceChildren(element("fieldset", {}, element("legend", {}, "How it is written"), element("div", { class: "form" }, ...nodes((at) => at < open)), rest)));
  }

  /** A label, what is chosen, and what it means: three elements each. */
  private field({ key, label, choices, offered, about }: Setting): HTMLElement[] {
    const id = `file-${key}`;
    const value = this.mapping.settings[key] ?? "";
    const input = choices ? element("select", { id }, ...choices.map(([choice, words]) => element("option", { value: choice }, words))) : element("input", { id, autocomplete: "off", ...(offered ? { list: `${id}-list` } : {}), ...(about ? { "aria-describedby": `${id}-about` } : {}) });
    input.value = value;
    input.addEventListener("input", () => {
      this.mapping.settings[key] = input.value.trim() === "" && input.value !== "\t" ? "" : input.value;
      this.later();
    });
    const list = offered ? [element("datalist", { id: `${id}-list` }, ...offered.map((one) => element("option", { value: one })))] : [];
    return [element("label", { for: id }, label), element("span", { class: "value wide" }, input, ...list), element("span", { class: "about", id: `${id}-about` }, about ?? "")];
  }

  /** What is no part of a mapping. */
  private drawMore(kind: FileKind): void {
    const made = (id: string, label: string, about: string, value: string, act: (text: string) => void) => {
      const input = element("input", { id, value, autocomplete: "off", "aria-describedby": `${id}-about` });
      input.addEventListener("input", () => {
        act(input.value.trim());
        this.later();
      });
      return element("div", { class: "form" }, element("label", { for: id }, label), element("span", { class: "value wide" }, input), element("span", { class: "about", id: `${id}-about` }, about));
    };
    const hauls = () => made("file-due", "Due after it is ready, hours", "For hauls without a time at which they are due.", this.dueAfterH, (text) => (this.dueAfterH = text));
    const tariff = () => made("file-tariff", "Which tariff, by label or name", "Only for a file of several.", this.tariffName, (text) => (this.tariffName = text));
    this.more.replaceChildren(...(kind === "hauls" ? [hauls()] : []), ...(kind === "tariff" ? [tariff()] : []));
  }

  private later(): void {
    this.asked += 1;
    this.use.disabled = true;
    this.text.textContent = mapText(this.mapping);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.read(), PAUSE_MS);
  }

  /** Asks how the file is read now. */
  private async read(): Promise<void> {
    window.clearTimeout(this.timer);
    this.asked += 1;
    const number = this.asked;
    this.use.disabled = true;
    this.wrong.textContent = "";
    try {
      const seen = await server.readFile(this.request());
      if (number === this.asked) this.show(seen);
    } catch (error) {
      if (number === this.asked) this.status.replaceChildren(element("p", { class: "wrong" }, (error as Error).message));
    }
  }

  private show(seen: FileView): void {
    this.status.replaceChildren(...toldOf(seen));
    keepFocus(() => this.table.replaceChildren(...rowsOfFile(seen)));
    keepFocus(() => this.columns.replaceChildren(...this.chooser(seen)));
    if (seen.places.length > 0) this.known = seen.places;
    keepFocus(() => this.places.replaceChildren(...this.placeChooser()));
    if (seen.sheets.length > 1 && !document.getElementById("file-sheet")) this.drawWritten(seen.kind, seen.sheets);
    const isRowMissing = ROW_OF[seen.kind] !== undefined && !document.getElementById("file-row");
    this.use.disabled = !seen.is_read || isRowMissing;
  }

  /** For each thing that a table of this kind can say, the column that says it. */
  private chooser(seen: FileView): HTMLElement[] {
    if (seen.roles.length === 0 || seen.columns.length === 0 || seen.header_line === null) return [];
    const names = [...new Set(seen.columns.filter((name) => name !== ""))];
    const field = ({ role, about, column }: FileView["roles"][number]) => {
      const id = `column-${role}`;
      const own = this.mapping.columns[role] ?? "";
      const none = column !== null && own === "" ? `${column} (recognised)` : "no column";
      const select = element("select", { id }, element("option", { value: "" }, none), ...names.map((name) => element("option", { value: name }, name)));
      select.value = own;
      select.addEventListener("input", () => {
        this.mapping.columns[role] = select.value;
        this.later();
      });
      return [element("label", { for: id }, roleLabel(role, about)), element("span", { class: "value wide" }, select), element("span")];
    };
    return [element("fieldset", {}, element("legend", {}, "Columns"), element("div", { class: "form" }, ...seen.roles.flatMap(field)))];
  }

  /** Which site each name is: those that are none of the scenario have to be chosen. */
  private placeChooser(): HTMLElement[] {
    if (this.known.length === 0) return [];
    const sites = rowsOf(this.editing, "site");
    const isSite = (key: string) => sites.some(([site]) => site === key);
    const field = ({ name, key }: FileView["places"][number], at: number) => {
      const id = `place-${at}`;
      const own = this.mapping.places[name] ?? "";
      const none = isSite(key) && own === "" ? `${key} (by its name)` : "no site of this scenario";
      const select = element("select", { id }, element("option", { value: "" }, none), ...sites.map(([site, words]) => element("option", { value: site }, words)));
      select.value = own;
      select.addEventListener("input", () => {
        this.mapping.places[name] = select.value;
        this.later();
      });
      return [element("label", { for: id }, name), element("span", { class: "value wide" }, select), element("span")];
    };
    const open = this.known.filter(({ name, key }) => !isSite(this.mapping.places[name] || key));
    const words = open.length === 0 ? "All places are sites of this scenario." : `${open.length} of ${this.known.length} places are no site of this scenario: choose which they are, or its hauls are errors.`;
    return [element("fieldset", {}, element("legend", {}, "Places"), element("p", { class: "legend" }, words), element("div", { class: "form" }, ...this.known.flatMap(field)))];
  }

  /** Puts the file beside the scenario. */
  private async put(): Promise<FileUsed | null> {
    if (this.use.disabled) return null;
    this.use.disabled = true;
    const select = document.getElementById("file-row");
    const row = select instanceof HTMLSelectElement ? select.value : "";
    try {
      return await server.useFile({ scenario: this.editing.entry.path, row, stem: this.stem.value.trim(), file: this.request() });
    } catch (error) {
      this.wrong.textContent = error instanceof Refused && error.problems.length > 0 ? error.problems.map(told).join("; ") : (error as Error).message;
      this.use.disabled = false;
      this.stem.focus();
      return null;
    }
  }
}

const told = ({ field, message, help }: Pick<Problem, "field" | "message" | "help">) => onPage(`${field === "" || field.startsWith("--") ? "" : `${field}: `}${message}${help ? ` (${help})` : ""}`);

/** What the file holds, what was assumed, and what is wrong with it. */
function toldOf(seen: FileView): HTMLElement[] {
  const said = seen.said.length > 0 ? [element("ul", { id: "file-said" }, ...seen.said.map((one) => element("li", {}, onPage(one))))] : [];
  if (seen.is_read) return [element("p", {}, element("b", {}, "It can be read: "), `${seen.told}.`), ...said];
  const many = seen.problems_in_all === 1 ? "1 error" : `${seen.problems_in_all.toLocaleString("en-US")} errors`;
  const where = ({ line }: Problem) => (line > 0 ? `line ${line.toLocaleString("en-US")}: ` : "");
  return [element("p", {}, element("b", {}, `It cannot be read yet (${seen.format}): ${many}.`)), element("ul", { class: "wrong", id: "file-problems" }, ...seen.problems.map((problem) => element("li", {}, `${where(problem)}${told(problem)}`)))];
}

/** The first rows as the reader sees them, each error beside its row. */
function rowsOfFile(seen: FileView): HTMLElement[] {
  if (seen.rows.length === 0) return [];
  const taken = (name: string) => seen.roles.filter(({ column }) => column === name && name !== "").map(({ role, about }) => roleLabel(role, about).replace(/ \(.*/, ""));
  const head = seen.columns.map((name) => element("th", { scope: "col" }, name, ...taken(name).map((words) => element("span", { class: "taken" }, words))));
  const wrong = (line: number) => seen.problems.filter((problem) => problem.line === line);
  const row = ({ line, cells }: FileView["rows"][number]) => {
    const found = wrong(line);
    const made = element("tr", {}, element("th", { scope: "row" }, String(line)), ...cells.map((cell, at) => element("td", found.some(({ field }) => field !== "" && field === seen.columns[at]) ? { class: "wrong" } : {}, cell)));
    if (found.length === 0) return [made];
    return [made, element("tr", { class: "beside-row" }, element("td", { class: "wrong", colspan: String(cells.length + 1) }, found.map(told).join("; ")))];
  };
  const caption = `${seen.format}; the first ${seen.rows.length.toLocaleString("en-US")} of ${seen.rows_in_all.toLocaleString("en-US")} rows${seen.columns_left_out > 0 ? `; ${seen.columns_left_out} more columns are not shown` : ""}`;
  const table = element("table", { id: "file-rows" }, element("caption", {}, caption), element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Line"), ...head)), element("tbody", {}, ...seen.rows.flatMap(row)));
  return [element("div", { class: "scroll", role: "region", tabindex: "0", "aria-label": "First rows of the file", id: "file-rows-region" }, table)];
}

/** Puts what a file changes into the draft; what is taken out was there. */
export function useChanges(editing: Editing, used: FileUsed): string[] {
  const paths: string[] = [];
  for (const { path, value } of used.changes) {
    const now = editing.value(path);
    if (value === null && (now === undefined || now === null)) continue;
    // A table that is there keeps what the file says nothing of.
    const whole = isTable(value) && isTable(now) ? { ...now, ...value, sources: { ...tableOf(now["sources"]), ...tableOf(value["sources"]) } } : value;
    editing.set(path, whole);
    paths.push(path);
  }
  return paths;
}
