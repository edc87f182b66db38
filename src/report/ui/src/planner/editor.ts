// A scenario on the map: sites and chargers on the left, forms of what is chosen on the right, what is wrong below.

import { element, section } from "../dom";
import { download, server, type Json, type Problem, type ScenarioEntry, type Table, type Workspace } from "./api";
import { Editing, freeKey } from "./draft";
import { fields, form, markProblems, type Field } from "./form";
import { layoutMap } from "./layout";

/** Fields of a site that a planner asks for first; the others are behind "More". */
const SITE_FIRST = ["limit_kw", "tariff", "queue", "load_kw"];
const SITE_NEVER = ["lat", "lon", "kind", "load_by_hour", "name"];
const CHARGER_NEVER = ["site"];
const NEW_CHARGER: Table = { cabinets: 1, cabinet_kw: 150, ports: 1, efficiency: 0.92 };

export interface Shared {
  workspace: Workspace;
  schema: Table;
  say: (message: string, isBad?: boolean) => void;
  go: (hash: string) => void;
}

/** Drafts stay while the page is open: a person comes back from a run and goes on. */
const drafts = new Map<string, Editing>();

export async function openEditor(page: HTMLElement, entry: ScenarioEntry, shared: Shared): Promise<void> {
  const editing = drafts.get(entry.path) ?? new Editing(entry);
  drafts.set(entry.path, editing);
  page.replaceChildren(element("p", {}, "Reading the scenario …"));
  await editing.check();
  new Editor(page, editing, shared).draw();
}

function button(text: string, act: () => void, kind = ""): HTMLButtonElement {
  const made = element("button", { type: "button", class: kind }, text);
  made.addEventListener("click", act);
  return made;
}

/** A change in words; of a group of chargers what a planner asks first. */
function toldValue(value: Json): string {
  if (value === null) return "is taken out";
  if (typeof value !== "object") return `= ${String(value)}`;
  if (Array.isArray(value)) return `= ${value.join(", ")}`;
  return `is new: ${String(value["cabinets"])} cabinets of ${String(value["cabinet_kw"])} kW at ${String(value["site"])}`;
}

class Editor {
  private chosen: string;
  private readonly panel = element("div", { class: "panel" });
  private readonly problems = element("div", { class: "problems", role: "status", "aria-live": "polite" });
  private readonly changes = element("div");
  private readonly run: HTMLButtonElement;
  private readonly map;
  private readonly siteFields: Field[];
  private readonly chargerFields: Field[];
  /** Forms are built again after the next answer: rows came or went. */
  private isStale = false;

  constructor(
    private readonly page: HTMLElement,
    private readonly editing: Editing,
    private readonly shared: Shared,
  ) {
    this.siteFields = fields(shared.schema, "SiteSpec").filter((field) => !SITE_NEVER.includes(field.key));
    this.chargerFields = fields(shared.schema, "ChargerSpec").filter((field) => !CHARGER_NEVER.includes(field.key));
    this.chosen = this.first();
    this.run = button("Run", () => void this.start(), "main");
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
  }

  private bar(): HTMLElement {
    const days = element("input", { id: "days", size: "4", inputmode: "numeric", placeholder: String(this.editing.value("time.days") ?? "") });
    const seed = element("input", { id: "seed", size: "4", inputmode: "numeric", value: "1" });
    const bar = element("div", { class: "bar" });
    if (this.editing.entry.strategies.length > 0) bar.append(...this.strategies());
    bar.append(
      element("label", { for: "days" }, "days"), days,
      element("label", { for: "seed" }, "seed"), seed,
      this.run,
      button("Save as …", () => void this.save()),
      button("Download the file", () => void this.download()),
    );
    return bar;
  }

