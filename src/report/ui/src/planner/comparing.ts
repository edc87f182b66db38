// What to compare: a window whose rows are the variants, each with its strategy, policy and changes; how often each is
// simulated, and when it is clear enough.

import { metricLabel, type MetricName } from "../data/metrics";
import { button, element } from "../lib/dom";
import { decisionName, policyName, strategyName } from "../lib/labels";
import type { Change, ComparisonRequest, Variant, Workspace } from "./api";
import { decidedIn } from "./deciding";
import { askFor } from "./dialog";
import type { Aside, Editing } from "./draft";
import { numberOf } from "./form";

/** Fewer say little about chance. */
const REPLICATIONS = 20;
const MOST = 1000;
/** As the server takes them. */
const MOST_VARIANTS = 12;
const METRICS: MetricName[] = ["queue_wait_p95_min", "bill_total_usd", "peak_kw", "equipment_hours_served", "hauls_completed", "year_cost_usd"];
const BASE = "Base case";
const MINE = "My changes";

/** A draft and what can be chosen in it. */
export interface Open {
  editing: Editing;
  workspace: Workspace;
}

/** Changes under a name: those on the page, and those that were put aside. */
function changeSets(editing: Editing): Aside[] {
  const changes = editing.list();
  const mine: Aside[] = changes.length > 0 ? [{ name: MINE, strategies: editing.strategies, changes }] : [];
  return [...mine, ...editing.asides];
}

/** All that could be compared: the file as it is, what was changed here and what was put aside, each strategy beside it. */
export function variants(editing: Editing): Variant[] {
  const base: Variant = { name: BASE, strategies: [], changes: [] };
  const beside = editing.entry.strategies.map((name): Variant => ({ name: strategyName(name), strategies: [name], changes: [] }));
  return [base, ...changeSets(editing), ...beside];
}

/** What a row of the window has chosen. */
export interface Chosen {
  /** An overlay beside the scenario, or nothing. */
  strategies: string[];
  /** Table and name of a policy, such as `policy.charging=edf`, or nothing. */
  policy: string;
  changes: Change[];
}

/** Policy and changes together: what the changes say of the same decision gives way. */
export function variantChanges({ policy, changes }: Pick<Chosen, "changes" | "policy">): Change[] {
  const [setting = "", name = ""] = policy.split("=");
  if (name === "") return changes;
  const rest = changes.filter(({ path }) => path !== setting && !path.startsWith(`${setting}.`));
  return [...rest, { path: `${setting}.name`, value: name }];
}

/** A row of the window. */
interface Row {
  node: HTMLElement;
  name: HTMLInputElement;
  variant: () => Variant;
}

class Rows {
  readonly node = element("div", { class: "variants", role: "group", "aria-label": "Variants" });
  readonly baseline = element("select", { id: "baseline" });
  private rows: Row[] = [];
  private count = 0;
  private readonly sets: Aside[];

  constructor(private readonly open: Open) {
    this.sets = changeSets(open.editing);
  }

  get all(): Variant[] {
    return this.rows.map((row) => row.variant());
  }

  add(first: Variant & { policy?: string }): void {
    if (this.rows.length >= MOST_VARIANTS) return;
    const { editing } = this.open;
    const at = this.count++;
    const option = (value: string, text: string) => element("option", { value }, text);
    const number = at + 1;
    const name = element("input", { id: `variant:${at}`, class: "name", value: first.name, "aria-label": `Name of variant ${number}` });
    const strategy = element("select", { "aria-label": `Strategy of variant ${number}` }, option("", BASE), ...editing.entry.strategies.map((known) => option(known, strategyName(known))));
    const several = first.strategies.join(" + ");
    if (first.strategies.length > 1) strategy.append(option(several, first.strategies.map(strategyName).join(" + ")));
    strategy.value = several;
    const policy = element("select", { "aria-label": `Policy of variant ${number}` }, option("", "policies as they are"), ...decidedIn(this.open).map(({ setting, policies }) => element("optgroup", { label: decisionName(setting) }, ...policies.map((known) => option(`${setting}=${known.name}`, policyName(known.name))))));
    policy.value = first.policy ?? "";
    const sets = this.sets;
    const changes = element("select", { "aria-label": `Changes of variant ${number}` }, option("", "no changes"), ...sets.map((set, index) => option(String(index), set.name)));
    const own = sets.findIndex((set) => set.name === first.name);
    changes.value = own >= 0 && first.changes.length > 0 ? String(own) : "";
    let isNamed = first.name !== "";
    const chosenSet = () => (changes.value === "" ? undefined : sets[Number(changes.value)]);
    const tell = () => {
      if (!isNamed) name.value = [strategy.value === "" ? "" : (strategy.selectedOptions[0]?.textContent ?? ""), policy.value === "" ? "" : policyName(policy.value.split("=")[1] ?? ""), chosenSet()?.name ?? ""].filter((part) => part !== "").join(", ") || BASE;
      this.tell();
    };
    name.addEventListener("input", () => {
      isNamed = name.value.trim() !== "";
      this.tell();
    });
    changes.addEventListener("change", () => {
      // Changes are on top of what they were made on.
      const set = chosenSet();
      if (set) strategy.value = set.strategies.join(" + ");
      if (strategy.selectedIndex < 0) strategy.value = "";
    });
    for (const made of [strategy, policy, changes]) {
      made.addEventListener("change", () => {
        // Another choice is another thing: the name that it came with no longer fits.
        isNamed = isNamed && name.value !== first.name;
        tell();
      });
    }
    const remove = button("×", () => {
      this.rows = this.rows.filter((row) => row.name !== name);
      this.draw();
    }, `Take variant ${number} out`);
    const node = element("div", { class: "variant" }, name, strategy, policy, changes, remove);
    const variant = (): Variant => ({ name: name.value.trim(), strategies: strategy.value === "" ? [] : strategy.value.split(" + "), changes: variantChanges({ policy: policy.value, changes: chosenSet()?.changes ?? [] }) });
    this.rows.push({ node, name, variant });
    tell();
    this.draw();
  }

