// A scenario on the map: sites and chargers on the left, forms of what is chosen on the right, what is wrong below.

import { element, section } from "../dom";
import { download, Refused, server, type Change, type Json, type Problem, type ScenarioEntry, type Table, type Workspace } from "./api";
import { draftOf, freeKey, PLANNER, type Editing, type Group } from "./draft";
import { keepFocus } from "./focus";
import { fields, form, markProblems, numberOf, type Field } from "./form";
import { warningsBox } from "../parts";
import { layoutMap } from "./layout";

/** Fields of a site that a planner asks for first; the others are behind "More". */
const SITE_FIRST = ["limit_kw", "tariff", "queue", "load_kw"];
const SITE_NEVER = ["lat", "lon", "kind", "load_by_hour", "name"];
const CHARGER_FIRST = ["cabinets", "cabinet_kw", "ports", "behind"];
const CHARGER_NEVER = ["site"];
const MOST_DAYS = 1100;
const NEW_CHARGER: Table = { cabinets: 1, cabinet_kw: 150, ports: 1, efficiency: 0.92 };

export interface Shared {
  workspace: Workspace;
  schema: Table;
  say: (message: string, isBad?: boolean) => void;
  /** Opens another view; `told` is said there. */
  go: (hash: string, told?: string) => void;
}

export async function openEditor(page: HTMLElement, entry: ScenarioEntry, shared: Shared, gone: AbortSignal): Promise<void> {
  const editing = draftOf(entry);
  editing.listen(() => {});
  page.replaceChildren(element("p", {}, "Reading the scenario …"));
  await editing.check();
  if (gone.aborted) return;
  if (editing.unheard !== "") {
    editing.rest();
    throw new Refused(editing.unheard, [], 0);
  }
  gone.addEventListener("abort", () => editing.rest());
  new Editor(page, editing, shared).draw();
}

/** The id lets the focus come back to it when it was made again. */
function button(text: string, act: () => void, { kind = "", id = "", label = "", about = "" } = {}): HTMLButtonElement {
  const made = element("button", { type: "button" }, text);
  if (kind) made.className = kind;
  if (id) made.id = id;
  // Of many buttons of one text, which this is.
  if (label) made.setAttribute("aria-label", label);
  if (about) made.title = about;
  made.addEventListener("click", act);
  return made;
}

/** A change in words; of a group of chargers what a planner asks first. */
function toldValue(value: Json): string {
  if (value === null) return "is taken out";
  if (typeof value !== "object") return `= ${String(value)}`;
  if (Array.isArray(value)) return `= ${value.join(", ")}`;
  if (value["cabinets"] === undefined) return `= ${JSON.stringify(value)}`;
  return `is new: ${String(value["cabinets"])} cabinets of ${String(value["cabinet_kw"])} kW at ${String(value["site"])}`;
}

class Editor {
  private chosen: string;
  private readonly panel = element("div", { class: "panel" });
  private readonly doubts = element("div", { role: "status", "aria-live": "polite" });
  private readonly problems = element("div", { class: "problems", role: "status", "aria-live": "polite" });
  private readonly changes = element("div");
  private readonly run: HTMLButtonElement;
  private readonly map;
  private readonly siteFields: Field[];
  private readonly chargerFields: Field[];
  private readonly saving: HTMLButtonElement;
  /** Forms are built again after the next answer: rows came or went. */
  private isStale = false;
  /** What gets the focus then: an element by its id. */
  private next = "";
  /** A request to run or save is under way. */
  private isBusy = false;

  constructor(
    private readonly page: HTMLElement,
    private readonly editing: Editing,
    private readonly shared: Shared,
  ) {
    this.siteFields = fields(shared.schema, "SiteSpec").filter((field) => !SITE_NEVER.includes(field.key));
    this.chargerFields = fields(shared.schema, "ChargerSpec").filter((field) => !CHARGER_NEVER.includes(field.key));
    this.chosen = this.first();
    this.run = button("Run", () => void this.busy(() => this.start()), { kind: "main" });
    this.saving = button("Save as …", () => void this.busy(() => this.save()));
    this.map = layoutMap(editing, (site) => this.choose(site), (charger, site) => this.move(charger, site));
    editing.listen(() => this.heard());
  }

  /** The site with the most ports. */
  private first(): string {
    const ports = new Map<string, number>();
    for (const [, row] of this.editing.rows("charger")) {
      const site = String(row["site"]);
      ports.set(site, (ports.get(site) ?? 0) + Number(row["cabinets"] ?? 0) * Number(row["ports"] ?? 1));
    }
    const [most] = [...ports].sort((a, b) => b[1] - a[1]);
    return most?.[0] ?? this.editing.rows("site")[0]?.[0] ?? "";
  }

