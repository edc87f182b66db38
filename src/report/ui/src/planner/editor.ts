// A scenario on the map: sites and chargers on the left, forms of what is chosen on the right, what is wrong above both.

import { button, element, section } from "../lib/dom";
import { keepFocus } from "../lib/focus";
import { callThem, strategyName } from "../lib/labels";
import { warningsBox } from "../lib/parts";
import { NO_BACKGROUND, type Land } from "../map/view";
import { download, isCut, Refused, server, type Change, type Problem, type RunState, type ScenarioEntry, type Workspace } from "./api";
import { comparing } from "./comparing";
import { doubting } from "./doubting";
import { searching } from "./searching";
import { ask } from "./dialog";
import { draftOf, type Aside, type Editing, type Group } from "./draft";
import { askFile, fileDrop, useChanges } from "./files";
import { markProblems, numberOf } from "./form";
import { tableOf, textOf, type Table } from "./json";
import { LayoutMap } from "./layout";
import { PlanEditor } from "./placing";
import { fieldTitle, Panels } from "./panels";
import { askSite } from "./siting";
import { names, toldChange } from "./told";

const MOST_DAYS = 1100;

export interface Shared {
  workspace: Workspace;
  schema: Table;
  say: (message: string, isBad?: boolean) => void;
  /** Opens another view; `told` is said there. */
  go: (hash: string, told?: string) => void;
}

export async function openEditor(page: HTMLElement, entry: ScenarioEntry, shared: Shared, gone: AbortSignal): Promise<void> {
  const editing = draftOf(entry);
  editing.listen(() => undefined);
  page.replaceChildren(element("p", {}, "Reading the scenario …"));
  await editing.check();
  if (isCut(gone)) return;
  if (editing.unheard !== "") {
    editing.rest();
    throw new Refused(editing.unheard, [], 0);
  }
  // A map without its coast is still a map.
  const land = await landAround(editing).catch(() => []);
  if (isCut(gone)) return;
  gone.addEventListener("abort", () => editing.rest());
  new Editor(page, editing, shared, land).draw();
}

async function landAround(editing: Editing): Promise<Land> {
  const sites = editing.rows("site").map(([, site]) => [Number(site["lat"]), Number(site["lon"])] as const);
  const known = sites.filter(([lat, lon]) => Number.isFinite(lat) && Number.isFinite(lon));
  if (known.length === 0) return [];
  const [lats, lons] = [known.map(([lat]) => lat), known.map(([, lon]) => lon)];
  return server.land({ west: Math.min(...lons), south: Math.min(...lats), east: Math.max(...lons), north: Math.max(...lats) });
}

/** The id lets the focus come back to it when it was made again. */
function named(made: HTMLButtonElement, id: string, kind = ""): HTMLButtonElement {
  made.id = id;
  if (kind !== "") made.className = kind;
  return made;
}

