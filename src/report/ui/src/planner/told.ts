// Changes, runs and studies in words: what was changed, what was asked.

import { metricLabel } from "../data/metrics";
import { newRow, plainKey, rowName, settingText, settingTexts } from "../lib/labels";
import { isComparison, isSearch, isSensitivity, type Asked, type Change, type FinishedRun } from "./api";
import type { Editing } from "./draft";
import { isTable, textOf, type Json } from "./json";

/** Without the notes on where numbers come from. */
export function told(run: Pick<FinishedRun, "settings" | "overlays">): string {
  const overlays = run.overlays.map((path) => path.split("/").pop()?.replace(/\.toml$/, "").replaceAll("_", " ") ?? path);
  return [...overlays, ...settingTexts(run.settings)].join(", ") || "base case";
}

/** What a study was asked, in a few words. */
export function studied({ command, request }: Pick<FinishedRun, "command" | "request">): string {
  if (request && isComparison(request)) return `comparison of ${request.variants.map(({ name }) => name).join(", ")}`;
  if (request && isSearch(request)) return `best design by ${request.objectives.map(metricLabel).join(" and ")}`;
  if (request && isSensitivity(request)) return `what decides ${request.metric === null ? "the result" : metricLabel(request.metric)} of ${request.variants.map(({ name }) => name).join(" or ")}`;
  const plain: Record<string, string> = { compare: "comparison", optimize: "best design", sensitivity: "what decides" };
  return plain[command] ?? command;
}

/** What was requested, in words, for who waits for it. */
export function requested(request: Asked): string {
  if (isComparison(request)) return `${request.variants.map(({ name }) => name).join(", ")}: ${request.replications} simulations of each.`;
  if (isSearch(request)) {
    const { runs, minutes } = request.budget;
    const budget = [minutes === null ? "" : `${minutes} minutes`, runs === null ? "" : `${runs} simulations`].filter((part) => part !== "").join(", at most ");
    return `The best design by ${request.objectives.map(metricLabel).join(" and ")}, in ${budget === "" ? "2,000 simulations" : budget}.`;
  }
  if (isSensitivity(request)) return `Which doubtful numbers decide ${request.metric === null ? "the result" : metricLabel(request.metric)}: ${request.variants.map(({ name }) => name).join(" or ")}.`;
  const overlays = request.strategies.map((name) => name.replaceAll("_", " "));
  const changes = request.changes.length === 1 ? "1 change" : `${request.changes.length} changes`;
  return [...overlays, request.changes.length > 0 ? changes : "", request.days === null ? "" : `${request.days} days`].filter((part) => part !== "").join(", ") || "Base case";
}

/** The scenario of a run, however it was named: `./port_terminal`, `port_terminal/scenario.toml` and `port_terminal` are one. */
export function scenarioOf(run: Pick<FinishedRun, "scenario" | "request">): string {
  const path = run.request?.scenario ?? run.scenario;
  return path.replace(/\\/g, "/").replace(/^(\.\/)+/, "").replace(/\/scenario\.toml$/, "").replace(/\/+$/, "");
}

/** Is a path of the command line, perhaps from another folder, the scenario of a path inside the served folder? */
export function isSameScenario(one: string, two: string): boolean {
  return one === two || one.endsWith(`/${two}`) || two.endsWith(`/${one}`);
}

/** What a price is of, in words. */
const priced = (of: Json | undefined) => settingText(`price.x.of=${textOf(of)}`).replace(/^.*?: /, "");

/** A change in words; of a row that is new, its fields. */
export function toldChange({ path, value }: Change): string {
  if (!isTable(value)) return settingText(`${path}=${textOf(value)}`);
  const [table = "", row = "", inner = ""] = path.split(".");
  if (inner !== "") return `${inner === "labor" ? "shifts" : plainKey(inner)} of ${rowName(table === "terminal" ? "site" : table, row)}: its own`;
  if (table === "charger") return `New chargers ${plainKey(row)}: ${textOf(value["cabinets"])} cabinets of ${textOf(value["cabinet_kw"])} kW at ${rowName("site", textOf(value["site"]))}`;
  if (table === "site") return `New site ${textOf(value["name"]) || plainKey(row)} (${textOf(value["kind"])})`;
  if (table === "price") return `New price of ${priced(value["of"]) || "nothing yet"}`;
  if (table === "fleet") return `New fleet ${textOf(value["name"]) || plainKey(row)}`;
  return `New ${plainKey(table)} ${plainKey(row)}: ${newRow(table, Object.entries(value).filter(([key]) => key !== "sources").map(([key, part]) => [key, textOf(part)]))}`;
}

/** Tables whose rows have names for people. */
const NAMED = ["site", "node", "fleet", "equipment_model", "truck_model"];

/** Names of places, fleets and models in the draft, by their paths. */
export function names(editing: Editing): Record<string, string> {
  return Object.fromEntries(NAMED.flatMap((table) => editing.rows(table).flatMap(([key, row]): [string, string][] => (textOf(row["name"]) === "" ? [] : [[`${table}.${key}`, textOf(row["name"])]]))));
}