  private strategies(): HTMLElement[] {
    const select = element("select", { id: "strategy" }, element("option", { value: "" }, "as it is"));
    for (const name of this.editing.entry.strategies) select.append(element("option", { value: name }, name));
    select.value = this.editing.strategies[0] ?? "";
    select.addEventListener("change", () => {
      this.editing.strategies = select.value === "" ? [] : [select.value];
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

  private restructure(): void {
    this.isStale = true;
  }

  /** Chargers go behind the connection of their new site: a node of the old one is not there. */
  private move(charger: string, site: string): void {
    this.editing.set(`charger.${charger}.site`, site);
    if (typeof this.editing.value(`charger.${charger}.behind`) === "string") this.editing.set(`charger.${charger}.behind`, null);
    this.chosen = site;
    this.restructure();
    this.shared.say(`${charger} moved to ${site}`);
  }

  /** Some cabinets of a group become a group of their own at another site. */
  private split(charger: string, count: number, site: string): void {
    const row = this.editing.rows("charger").find(([key]) => key === charger)?.[1];
    const all = Number(row?.["cabinets"] ?? 0);
    if (!row || !Number.isInteger(count) || count < 1 || count > all) {
      this.shared.say(`choose 1 to ${all} cabinets`, true);
      return;
    }
    if (count === all) return this.move(charger, site);
    const taken = this.editing.rows("charger").map(([key]) => key);
    const { behind: _behind, ...rest } = row;
    this.editing.set(`charger.${charger}.cabinets`, all - count);
    this.editing.set(`charger.${freeKey(`${charger}_at_${site}`, taken)}`, { ...rest, cabinets: count, site });
    this.chosen = site;
    this.restructure();
    this.shared.say(`${count} of ${all} cabinets of ${charger} moved to ${site}`);
  }

  private add(): void {
    const groups = this.editing.rows("charger");
    const like = groups.find(([, row]) => row["site"] === this.chosen) ?? groups[0];
    const users: Json = like?.[1]["users"] ?? ["public"];
    const key = freeKey(`${this.chosen}_chargers`, groups.map(([known]) => known));
    this.editing.set(`charger.${key}`, { ...NEW_CHARGER, users, site: this.chosen });
    this.restructure();
  }

  private drawPanel(): void {
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
      form({ path, fields: list, values: row, suggestions: this.suggestions(), change: (at, value) => this.change(at, value) });
    const groups = this.editing.rows("charger").filter(([, row]) => row["site"] === key);
    const details = (id: string, title: string, ...children: Node[]) => {
      const node = element("details", { id }, element("summary", {}, title), ...children);
      if (open.has(id)) node.open = true;
      return node;
    };
    this.panel.replaceChildren(
      section(String(values["name"] ?? key), "The site's connection and what its electricity costs.", shape(first, `site.${key}`, values), details("more-site", "More of the site", shape(more, `site.${key}`, values))),
      section("Chargers here", groups.length === 0 ? "None." : "Groups of like cabinets.", ...groups.map(([charger, row]) => this.group(charger, row, shape, details)), button("Add chargers here", () => this.add())),
      section("Who decides", "Policies of the whole scenario.", this.policies()),
    );
  }

  private group(charger: string, row: Table, shape: (list: Field[], path: string, row: Table) => HTMLElement, details: (id: string, title: string, ...children: Node[]) => HTMLElement): HTMLElement {
    const first = this.chargerFields.filter((field) => ["cabinets", "cabinet_kw", "ports", "behind"].includes(field.key));
    const more = this.chargerFields.filter((field) => !first.includes(field));
    const count = element("input", { size: "3", inputmode: "numeric", value: String(row["cabinets"] ?? 1), "aria-label": `cabinets of ${charger} to move` });
    const others = this.editing.rows("site").filter(([key]) => key !== row["site"]);
    const target = element("select", { "aria-label": `site to move ${charger} to` }, ...others.map(([key, site]) => element("option", { value: key }, String(site["name"] ?? key))));
    return element(
      "fieldset",
      {},
      element("legend", {}, charger),
      shape(first, `charger.${charger}`, row),
      details(`more-${charger}`, "More", shape(more, `charger.${charger}`, row)),
      element("div", { class: "bar" }, "Move", count, "cabinets to", target, button("Move", () => this.split(charger, Number(count.value), target.value))),
      button("Delete", () => {
        this.editing.remove(`charger.${charger}`);
        this.restructure();
      }),
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
    }
    const { problems } = this.editing;
    markProblems(problems);
    this.problems.replaceChildren(...(problems.length === 0 ? [] : [this.list(problems)]));
    this.run.disabled = problems.length > 0;
    const rows = this.editing.list().map(({ path, value }) => {
      const undo = button("Undo", () => {
        this.editing.undo(path);
        this.restructure();
      });
      return element("li", {}, element("code", {}, path), ` ${toldValue(value)} `, undo);
    });
    this.changes.replaceChildren(rows.length === 0 ? element("p", {}, "None yet.") : element("ul", { id: "change-list" }, ...rows));
  }

  private list(problems: Problem[]): HTMLElement {
    const items = problems.map((problem) => {
      const where = problem.field !== "" ? problem.field : problem.line > 0 ? `${problem.file}:${problem.line}` : problem.file;
      const lead = button(where, () => document.getElementById(`field:${problem.field}`)?.focus(), "link");
      return element("li", {}, lead, ` ${problem.message}${problem.help ? ` (${problem.help})` : ""}`);
    });
    return element("div", {}, element("b", {}, problems.length === 1 ? "1 mistake to mend before it can run:" : `${problems.length} mistakes to mend before it can run:`), element("ul", {}, ...items));
  }

  private async start(): Promise<void> {
    const number = (id: string) => (document.getElementById(id) as HTMLInputElement | null)?.value.trim() ?? "";
    const days = number("days") === "" ? null : Number(number("days"));
    const seed = Number(number("seed"));
    if ((days !== null && !Number.isInteger(days)) || !Number.isInteger(seed)) return this.shared.say("days and seed are whole numbers", true);
    try {
      const state = await server.start(this.editing.draft(), days, seed);
      this.shared.go(`#/run/${encodeURIComponent(state.id)}`);
    } catch (error) {
      this.shared.say(String((error as Error).message), true);
      await this.editing.check();
    }
  }

  private async save(): Promise<void> {
    const name = window.prompt("Name of the new file (letters, digits, _ and -)", `${this.editing.entry.path.split("/")[0]}_changed`);
    if (name === null) return;
    try {
      const { path, text } = await server.save(this.editing.draft(), name.replace(/\.toml$/, ""));
      this.shared.say(`Saved as ${path}; the file is downloaded too.`);
      download(path.split("/").pop() ?? "scenario.toml", text);
    } catch (error) {
      this.shared.say(String((error as Error).message), true);
    }
  }

  private async download(): Promise<void> {
    download(`${this.editing.entry.path.replace(/\W+/g, "_")}.toml`, await server.file(this.editing.entry.path));
    if (this.editing.list().length > 0) this.shared.say("This is the file without your changes; “Save as” writes one with them.");
  }
}