  draw(): void {
    const { entry } = this.editing;
    const title = element("h1", { tabindex: "-1" }, String(this.editing.document["title"] ?? entry.title));
    this.page.replaceChildren(
      title,
      element("p", {}, entry.description),
      this.bar(),
      this.problems,
      this.doubts,
      element(
        "div",
        { class: "row edit" },
        section("Layout", "A click chooses a site. Drag a plug to another site to move the chargers; the number is of their ports.", this.map.node),
        this.panel,
      ),
      section("Changes", "What is different from the file. Nothing is written until you save.", this.changes),
    );
    this.drawPanel();
    this.heard();
    this.numbers();
  }

  private bar(): HTMLElement {
    const { editing } = this;
    const days = element("input", { id: "days", size: "4", inputmode: "numeric", placeholder: String(editing.value("time.days") ?? ""), "aria-describedby": "days:wrong days:about" });
    const seed = element("input", { id: "seed", size: "4", inputmode: "numeric", "aria-describedby": "seed:wrong" });
    [days.value, seed.value] = [editing.days, editing.seed];
    const wrong = (id: string) => element("span", { class: "wrong", id: `${id}:wrong`, role: "status" });
    const bar = element("div", { class: "bar" });
    if (editing.entry.strategies.length > 0) bar.append(...this.strategies());
    bar.append(
      element("label", { for: "days" }, "days"), days, wrong("days"),
      element("label", { for: "seed" }, "seed"), seed, wrong("seed"),
      this.run,
      this.saving,
      button("Download the file", () => void this.download()),
    );
    bar.addEventListener("input", () => {
      [editing.days, editing.seed, editing.refusal] = [days.value, seed.value, []];
      editing.keep();
      this.numbers();
      this.heard();
    });
    const about = editing.entry.is_transition ? "Years, goals and rules of this scenario are in its file." : "Days: empty runs as many as the file says.";
    return element("div", {}, bar, element("p", { class: "legend", id: "days:about" }, about));
  }

  /** Days and seed as numbers, or null after saying by the field what is wrong. */
  private numbers(): { days: number | null; seed: number } | null {
    const read = (id: string, text: string, least: number, most: number, message: string) => {
      const number = numberOf(text);
      const isRight = number !== undefined && Number.isInteger(number) && number >= least && number <= most;
      const told = document.getElementById(`${id}:wrong`);
      const isEmpty = id === "days" && text.trim() === "";
      if (told) told.textContent = isRight || isEmpty ? "" : message;
      if (isEmpty) return null;
      return isRight ? number : undefined;
    };
    const days = read("days", this.editing.days, 1, MOST_DAYS, `a whole number from 1 to ${MOST_DAYS.toLocaleString("en-US")}`);
    const seed = read("seed", this.editing.seed, 0, Number.MAX_SAFE_INTEGER, "a whole number, 0 or more");
    return days !== undefined && typeof seed === "number" ? { days, seed } : null;
  }

  private strategies(): HTMLElement[] {
    const select = element("select", { id: "strategy" }, element("option", { value: "" }, "as it is"));
    for (const name of this.editing.entry.strategies) select.append(element("option", { value: name }, name));
    // A run may have had several at once.
    const several = this.editing.strategies.length > 1 ? this.editing.strategies : [];
    const both = several.join(" + ");
    if (both !== "") select.append(element("option", { value: both }, both));
    select.value = both !== "" ? both : (this.editing.strategies[0] ?? "");
    select.addEventListener("change", () => {
      this.editing.strategies = select.value === "" ? [] : select.value === both ? several : [select.value];
      this.isStale = true;
      this.editing.later();
    });
    return [element("label", { for: "strategy" }, "strategy"), select];
  }

  private choose(site: string): void {
    this.chosen = site;
    this.map.draw(site);
    this.drawPanel();
  }

  private change(path: string, value: Json): void {
    this.editing.set(path, value);
  }

  private restructure(next = ""): void {
    this.isStale = true;
    this.next = next;
  }

  private siteName(site: string): string {
    return String(this.editing.value(`site.${site}.name`) ?? site);
  }

