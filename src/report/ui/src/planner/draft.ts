// A scenario that is being changed: what the server says it holds, the changes on top, what is wrong with them.

import { Refused, server, type Change, type Draft, type Problem, type RunRequest, type ScenarioEntry } from "./api";
import { changed, isEqual, isTable, lookUp, tableOf, type Json, type Table } from "./json";

const PAUSE_MS = 250;
const AGAIN_MS = 3000;
const KEPT = "portvolt-draft:";
/** The source of numbers that were changed here, as the server calls it. */
export const PLANNER = "planner";

/** Changes that were made together and are undone together. */
export interface Group {
  text: string;
  paths: string[];
  /** Cabinets that became a group of chargers of their own: where they came from and where they are. */
  split: { from: string; to: string } | null;
}

/** Changes that were put aside under a name, to be compared with others. */
export interface Aside {
  name: string;
  strategies: string[];
  changes: Change[];
}

/** What is kept of a draft while the page is loaded again. */
interface Kept {
  asides: Aside[];
  strategies: string[];
  changes: Change[];
  groups: Group[];
  days: string;
  seed: string;
}

/** What was typed into a field and is no value of it. */
interface Typed {
  text: string;
  message: string;
}

/** Drafts stay while the page is open: a person comes back from a run and goes on. */
const drafts = new Map<string, Editing>();

export function draftOf(entry: ScenarioEntry): Editing {
  const editing = drafts.get(entry.path) ?? new Editing(entry);
  drafts.set(entry.path, editing);
  editing.reopen(entry);
  return editing;
}

/** Goes on from the changes of a run. What was changed and not saved is lost only if the person agrees. */
export function setDraft(entry: ScenarioEntry, { strategies, changes, days, seed }: RunRequest): void {
  const editing = draftOf(entry);
  const isSame = isEqual(editing.strategies, strategies) && isEqual(table(editing.list()), table(changes));
  const question = "This scenario has other changes that are not saved. Put the changes of this run in their place?";
  if (!isSame && editing.list().length > 0 && !window.confirm(question)) return;
  [editing.days, editing.seed] = [days === null ? "" : String(days), String(seed)];
  if (isSame) editing.keep();
  else editing.replace(strategies, changes);
}

const table = (changes: Change[]): Table => Object.fromEntries(changes.map(({ path, value }) => [path, value]));

window.addEventListener("beforeunload", (event) => {
  if ([...drafts.values()].some((editing) => editing.list().length > 0) || isKeptUnsaved()) event.preventDefault();
});

/** Are there changes of a scenario that was not opened since the page was loaded? They go with the tab. */
function isKeptUnsaved(): boolean {
  try {
    const keys = Object.keys(sessionStorage).filter((key) => key.startsWith(KEPT) && !drafts.has(key.slice(KEPT.length)));
    return keys.some((key) => (JSON.parse(sessionStorage.getItem(key) ?? "null") as Kept | null)?.changes.length);
  } catch {
    return false;
  }
}

export class Editing {
  /** The scenario with all changes: as the server merged it, and what was changed since. */
  document: Table = {};
  /** What the server found wrong with the draft. */
  found: Problem[] = [];
  /** What can be run and is probably an error all the same. */
  doubts: string[] = [];
  /** What policies decide in it, as their tables are called. */
  decisions: string[] = [];
  /** Changes that were put aside. */
  asides: Aside[] = [];
  /** Why the server refused to run or save it; gone with the next change. */
  refusal: Problem[] = [];
  /** Why the draft could not be checked; it is asked again by itself. */
  unheard = "";
  strategies: string[] = [];
  days = "";
  seed = "1";
  private changes = new Map<string, Json>();
  private groups: Group[] = [];
  private readonly typed = new Map<string, Typed>();
  /** Without changes, by the strategies that are chosen. */
  private readonly originals = new Map<string, Table>();
  private listener: () => void = () => undefined;
  private timer = 0;
  private asked = 0;

