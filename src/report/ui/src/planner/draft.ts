// A scenario that is being changed: what the server says it holds, the changes on top, what is wrong with them.

import { Refused, server, type Change, type Draft, type Json, type Problem, type ScenarioEntry, type Table } from "./api";

const PAUSE_MS = 250;

export class Editing {
  /** The scenario with all changes, as the server merged it. */
  document: Table = {};
  problems: Problem[] = [];
  strategies: string[] = [];
  /** False while an answer is awaited. */
  isChecked = false;
  private readonly changes = new Map<string, Json>();
  private readonly listeners: (() => void)[] = [];
  private timer = 0;
  private asked = 0;

  constructor(readonly entry: ScenarioEntry) {}

  /** Calls back after each answer of the server. */
  listen(heard: () => void): void {
    this.listeners.push(heard);
  }

  draft(): Draft {
    return { scenario: this.entry.path, strategies: this.strategies, changes: this.list() };
  }

  list(): Change[] {
    return [...this.changes].map(([path, value]) => ({ path, value }));
  }

  /** Changes one value, or takes it out (`null`). A table that was added here is changed in place. */
  set(path: string, value: Json): void {
    const [owner, key] = [path.split(".").slice(0, 2).join("."), path.split(".")[2]];
    const added = this.changes.get(owner);
    if (key !== undefined && added !== null && typeof added === "object" && !Array.isArray(added)) {
      const row = { ...added };
      if (value === null) delete row[key];
      else row[key] = value;
      this.changes.set(owner, row);
    } else {
      this.changes.set(path, value);
    }
    this.later();
  }

  /** Takes a whole table out; one that was added here is just forgotten. */
  remove(path: string): void {
    const isAdded = this.changes.has(path) && this.changes.get(path) !== null;
    for (const known of [...this.changes.keys()]) if (known === path || known.startsWith(`${path}.`)) this.changes.delete(known);
    if (!isAdded) this.changes.set(path, null);
    this.later();
  }

  undo(path: string): void {
    this.changes.delete(path);
    this.later();
  }

  clear(): void {
    this.changes.clear();
    this.later();
  }

  /** A table of the scenario by name, such as all of `charger`. */
  rows(table: string): [string, Table][] {
    const rows = this.document[table];
    if (rows === null || typeof rows !== "object" || Array.isArray(rows)) return [];
    return Object.entries(rows).filter((row): row is [string, Table] => typeof row[1] === "object" && row[1] !== null && !Array.isArray(row[1]));
  }

  value(path: string): Json | undefined {
    let at: Json | undefined = this.document;
    for (const key of path.split(".")) {
      if (at === null || typeof at !== "object" || Array.isArray(at)) return undefined;
      at = at[key];
    }
    return at;
  }

  /** Asks the server soon: not at every key that is pressed. */
  later(): void {
    this.isChecked = false;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.check(), PAUSE_MS);
  }

  async check(): Promise<void> {
    this.asked += 1;
    const number = this.asked;
    try {
      const { problems, document } = await server.check(this.draft());
      if (number !== this.asked) return;
      this.problems = problems;
      if (document) this.document = document;
    } catch (error) {
      if (number !== this.asked) return;
      const message = error instanceof Refused ? error.message : String(error);
      this.problems = [{ file: "", line: 0, field: "", message, help: null }];
    }
    this.isChecked = true;
    this.listeners.forEach((heard) => heard());
  }
}

/** A key that no row of a table has: `name`, `name_2`, ... */
export function freeKey(name: string, taken: string[]): string {
  if (!taken.includes(name)) return name;
  let number = 2;
  while (taken.includes(`${name}_${number}`)) number += 1;
  return `${name}_${number}`;
}