  /** Chargers go behind the connection of their new site: a node of the old one is not there. */
  private move(charger: string, site: string): void {
    const { editing } = this;
    const [place, behind] = [`charger.${charger}.site`, `charger.${charger}.behind`];
    const isBack = editing.before(place) === site;
    editing.set(place, site);
    editing.set(behind, isBack ? (editing.before(behind) ?? null) : null);
    const text = `${charger} moved to ${this.siteName(site)}`;
    editing.together(text, [place, behind]);
    this.chosen = site;
    this.restructure();
    this.shared.say(text);
  }

  /** Some cabinets of a group become a group of their own at another site. */
  private split(charger: string, count: number, site: string): void {
    const { editing } = this;
    const row = editing.rows("charger").find(([key]) => key === charger)?.[1];
    const all = Number(row?.["cabinets"] ?? 0);
    if (!row || !Number.isInteger(count) || count < 1 || count > all) {
      this.shared.say(`choose 1 to ${all} cabinets`, true);
      return;
    }
    if (count === all) return this.move(charger, site);
    const taken = editing.taken("charger");
    const { behind: _behind, ...rest } = row;
    const old = rest["sources"] !== null && typeof rest["sources"] === "object" && !Array.isArray(rest["sources"]) ? rest["sources"] : {};
    // What is copied keeps its source; how many there are was decided here.
    const sources = { ...old, cabinets: PLANNER };
    const [from, to] = [`charger.${charger}`, `charger.${freeKey(`${charger}_at_${site}`, taken)}`];
    editing.set(`${from}.cabinets`, all - count);
    editing.set(to, { ...rest, cabinets: count, site, sources });
    const text = `${count} of ${all} cabinets of ${charger} moved to ${this.siteName(site)}`;
    editing.together(text, [`${from}.cabinets`, to], { from, to });
    this.chosen = site;
    this.restructure(`field:${to}.cabinets`);
    this.shared.say(text);
  }

  private add(): void {
    const groups = this.editing.rows("charger");
    const like = groups.find(([, row]) => row["site"] === this.chosen) ?? groups[0];
    const users: Json = like?.[1]["users"] ?? ["public"];
    const key = freeKey(`${this.chosen}_chargers`, this.editing.taken("charger"));
    this.editing.set(`charger.${key}`, { ...NEW_CHARGER, users, site: this.chosen });
    this.restructure(`field:charger.${key}.cabinets`);
  }

  private drawPanel(): void {
    keepFocus(() => this.makePanel(), "add-chargers");
  }

  private makePanel(): void {
    const site = this.editing.rows("site").find(([key]) => key === this.chosen);
    const open = new Set([...this.panel.querySelectorAll("details[open]")].map((node) => node.id));
    if (!site) {
      this.panel.replaceChildren(element("p", {}, "Choose a site on the map."));
      return;
    }
    const [key, values] = site;
    const first = this.siteFields.filter((field) => SITE_FIRST.includes(field.key));
    const more = this.siteFields.filter((field) => !SITE_FIRST.includes(field.key));
    const shape = (list: Field[], path: string, row: Table) =>
      form({ path, fields: list, values: row, suggestions: this.suggestions(), change: (at, value) => this.change(at, value), refuse: (at, text, message) => this.editing.refuse(at, text, message), typedText: (at) => this.editing.typedText(at) });
    const groups = this.editing.rows("charger").filter(([, row]) => row["site"] === key);
    const details = (id: string, title: string, ...children: Node[]) => {
      const node = element("details", { id }, element("summary", {}, title), ...children);
      if (open.has(id)) node.open = true;
      return node;
    };
    this.panel.replaceChildren(
      section(String(values["name"] ?? key), "The site's connection and what its electricity costs.", shape(first, `site.${key}`, values), details("more-site", "More of the site", shape(more, `site.${key}`, values))),
      section("Chargers here", groups.length === 0 ? "None." : "Groups of like cabinets.", ...groups.map(([charger, row]) => this.group(charger, row, shape, details)), button("Add chargers here", () => this.add(), { id: "add-chargers" })),
      section("Who decides", "Policies of the whole scenario.", this.policies()),
    );
  }

