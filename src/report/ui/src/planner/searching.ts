// What to search: a window that asks what may be chosen, by what it is judged, what must hold, and how long it may take.

import { metricLabel, metricUnit, type MetricName } from "../data/metrics";
import { element } from "../lib/dom";
import { show } from "../lib/format";
import { numberName, policyName } from "../lib/labels";
import type { Choices, Constraint, SearchRequest } from "./api";
import { askFor } from "./dialog";
import type { Open } from "./comparing";
import { numberOf } from "./form";
import { isTable, tableOf, textOf, type Table } from "./json";

/** Fields of tables that are decided about, and whether only whole numbers make sense. */
const DECIDED: [string, string, boolean][] = [
  ["charger", "cabinets", true],
  ["charger", "cabinet_kw", false],
  ["charger", "ports", true],
  ["charger", "port_kw", false],
  ["site", "limit_kw", false],
  ["storage", "energy_kwh", false],
  ["storage", "power_kw", false],
  ["solar", "dc_kw", false],
];
/** The decision whose policies a search can choose between, and those that are ticked at first. */
const CONTROL = "policy.charging";
const FIRST_CONTROLS = ["edf", "fcfs", "price_aware"];
/** Metrics of money exist where the scenario has prices. */
const PRICED: MetricName[] = ["year_cost_usd", "cost_per_haul_usd", "npv_usd"];
const OBJECTIVES: MetricName[] = ["bill_total_usd", "peak_kw", "queue_wait_p95_min", "sessions_unmet", "hauls_completed", "equipment_hours_served", "co2e_t"];
const CONSTRAINED: MetricName[] = ["queue_wait_p95_min", "hauls_completed", "hauls_late", "equipment_hours_served", "equipment_served_share", "sessions_served_share", "sessions_unmet", "peak_kw", "overload_intervals", "bill_total_usd"];
const CONSTRAINTS = 3;
const MINUTES = 10;
const MOST_DESIGNS = 1e9;

/** One thing that may be decided, with the fields that say between what. */
interface Decision {
  path: string;
  node: HTMLElement;
  /** What may be chosen; what is wrong with it; nothing where it is not decided. */
  read: () => Choices | string | null;
}

const input = (id: string, value: string, label: string) => element("input", { id, value, size: "6", inputmode: "decimal", "aria-label": label });

/** About half to one and a half times of what there is, in four steps of a round number. */
export function around(value: number, isWhole: boolean): { from: number; to: number; step: number } {
  const rough = Math.abs(value) / 4;
  const size = 10 ** Math.floor(Math.log10(rough || 1));
  const round = [1, 2, 5].map((digit) => digit * size).reverse().find((step) => step <= rough) ?? size;
  const step = isWhole ? Math.max(1, Math.round(round)) : round;
  const tidy = (number: number) => Number(number.toPrecision(10));
  return { from: Math.max(step, tidy(value - 2 * step)), to: tidy(Math.max(value, step) + 2 * step), step };
}

function range(path: string, value: number, isWhole: boolean): Decision {
  const text = `${numberName(path)} (now ${show(value)})`;
  const box = element("input", { type: "checkbox", id: `decide:${path}` });
  const start = around(value, isWhole);
  const fields = (["from", "to", "step"] as const).map((key) => ({ key, field: input(`decide:${path}:${key}`, String(start[key]), `${numberName(path)}, ${key}`) }));
  const node = element("div", { class: "decision" }, box, element("label", { for: box.id }, text), element("span", { class: "bar" }, ...fields.flatMap(({ key, field }) => [` ${key} `, field])));
  // Who types a range wants it to be decided.
  for (const { field } of fields) field.addEventListener("input", () => (box.checked = true));
  const read = () => {
    if (!box.checked) return null;
    const [from, to, step] = fields.map(({ field }) => numberOf(field.value));
    if (from === undefined || to === undefined || step === undefined || from >= to || step <= 0) return `${numberName(path)}: three numbers, from below to, and a step above 0.`;
    return { from, to, step };
  };
  return { path, node, read };
}

function control(now: string, known: string[]): Decision {
  const path = `${CONTROL}.name`;
  const box = element("input", { type: "checkbox", id: `decide:${path}` });
  const names = [...new Set([now, ...known])].filter((name) => name !== "");
  const choices = names.map((name) => {
    const made = element("input", { type: "checkbox", id: `control:${name}`, value: name });
    made.checked = name === now || FIRST_CONTROLS.includes(name);
    return { made, label: element("label", { for: made.id }, ` ${policyName(name)}`) };
  });
  const node = element("div", { class: "decision" }, box, element("label", { for: box.id }, "Charging control"), element("div", { class: "inner" }, ...choices.map(({ made, label }) => element("span", {}, made, label, " "))));
  const read = () => {
    if (!box.checked) return null;
    const chosen = choices.filter(({ made }) => made.checked).map(({ made }) => made.value);
    return chosen.length < 2 ? "Charging control: choose two or more." : chosen;
  };
  return { path, node, read };
}

/** What the draft has that can be decided about. */
export function decided(document: Table): { path: string; value: number; isWhole: boolean }[] {
  return DECIDED.flatMap(([table, key, isWhole]) =>
    Object.entries(tableOf(document[table])).flatMap(([row, fields]) => {
      const value = isTable(fields) ? fields[key] : undefined;
      return typeof value === "number" ? [{ path: `${table}.${row}.${key}`, value, isWhole }] : [];
    }),
  );
}

function count(choices: Choices): number {
  return Array.isArray(choices) ? choices.length : Math.floor((choices.to - choices.from) / choices.step + 1e-9) + 1;
}