class Editor {
  private chosen: string;
  private readonly doubts = element("div", { role: "status", "aria-live": "polite" });
  private readonly problems = element("div", { class: "problems", role: "status", "aria-live": "polite" });
  private readonly changes = element("div");
  private readonly run: HTMLButtonElement;
  private readonly saving: HTMLButtonElement;
  private readonly studies: HTMLButtonElement[];
  private readonly panels: Panels;
  private readonly map: LayoutMap;
  private readonly plan: PlanEditor;
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
    land: Land,
  ) {
    this.chosen = this.first();
    this.run = named(button("Run", () => void this.busy(() => this.start())), "run", "main");
    this.studies = [
      named(button("Compare …", () => void this.busy(() => this.startStudy((drafted, numbers) => comparing({ editing: drafted, workspace: shared.workspace }, numbers), server.compare))), "compare"),
      named(button("Find the best …", () => void this.busy(() => this.startStudy((drafted, numbers) => searching({ editing: drafted, workspace: shared.workspace }, numbers), server.search))), "search"),
      named(button("What decides? …", () => void this.busy(() => this.startStudy(doubting, server.sensitivity))), "sensitivity"),
    ];
    this.saving = button("Save as …", () => void this.busy(() => this.save()));
    this.panels = new Panels({
      editing,
      workspace: shared.workspace,
      schema: shared.schema,
      chosen: () => this.chosen,
      choose: (site) => this.choose(site),
      say: shared.say,
      restructure: (next) => this.restructure(next),
    });
    this.map = new LayoutMap(editing, land, (site) => this.choose(site), (charger, site) => this.panels.move(charger, site));
    this.plan = new PlanEditor(editing);
    editing.listen(() => this.heard());
  }

  /** The site with the most charging ports. */
  private first(): string {
    const ports = new Map<string, number>();
    for (const [, row] of this.editing.rows("charger")) {
      const site = textOf(row["site"]);
      ports.set(site, (ports.get(site) ?? 0) + Number(row["cabinets"] ?? 0) * Number(row["ports"] ?? 1));
    }
    const [most] = [...ports].sort((a, b) => b[1] - a[1]);
    return most?.[0] ?? this.editing.rows("site")[0]?.[0] ?? "";
  }

  draw(): void {
    const { entry } = this.editing;
    callThem(names(this.editing));
    const title = element("h1", { tabindex: "-1" }, textOf(this.editing.document["title"]) || entry.title);
    this.page.replaceChildren(
      title,
      element("p", {}, entry.description),
      this.bar(),
      this.problems,
      this.doubts,
      element(
        "div",
        { class: "row edit" },
        element("div", { class: "beside" }, section("Layout", "A click chooses a site.", this.map.node, element("div", { class: "bar" }, button("Add a site …", () => void this.addSite())), this.upload()), this.plan.node, section("Your own files", "", fileDrop((file) => void this.busy(() => this.take(file)))), section("Changes", "What is different from the file. Nothing is written until you save.", this.changes)),
        this.panels.node,
      ),
    );
    this.panels.draw();
    this.heard();
    this.numbers();
    void this.showBackground();
  }

  /** A map of the planner's own, to lie under the sites. */
  private upload(): HTMLElement {
    const input = element("input", { id: "upload-map", type: "file", accept: ".geojson" });
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (file) void this.busy(() => this.lay(file));
    });
    const about = "GeoJSON: lines are roads, along which trucks are drawn in the report; polygons are outlines, such as yard blocks. It changes no result.";
    return element("details", { id: "own-map" }, element("summary", {}, "Your own map of roads and yards"), element("p", { class: "legend" }, element("label", { for: input.id }, `${about} `), input));
  }

  private async addSite(): Promise<void> {
    const { editing, shared } = this;
    const answer = await askSite(editing, shared.schema, this.chosen);
    if (!answer) return;
    editing.set(`site.${answer.key}`, answer.site);
    this.choose(answer.key);
    this.restructure("site-choice");
  }

  /** A file of the planner's own, beside the scenario and in the draft. */
  private async take(file: File): Promise<void> {
    const { editing, shared } = this;
    shared.say("");
    const used = await askFile(file, editing, this.chosen);
    document.getElementById("add-file")?.focus();
    if (!used) return;
    editing.together(`From ${file.name}`, useChanges(editing, used));
    this.restructure();
    const written = used.files.length > 0 ? `${used.files.join(" and ")} ${used.files.length > 1 ? "are" : "is"} beside the scenario now. ` : "";
    shared.say(`${written}In this scenario: ${used.told}. It is among the changes; “Save as” keeps it.`);
  }

  private async lay(file: File): Promise<void> {
    const { editing, shared } = this;
    const { path } = await server.putBackground(editing.entry.path, file.name, await file.text());
    editing.set("background.geojson", path);
    shared.say(`The map ${path} is beside the scenario now and lies under its sites.`);
    await this.showBackground();
  }

  /** A map without it is still a map. */
  private async showBackground(): Promise<void> {
    if (tableOf(this.editing.document["background"])["geojson"] === undefined && tableOf(this.editing.document["background"])["picture"] === undefined) return;
    this.map.lay(await server.background(this.editing.draft()).catch(() => NO_BACKGROUND));
  }

  private bar(): HTMLElement {
    const { editing } = this;
    const days = element("input", { id: "days", size: "4", inputmode: "numeric", placeholder: textOf(editing.value("time.days")), "aria-describedby": "days:wrong days:about" });
    const seed = element("input", { id: "seed", size: "4", inputmode: "numeric", "aria-describedby": "seed:wrong" });
    [days.value, seed.value] = [editing.days, editing.seed];
    const wrong = (id: string) => element("span", { class: "wrong", id: `${id}:wrong`, role: "status" });
    const bar = element("div", { class: "bar" });
    if (editing.entry.strategies.length > 0) bar.append(...this.strategies());
    const { is_transition } = editing.entry;
    if (!is_transition) bar.append(element("label", { for: "days" }, "Days"), days, wrong("days"));
    bar.append(this.run, ...this.studies, this.saving, button("Download the file", () => void this.download()));
    const advanced = element("details", { class: "advanced" }, element("summary", {}, "Advanced"), element("label", { for: "seed" }, "Random seed "), seed, wrong("seed"), element("span", { class: "legend" }, " Another seed draws other random days."));
    for (const node of [bar, advanced]) {
      node.addEventListener("input", () => {
        [editing.days, editing.seed, editing.refusal] = [days.value, seed.value, []];
        editing.keep();
        this.numbers();
        this.heard();
      });
    }
    const horizon = `Simulates ${textOf(editing.value("transition.from"))} to ${textOf(editing.value("transition.until"))}; years, goals and rules are in the scenario's file.`;
    const about = is_transition ? horizon : "Days: empty runs as many as the file says.";
    return element("div", {}, bar, element("p", { class: "legend", id: "days:about" }, about), advanced);
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
    const days = this.editing.entry.is_transition ? null : read("days", this.editing.days, 1, MOST_DAYS, `a whole number from 1 to ${MOST_DAYS.toLocaleString("en-US")}`);
    const seed = read("seed", this.editing.seed, 0, Number.MAX_SAFE_INTEGER, "a whole number, 0 or more");
    return days !== undefined && typeof seed === "number" ? { days, seed } : null;
  }

  private strategies(): HTMLElement[] {
    const select = element("select", { id: "strategy" }, element("option", { value: "" }, "Base case"));
    for (const name of this.editing.entry.strategies) select.append(element("option", { value: name }, strategyName(name)));
    // A run may have had several at once.
    const several = this.editing.strategies.length > 1 ? this.editing.strategies : [];
    const both = several.join(" + ");
    if (both !== "") select.append(element("option", { value: both }, several.map(strategyName).join(" + ")));
    select.value = both !== "" ? both : (this.editing.strategies[0] ?? "");
    select.addEventListener("change", () => {
      this.editing.strategies = select.value === "" ? [] : select.value === both ? several : [select.value];
      this.isStale = true;
      this.editing.later();
    });
    return [element("label", { for: "strategy" }, "Strategy"), select];
  }

  private choose(site: string): void {
    this.chosen = site;
    this.map.draw(site);
    this.plan.draw(site);
    this.panels.draw();
  }

  private restructure(next = ""): void {
    this.isStale = true;
    this.next = next;
  }

  /** The server answered: everything but what is being typed follows. */
  private heard(): void {
    callThem(names(this.editing));
    this.map.draw(this.chosen);
    this.plan.draw(this.chosen);
    if (this.isStale) {
      this.isStale = false;
      this.panels.draw();
      if (this.next !== "") document.getElementById(this.next)?.focus({ preventScroll: true });
      this.next = "";
    }
    const { problems, doubts, refusal, unheard } = this.editing;
    markProblems([...problems, ...refusal]);
    const told = [
      ...(unheard === "" ? [] : [element("p", {}, `Not checked: ${unheard} It is asked again by itself.`)]),
      ...(problems.length === 0 ? [] : [this.list(problems, problems.length === 1 ? "1 error; fix it before it can run:" : `${problems.length} errors; fix them before it can run:`)]),
      ...(refusal.length === 0 ? [] : [this.list(refusal, "The server refused it:")]),
    ];
    keepFocus(() => this.problems.replaceChildren(...told));
    // What can be run and is probably an error all the same, in the words of `validate`.
    this.doubts.replaceChildren(...warningsBox(doubts, problems.length > 0 ? "Warning, before these errors" : "Warning"));
    this.allow();
    keepFocus(() => this.drawChanges(), this.editing.list().length > 0 ? "undo-all" : "changes-title");
  }

  private allow(): void {
    const isShut = this.isBusy || this.editing.problems.length > 0;
    for (const made of [this.run, this.saving, ...this.studies]) made.disabled = isShut;
  }

  private drawChanges(): void {
    const { groups, single } = this.editing.parts();
    const list = this.editing.list();
    const undo = (id: string, what: string, act: () => void) => named(button("Undo", () => this.undone(act), `undo ${what}`), `undo:${id}`);
    const words = (change: Change) => [element("span", { title: change.path }, toldChange(change)), " "];
    const grouped = (group: Group) => {
      const parts = list.filter(({ path }) => group.paths.includes(path));
      return element("li", {}, `${group.text} `, undo(group.paths.join(" "), group.text, () => this.editing.undoGroup(group)), element("ul", {}, ...parts.map((part) => element("li", {}, ...words(part)))));
    };
    const rows = [...groups.map(grouped), ...single.map((change) => element("li", {}, ...words(change), undo(change.path, change.path, () => this.editing.undo(change.path))))];
    const listed = rows.length === 0 ? [element("p", {}, "None yet.")] : [element("ul", { id: "change-list" }, ...rows), element("div", { class: "bar" }, named(button("Undo all", () => this.undone(() => this.editing.clear())), "undo-all"), named(button("Put aside …", () => void this.putAside()), "put-aside"))];
    this.changes.replaceChildren(...listed, ...this.asides());
  }

  /** Changes under a name of their own, so that several can be compared. */
  private async putAside(): Promise<void> {
    const { editing } = this;
    const check = (text: string) => (text === "" || text.length > 60 ? "A name of 1 to 60 letters." : "");
    const about = "The changes stay on the page too; “Compare” and “What decides?” then offer them under this name.";
    const answer = await ask("Put these changes aside", [{ name: "name", label: "Name", value: `Variant ${editing.asides.length + 1}`, about, check }], "Put aside");
    if (!answer) return;
    editing.putAside(answer["name"] ?? "");
    this.drawChanges();
  }

  private asides(): HTMLElement[] {
    const { editing } = this;
    if (editing.asides.length === 0) return [];
    const one = (aside: Aside) => {
      const { name, strategies, changes } = aside;
      const take = button("Take up", () => this.takeUp(aside), `take up ${name}`);
      const forget = button("Forget", () => {
        editing.forget(name);
        this.drawChanges();
      }, `forget ${name}`);
      const words = [...strategies.map(strategyName), ...changes.map(toldChange)].join("; ");
      return element("li", {}, element("b", {}, name), ` ${words} `, take, " ", forget);
    };
    return [element("h3", {}, "Put aside"), element("ul", { id: "aside-list" }, ...editing.asides.map(one))];
  }

  /** Goes on from changes that were put aside; what is on the page and nowhere else is lost only if the person agrees. */
  private takeUp({ strategies, changes }: Aside): void {
    const { editing } = this;
    const isAside = editing.asides.some((known) => JSON.stringify(known.changes) === JSON.stringify(editing.list()));
    if (editing.list().length > 0 && !isAside && !window.confirm("The changes on the page are not put aside. Put these in their place?")) return;
    editing.replace(strategies, changes);
    this.restructure();
  }

  private undone(act: () => void): void {
    act();
    document.getElementById("changes-title")?.setAttribute("tabindex", "-1");
    this.restructure();
  }

  private list(problems: Problem[], heading: string): HTMLElement {
    const items = problems.map((problem) => {
      const where = problem.field !== "" ? fieldTitle(this.shared.schema, problem.field) : problem.line > 0 ? `${problem.file}:${problem.line}` : problem.file;
      const lead = where === "" ? "" : named(button(where, () => this.lead(problem.field)), `problem:${where}`, "link");
      return element("li", {}, lead, ` ${problem.message}${problem.help ? ` (${problem.help})` : ""}`);
    });
    return element("div", {}, element("b", {}, heading), element("ul", {}, ...items));
  }

  /** Goes to the field of an error, at whichever site it is. */
  private lead(field: string): void {
    const [kind, key = ""] = field.split(".");
    const site = kind === "site" || kind === "terminal" ? key : kind === "charger" ? this.editing.value(`charger.${key}.site`) : undefined;
    if (typeof site === "string" && site !== this.chosen && this.editing.value(`site.${site}`) !== undefined) this.choose(site);
    const lot = /\.plan\.lots\.([^.]+)/.exec(field)?.[1];
    if (lot !== undefined) {
      document.getElementById(`lot:${lot}`)?.focus();
      return;
    }
    this.panels.open(field);
    const input = document.getElementById(`field:${field}`);
    const details = input?.closest("details");
    if (details) details.open = true;
    input?.focus();
  }

  /** One request at a time: a second click does nothing. What the server refuses shows with the other errors. */
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
        this.shared.say((error as Error).message, true);
      }
    }
    this.isBusy = false;
    this.allow();
  }

  private asked(): { days: number | null; seed: number } | null {
    const numbers = this.numbers();
    if (!numbers) [...this.page.querySelectorAll(".bar .wrong:not(:empty), .advanced .wrong:not(:empty)")].slice(0, 1).forEach((node) => document.getElementById(node.id.replace(":wrong", ""))?.focus());
    return numbers;
  }

  private async start(): Promise<void> {
    const numbers = this.asked();
    if (!numbers) return;
    const state = await server.start(this.editing.draft(), numbers.days, numbers.seed);
    this.shared.go(`#/run/${encodeURIComponent(state.id)}`);
  }

  /** Asks in a window what is to be studied, and goes to where it shows. */
  private async startStudy<T>(ask: (editing: Editing, numbers: { days: number | null; seed: number }) => Promise<T | null>, start: (request: T) => Promise<RunState>): Promise<void> {
    const numbers = this.asked();
    const request = numbers && (await ask(this.editing, numbers));
    if (!request) return;
    const state = await start(request);
    this.shared.go(`#/run/${encodeURIComponent(state.id)}`);
  }

  private async save(): Promise<void> {
    const { editing } = this;
    const now = textOf(editing.value("title")) || editing.entry.title;
    const isName = (text: string) => /^[A-Za-z0-9_-]{1,90}$/.test(text);
    const answer = await ask(
      "Save as a new scenario",
      [
        { name: "name", label: "Name of the file", value: `${editing.entry.path.split("/")[0] ?? "scenario"}_changed`, about: "Letters, digits, _ and -. A file that is there is not overwritten.", check: (text) => (isName(text.replace(/\.toml$/, "")) ? "" : "Use letters, digits, _ and - only.") },
        { name: "title", label: "Title", value: `${now} (changed)`, about: "What pages and reports call it." },
      ],
      "Save",
    );
    if (!answer) return;
    const title = answer["title"] ?? "";
    const draft = editing.draft();
    const sent = draft.changes;
    if (title !== "" && title !== now) draft.changes = [...draft.changes.filter(({ path }) => path !== "title"), { path: "title", value: title }];
    const { path, text } = await server.save(draft, (answer["name"] ?? "").replace(/\.toml$/, ""));
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