  private group(charger: string, row: Table, shape: (list: Field[], path: string, row: Table) => HTMLElement, details: (id: string, title: string, ...children: Node[]) => HTMLElement): HTMLElement {
    const first = CHARGER_FIRST.flatMap((key) => this.chargerFields.filter((field) => field.key === key));
    const more = this.chargerFields.filter((field) => !first.includes(field));
    const count = element("input", { id: `move-count:${charger}`, size: "3", inputmode: "numeric", value: String(row["cabinets"] ?? 1), "aria-label": `cabinets of ${charger} to move` });
    const others = this.editing.rows("site").filter(([key]) => key !== row["site"]);
    const target = element("select", { id: `move-to:${charger}`, "aria-label": `site to move ${charger} to` }, ...others.map(([key, site]) => element("option", { value: key }, String(site["name"] ?? key))));
    const main = shape(first, `charger.${charger}`, row);
    main.addEventListener("input", (event) => {
      const input = event.target as HTMLInputElement;
      const cabinets = input.id === `field:charger.${charger}.cabinets` ? numberOf(input.value) : undefined;
      if (cabinets !== undefined) count.value = String(cabinets);
    });
    return element(
      "fieldset",
      {},
      element("legend", {}, charger),
      main,
      details(`more-${charger}`, "More", shape(more, `charger.${charger}`, row)),
      element("div", { class: "bar" }, "Move", count, "cabinets to", target, button("Move", () => this.split(charger, numberOf(count.value) ?? 0, target.value), { id: `move:${charger}`, about: `cabinets of ${charger}` })),
      element("div", { class: "apart" }, button("Delete", () => {
        this.editing.remove(`charger.${charger}`);
        this.restructure();
      }, { kind: "delete", id: `delete:${charger}`, label: `delete ${charger}` })),
    );
  }

  private suggestions(): Record<string, string[]> {
    const nodes = this.editing.rows("node").filter(([, node]) => node["site"] === this.chosen);
    return { tariff: this.shared.workspace.tariffs, behind: nodes.map(([key]) => key) };
  }

  private policies(): HTMLElement {
    const list = element("div", { class: "form" });
    const charging = this.shared.workspace.charging;
    const choice = (kind: "charging" | "dispatch", title: string, names: string[], about: (name: string) => string) => {
      const now = this.editing.value(`policy.${kind}`);
      const name = typeof now === "string" ? now : String(this.editing.value(`policy.${kind}.name`) ?? this.editing.value(`policy.${kind}.plugin`) ?? names[0]);
      const select = element("select", { id: `field:policy.${kind}.name` });
      for (const known of names.includes(name) ? names : [...names, name]) select.append(element("option", { value: known }, known));
      select.value = name;
      const told = element("span", { class: "about" }, about(name));
      select.addEventListener("change", () => {
        told.textContent = about(select.value);
        this.change(`policy.${kind}.name`, select.value);
      });
      list.append(element("label", { for: select.id }, title), select, told, element("span", { class: "wrong", id: `${select.id}:wrong` }));
    };
    choice("charging", "charging", charging.map(([name]) => name), (name) => charging.find(([known]) => known === name)?.[1] ?? "a plugin");
    choice("dispatch", "dispatch of trucks", this.shared.workspace.dispatch, () => "");
    return list;
  }

  /** The server answered: everything but what is being typed follows. */
  private heard(): void {
    this.map.draw(this.chosen);
    if (this.isStale) {
      this.isStale = false;
      this.drawPanel();
      if (this.next !== "") document.getElementById(this.next)?.focus({ preventScroll: true });
      this.next = "";
    }
    const { problems, doubts, refusal, unheard } = this.editing;
    markProblems([...problems, ...refusal]);
    const told = [
      ...(unheard === "" ? [] : [element("p", {}, `Not checked: ${unheard} It is asked again by itself.`)]),
      ...(problems.length === 0 ? [] : [this.list(problems, problems.length === 1 ? "1 mistake to mend before it can run:" : `${problems.length} mistakes to mend before it can run:`)]),
      ...(refusal.length === 0 ? [] : [this.list(refusal, "The server refused it:")]),
    ];
    keepFocus(() => this.problems.replaceChildren(...told));
    // What can be run and is probably a mistake all the same, in the words of `validate`.
    this.doubts.replaceChildren(...warningsBox(problems.length > 0 ? [] : doubts, "Look at this"));
    this.allow();
    keepFocus(() => this.drawChanges(), this.editing.list().length > 0 ? "undo-all" : "changes-title");
  }

  private allow(): void {
    const isShut = this.isBusy || this.editing.problems.length > 0;
    [this.run.disabled, this.saving.disabled] = [isShut, isShut];
  }