/** What must hold: a metric, an end, and in how many of the days. */
function constraint(at: number): { node: HTMLElement; read: () => Constraint | string | null } {
  const metric = element("select", { id: `constraint:${at}`, "aria-label": "Metric that is limited" }, element("option", { value: "" }, "nothing"), ...CONSTRAINED.map((name) => element("option", { value: name }, `${metricLabel(name)}${metricUnit(name) === "" ? "" : `, ${metricUnit(name)}`}`)));
  const end = element("select", { "aria-label": "which end" }, element("option", { value: "most" }, "at most"), element("option", { value: "least" }, "at least"));
  const value = input(`constraint:${at}:value`, "", "limit");
  const chance = input(`constraint:${at}:chance`, "", "in so many percent of the days; empty: on average");
  const node = element("div", { class: "bar" }, metric, end, value, " in ", chance, " % of the days");
  const read = () => {
    if (metric.value === "") return null;
    const [limit, percent] = [numberOf(value.value), chance.value.trim() === "" ? null : numberOf(chance.value)];
    if (limit === undefined) return `${metricLabel(metric.value)}: a limit is a number.`;
    if (percent === undefined || (percent !== null && (percent <= 0 || percent > 100))) return `${metricLabel(metric.value)}: percent of the days, above 0 to 100, or nothing for their average.`;
    const isMost = end.value === "most";
    return { metric: metric.value, most: isMost ? limit : null, least: isMost ? null : limit, chance: percent === null ? null : percent / 100, from: null, until: null };
  };
  return { node, read };
}

/** Asks; null where it was cancelled. */
export function searching({ editing, workspace }: Open, { days, seed }: { days: number | null; seed: number }): Promise<SearchRequest | null> {
  const { document } = editing;
  const isPriced = document["money"] !== undefined && document["price"] !== undefined;
  const objectives = [...(isPriced ? PRICED : []), ...OBJECTIVES];
  const option = (name: MetricName) => element("option", { value: name }, metricLabel(name));
  const first = element("select", { id: "objective" }, ...objectives.map(option));
  const second = element("select", { id: "second-objective", "aria-label": "Second objective" }, element("option", { value: "" }, "nothing else"), ...objectives.map(option));
  // A plan from a file is no choice of its own, and the floors only measure others.
  const known = workspace.decisions.find(({ setting }) => setting === CONTROL)?.policies.filter(({ name, is_floor }) => !is_floor && name !== "schedule") ?? [];
  const all: Decision[] = [...decided(document).map(({ path, value, isWhole }) => range(path, value, isWhole)), control(textOf(editing.value(`${CONTROL}.name`)), known.map(({ name }) => name))];
  const limits = Array.from({ length: CONSTRAINTS }, (_, at) => constraint(at));
  const budget = input("budget", String(MINUTES), "Budget");
  const unit = element("select", { id: "budget-unit", "aria-label": "Unit of the budget" }, element("option", { value: "minutes" }, "minutes"), element("option", { value: "runs" }, "simulations"));
  const size = element("p", { class: "legend", role: "status" });
  const designs = () => all.reduce((product, { read }) => {
    const found = read();
    return found === null || typeof found === "string" ? product : product * count(found);
  }, 1);
  const tell = () => (size.textContent = designs() > 1 ? `${show(designs())} designs in all.` : "Choose what may be decided.");
  const decisions = element("fieldset", { class: "decisions" }, element("legend", {}, "What may be decided"), ...all.map(({ node }) => node));
  for (const type of ["input", "change"]) decisions.addEventListener(type, tell);
  tell();
  const fields = [
    element("p", {}, "Designs race on the same random days: those that cannot be best are dropped, the rest get more days. The answer is a design, how sure it is, and what would change the choice."),
    ...(isPriced ? [] : [element("p", { class: "legend" }, "This scenario has no prices, so designs cannot be judged by their yearly cost: add them under “Prices”.")]),
    element("div", { class: "bar" }, element("label", { for: "objective" }, "Best by"), first, element("label", { for: "second-objective" }, "and"), second),
    decisions,
    size,
    element("fieldset", {}, element("legend", {}, "What must hold (percent empty: on average)"), ...limits.map(({ node }) => node)),
    element("div", { class: "bar" }, element("label", { for: "budget" }, "It may take"), budget, unit),
  ];
  const read = (): SearchRequest | string => {
    const decide: Record<string, Choices> = {};
    for (const { path, read: choices } of all) {
      const found = choices();
      if (typeof found === "string") return found;
      if (found !== null) decide[path] = found;
    }
    if (Object.keys(decide).length === 0) return "Choose at least one thing that may be decided.";
    if (designs() > MOST_DESIGNS) return "These are too many designs: take wider steps.";
    const found = limits.map(({ read: limit }) => limit());
    const wrong = found.find((it): it is string => typeof it === "string");
    if (wrong !== undefined) return wrong;
    const constraints = found.filter((it): it is Constraint => it !== null && typeof it !== "string");
    const amount = numberOf(budget.value);
    const isRuns = unit.value === "runs";
    if (amount === undefined || amount <= 0 || (isRuns && (!Number.isInteger(amount) || amount < 10))) return isRuns ? "Simulations: a whole number of 10 or more." : "Minutes: a number above 0.";
    const chosen = [first.value, second.value].flatMap((value) => objectives.find((name) => name === value) ?? []);
    if (new Set(chosen).size < chosen.length) return "The two objectives are the same.";
    return { scenario: editing.entry.path, strategies: editing.strategies, changes: editing.list(), days, seed, objectives: chosen, decide, constraints, confidence: 0.9, budget: { runs: isRuns ? amount : null, minutes: isRuns ? null : amount, replications: 32 } };
  };
  return askFor({ title: "Find the best design", fields, act: "Start the search", read });
}