  constructor(public entry: ScenarioEntry) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(KEPT + entry.path) ?? "null") as Kept | null;
      if (!kept) return;
      this.strategies = kept.strategies.filter((name) => entry.strategies.includes(name));
      this.changes = new Map(kept.changes.map(({ path, value }) => [path, value]));
      this.groups = kept.groups;
      this.asides = Array.isArray(kept.asides) ? kept.asides : [];
      [this.days, this.seed] = [kept.days, kept.seed];
    } catch {
      // Nothing can be read: the draft begins empty.
    }
  }

  /** Its file may have been changed since: what it says is asked for again. */
  reopen(entry: ScenarioEntry): void {
    this.entry = entry;
    this.originals.clear();
  }

  /** Nobody looks at it: nothing is asked. */
  rest(): void {
    this.listen(() => undefined);
    window.clearTimeout(this.timer);
  }

  /** Calls back after each answer of the server, in place of who was called before. */
  listen(heard: () => void): void {
    this.listener = heard;
  }

  draft(): Draft {
    return { scenario: this.entry.path, strategies: this.strategies, changes: this.list() };
  }

  list(): Change[] {
    return [...this.changes].map(([path, value]) => ({ path, value }));
  }

  /** Mistakes that keep the draft from being run or saved. */
  get problems(): Problem[] {
    const typed = [...this.typed].map(([field, { message }]) => ({ file: "", line: 0, column: 0, field, message, help: null }));
    return [...typed, ...this.found.filter((problem) => !this.typed.has(problem.field))];
  }

  /** What a field holds that is no value. */
  typedText(path: string): string | undefined {
    return this.typed.get(path)?.text;
  }

  /** Remembers what is no value until it is mended. */
  refuse(path: string, text: string, message: string): void {
    this.typed.set(path, { text, message });
    this.listener();
  }

  /** What was typed into a field is a value now. */
  mend(path: string): void {
    this.typed.delete(path);
  }

  /** Changes one value, or takes it out (`null`). A table that was added here is changed in place. */
  set(path: string, value: Json): void {
    this.typed.delete(path);
    const keys = path.split(".");
    const owner = keys.slice(0, 2).join(".");
    const [key, ...inner] = keys.slice(2);
    const added = this.changes.get(owner);
    if (key !== undefined && isTable(added)) {
      const row = changed(added, [key, ...inner], value);
      // A copy of other chargers brings their sources along; this number is not from there.
      if (typeof value === "number" && isTable(row["sources"])) row["sources"] = { ...row["sources"], [key]: PLANNER };
      this.changes.set(owner, row);
    } else if (this.original && isEqual(this.before(path) ?? null, value)) {
      this.changes.delete(path);
    } else {
      this.changes.set(path, value);
    }
    this.put(path, value);
    this.later();
  }

  /** Another policy decides: parameters go with the one that they were for. */
  choosePolicy(setting: string, name: string): void {
    this.drop(`${setting}.params`);
    const isBack = this.before(`${setting}.name`) === name;
    this.put(`${setting}.params`, isBack ? (this.before(`${setting}.params`) ?? null) : null);
    this.set(`${setting}.name`, name);
  }

  /** Puts the changes aside under a name; those of the same name go. */
  putAside(name: string): void {
    this.asides = [...this.asides.filter((known) => known.name !== name), { name, strategies: this.strategies, changes: this.list() }];
    this.keep();
  }

  /** Forgets changes that were put aside. */
  forget(name: string): void {
    this.asides = this.asides.filter((known) => known.name !== name);
    this.keep();
  }

  /** Remembers that changes belong together; those of a table that was added here have no parts of their own. */
  together(text: string, paths: string[], split: Group["split"] = null): void {
    const parts = paths.filter((path) => this.changes.has(path));
    this.groups = this.groups.filter((group) => split !== null || !group.paths.some((path) => parts.includes(path)));
    if (parts.length > 0) this.groups.push({ text, paths: parts, split });
    this.keep();
  }

  /** Groups that still hold, and the changes that belong to none. */
  parts(): { groups: Group[]; single: Change[] } {
    const groups = this.groups.filter((group) => (group.split ? this.changes.has(group.split.to) : group.paths.every((path) => this.changes.has(path))));
    const taken = new Set(groups.flatMap((group) => group.paths));
    return { groups, single: this.list().filter(({ path }) => !taken.has(path)) };
  }

  /** Takes a whole table out; one that was added here is just forgotten. */
  remove(path: string): void {
    this.drop(path);
    if (!this.original || this.before(path) !== undefined) this.changes.set(path, null);
    this.put(path, null);
    this.later();
  }

  undo(path: string): void {
    this.drop(path);
    this.put(path, this.before(path) ?? null);
    this.later();
  }

  undoGroup(group: Group): void {
    this.groups = this.groups.filter((known) => known !== group);
    if (!group.split) {
      group.paths.forEach((path) => this.undo(path));
      return;
    }
    // The cabinets go back to where they came from, whatever was changed there since.
    const { from, to } = group.split;
    const [left, moved] = [this.value(`${from}.cabinets`), this.value(`${to}.cabinets`)];
    this.undo(to);
    if (typeof left === "number" && typeof moved === "number") this.set(`${from}.cabinets`, left + moved);
  }

  clear(): void {
    this.changes.clear();
    this.typed.clear();
    this.groups = [];
    const original = this.original;
    if (original) this.document = structuredClone(original);
    this.later();
  }

  /** Forgets changes that were saved; what was changed since stays. */
  settle(saved: Change[]): void {
    for (const { path, value } of saved) if (isEqual(this.changes.get(path), value)) this.changes.delete(path);
    this.groups = this.parts().groups;
    this.later();
  }

  replace(strategies: string[], changes: Change[]): void {
    this.clear();
    this.strategies = strategies;
    this.changes = new Map(changes.map(({ path, value }) => [path, value]));
    this.later();
  }

  /** Keys of a table that are there or were: a row of a key that was taken out would not be new. */
  taken(table: string): string[] {
    return [...this.rows(table).map(([key]) => key), ...Object.keys(tableOf(this.before(table)))];
  }

  /** A table of the scenario by name, such as all of `charger`. */
  rows(table: string): [string, Table][] {
    return Object.entries(tableOf(this.document[table])).filter((row): row is [string, Table] => isTable(row[1]));
  }

  value(path: string): Json | undefined {
    return lookUp(this.document, path);
  }

  /** The value without the changes. */
  before(path: string): Json | undefined {
    return lookUp(this.original ?? {}, path);
  }

  private get original(): Table | undefined {
    return this.originals.get(this.strategies.join("/"));
  }

  /** Forgets the changes of a value or of a whole table, and what was typed there. */
  private drop(path: string): void {
    for (const known of [...this.changes.keys(), ...this.typed.keys()]) {
      if (known !== path && !known.startsWith(`${path}.`)) continue;
      this.changes.delete(known);
      this.typed.delete(known);
    }
  }

  /** Shows a change before the server has answered. */
  private put(path: string, value: Json): void {
    const copy = structuredClone(this.document);
    const keys = path.split(".");
    const last = keys.pop() ?? "";
    let at: Table = copy;
    for (const key of keys) {
      const next = at[key] ?? (at[key] = {});
      // A bare name where a table could be: the server knows what it means.
      if (!isTable(next)) return;
      at = next;
    }
    if (value === null) Reflect.deleteProperty(at, last);
    else at[last] = structuredClone(value);
    this.document = copy;
  }

  /** Keeps the draft while the page is loaded again; it goes when the tab is closed. */
  keep(): void {
    const key = KEPT + this.entry.path;
    const kept: Kept = { strategies: this.strategies, changes: this.list(), groups: this.groups, asides: this.asides, days: this.days, seed: this.seed };
    try {
      sessionStorage.setItem(key, JSON.stringify(kept));
    } catch {
      // There is no room: it stays as long as the page does.
    }
  }

  /** Asks the server soon: not at every key that is pressed. */
  later(): void {
    // An answer that is under way is about an older draft.
    this.asked += 1;
    this.refusal = [];
    this.keep();
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), PAUSE_MS);
  }

  async check(): Promise<void> {
    window.clearTimeout(this.timer);
    this.asked += 1;
    const number = this.asked;
    const key = this.strategies.join("/");
    const plain = { scenario: this.entry.path, strategies: this.strategies, changes: [] };
    try {
      const [{ problems, doubts, decisions, document }, original] = await Promise.all([server.check(this.draft()), this.originals.has(key) ? null : server.check(plain)]);
      if (number !== this.asked) return;
      if (original?.document) this.originals.set(key, original.document);
      this.found = problems;
      // A draft with an error says nothing of them: those that were told before stay.
      if (problems.length === 0) [this.doubts, this.decisions] = [doubts, decisions];
      this.unheard = "";
      if (document) this.document = document;
    } catch (error) {
      if (number !== this.asked) return;
      const { message, problems, status } = error instanceof Refused ? error : new Refused(String(error), [], 0);
      const isUnheard = status === 0 || status === 401 || status >= 500;
      this.unheard = isUnheard ? message : "";
      if (isUnheard) this.timer = window.setTimeout(() => void this.check(), AGAIN_MS);
      else this.found = problems.length > 0 ? problems : [{ file: "", line: 0, column: 0, field: "", message, help: null }];
    }
    this.listener();
  }
}

/** A key that no row of a table has: `name`, `name_2`, ... */
export function freeKey(name: string, taken: string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name}_${number}`)) number += 1;
  return `${name}_${number}`;
}