  private drawChanges(): void {
    const { groups, single } = this.editing.parts();
    const list = this.editing.list();
    const undo = (id: string, what: string, act: () => void) => button("Undo", () => this.undone(act), { id: `undo:${id}`, label: `undo ${what}` });
    const words = ({ path, value }: Change) => [element("code", {}, path), ` ${toldValue(value)} `];
    const grouped = (group: Group) => {
      const parts = list.filter(({ path }) => group.paths.includes(path));
      return element("li", {}, `${group.text} `, undo(group.paths.join(" "), group.text, () => this.editing.undoGroup(group)), element("ul", {}, ...parts.map((part) => element("li", {}, ...words(part)))));
    };
    const rows = [...groups.map(grouped), ...single.map((change) => element("li", {}, ...words(change), undo(change.path, change.path, () => this.editing.undo(change.path))))];
    if (rows.length === 0) {
      this.changes.replaceChildren(element("p", {}, "None yet."));
      return;
    }
    this.changes.replaceChildren(element("ul", { id: "change-list" }, ...rows), button("Undo all", () => this.undone(() => this.editing.clear()), { id: "undo-all" }));
  }

  private undone(act: () => void): void {
    act();
    document.getElementById("changes-title")?.setAttribute("tabindex", "-1");
    this.restructure();
  }

  private list(problems: Problem[], heading: string): HTMLElement {
    const items = problems.map((problem) => {
      const where = problem.field !== "" ? problem.field : problem.line > 0 ? `${problem.file}:${problem.line}` : problem.file;
      const lead = where === "" ? "" : button(where, () => this.lead(problem.field), { kind: "link", id: `problem:${where}` });
      return element("li", {}, lead, ` ${problem.message}${problem.help ? ` (${problem.help})` : ""}`);
    });
    return element("div", {}, element("b", {}, heading), element("ul", {}, ...items));
  }

  /** Goes to the field of a mistake, at whichever site it is. */
  private lead(field: string): void {
    const [kind, key = ""] = field.split(".");
    const site = kind === "site" ? key : kind === "charger" ? this.editing.value(`charger.${key}.site`) : undefined;
    if (typeof site === "string" && site !== this.chosen && this.editing.value(`site.${site}`) !== undefined) this.choose(site);
    const input = document.getElementById(`field:${field}`);
    const details = input?.closest("details");
    if (details) details.open = true;
    input?.focus();
  }

  /** One request at a time: a second click does nothing. What the server refuses shows with the other mistakes. */
  private async busy(work: () => Promise<void>): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    this.allow();
    try {
      await work();
    } catch (error) {
      if (error instanceof Refused && error.problems.length > 0) {
        this.editing.refusal = error.problems;
        this.heard();
      } else {
        this.shared.say(String((error as Error).message), true);
      }
    }
    this.isBusy = false;
    this.allow();
  }

  private async start(): Promise<void> {
    const numbers = this.numbers();
    if (!numbers) {
      [...this.page.querySelectorAll(".bar .wrong:not(:empty)")].slice(0, 1).forEach((node) => document.getElementById(node.id.replace(":wrong", ""))?.focus());
      return;
    }
    const state = await server.start(this.editing.draft(), numbers.days, numbers.seed);
    this.shared.go(`#/run/${encodeURIComponent(state.id)}`);
  }

  private async save(): Promise<void> {
    const { editing } = this;
    const name = window.prompt("Name of the new file (letters, digits, _ and -)", `${editing.entry.path.split("/")[0]}_changed`);
    if (name === null) return;
    const now = String(editing.value("title") ?? editing.entry.title);
    const title = window.prompt("Title of the new scenario. Cancel keeps the title it has.", `${now} (changed)`)?.trim() ?? "";
    const draft = editing.draft();
    const sent = draft.changes;
    if (title !== "" && title !== now) draft.changes = [...draft.changes.filter(({ path }) => path !== "title"), { path: "title", value: title }];
    const { path, text } = await server.save(draft, name.trim().replace(/\.toml$/, ""));
    download(path.split("/").pop() ?? "scenario.toml", text);
    // The changes are in the new file now, but those made while it was written.
    editing.settle(sent);
    if (editing.list().length > 0) {
      this.shared.say(`Saved as ${path}; the file is downloaded too. What you changed since then is here still.`);
      return;
    }
    this.shared.go(`#/scenario/${encodeURIComponent(path)}`, `Saved as ${path}; the file is downloaded too. This is the new scenario.`);
  }

  private async download(): Promise<void> {
    try {
      download(`${this.editing.entry.path.replace(/\W+/g, "_")}.toml`, await server.file(this.editing.entry.path));
      if (this.editing.list().length > 0) this.shared.say("This is the file without your changes; “Save as” writes one with them.");
    } catch (error) {
      this.shared.say((error as Error).message, true);
    }
  }
}