  private draw(): void {
    const head = element("div", { class: "variant head", "aria-hidden": "true" }, ...["Name", "Strategy", "Policy", "Changes", ""].map((text) => element("span", {}, text)));
    this.node.replaceChildren(head, ...this.rows.map(({ node }) => node));
    this.tell();
  }

  private tell(): void {
    const chosen = this.baseline.value;
    this.baseline.replaceChildren(...this.rows.map(({ name }) => element("option", { value: name.id }, name.value)));
    if (this.rows.some(({ name }) => name.id === chosen)) this.baseline.value = chosen;
  }

  /** All variants, the one that the others are compared with first. */
  inOrder(): Variant[] {
    const first = this.rows.findIndex(({ name }) => name.id === this.baseline.value);
    const { all } = this;
    const base = all[Math.max(0, first)];
    return base ? [base, ...all.filter((variant) => variant !== base)] : [];
  }
}

/** What is wrong with a choice of variants; empty: nothing. */
export function wrongVariants(all: Variant[]): string {
  if (all.length < 2) return "Add a second variant: one alone cannot be compared.";
  const names = all.map(({ name }) => name);
  if (names.some((name) => name === "" || name.length > 100)) return "Each variant has a name of 1 to 100 letters.";
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return `Two variants are called “${twice}”.`;
  const bodies = all.map(({ strategies, changes }) => JSON.stringify([strategies, changes]));
  const same = bodies.findIndex((body, at) => bodies.indexOf(body) !== at);
  return same < 0 ? "" : `“${names[same]}” is the same as “${names[bodies.indexOf(bodies[same] ?? "")]}”.`;
}

/** A row for every policy that means to be good, of the first decision: charging, where anything is charged. */
function addPolicies(open: Open, rows: Rows): void {
  const known = decidedIn(open).find(({ setting }) => setting === "policy.charging") ?? decidedIn(open)[0];
  for (const { name, is_floor } of known?.policies ?? []) {
    if (is_floor || name === "schedule") continue;
    rows.add({ name: "", strategies: [], changes: [], policy: `${known?.setting}=${name}` });
  }
}

/** Asks; null where it was cancelled. */
export function comparing(open: Open, { days, seed }: { days: number | null; seed: number }): Promise<ComparisonRequest | null> {
  const { editing } = open;
  const rows = new Rows(open);
  const known = variants(editing);
  // What was changed or put aside is meant to be compared; of the strategies beside the file the first ones.
  known.slice(0, Math.max(2, 1 + editing.asides.length + (editing.list().length > 0 ? 1 : 0))).forEach((variant) => rows.add(variant));
  const add = button("Add a variant", () => rows.add({ name: "", strategies: [], changes: [] }));
  const policies = button("Add every charging policy", () => addPolicies(open, rows));
  const count = element("input", { id: "replications", size: "4", inputmode: "numeric", value: String(REPLICATIONS) });
  const stops = element("input", { type: "checkbox", id: "until" });
  const metric = element("select", { id: "until-metric", "aria-label": "Metric that decides when to stop" }, ...METRICS.map((name) => element("option", { value: name }, metricLabel(name))));
  const fields = [
    element("p", {}, "Each variant is simulated on the same random days, so a difference is the variant's and not the weather's or the traffic's."),
    rows.node,
    element("div", { class: "bar" }, add, policies),
    element("p", { class: "legend" }, "More sets of changes: change something on the page, then “Put aside …”."),
    element("div", { class: "bar" }, element("label", { for: "baseline" }, "Compared with"), rows.baseline),
    element("div", { class: "bar" }, element("label", { for: "replications" }, "Simulations of each (replications)"), count),
    element("div", { class: "bar" }, stops, element("label", { for: "until" }, "Go on until the differences are known to 5 % in"), metric),
  ];
  const read = (): ComparisonRequest | string => {
    const replications = numberOf(count.value);
    const chosen = rows.inOrder();
    const wrong = wrongVariants(chosen);
    if (wrong !== "") return wrong;
    if (replications === undefined || !Number.isInteger(replications) || replications < 2 || replications > MOST) return `Replications: a whole number from 2 to ${MOST.toLocaleString("en-US")}.`;
    const decides = METRICS.find((name) => name === metric.value);
    const until = stops.checked && decides ? { metric: decides, share: 0.05, most: Math.min(MOST, Math.max(100, replications)) } : null;
    return { scenario: editing.entry.path, variants: chosen, replications, days, seed, until };
  };
  return askFor({ title: "Compare variants", fields, act: "Start the comparison", read });
}
