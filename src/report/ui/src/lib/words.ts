// Sentences of the program for readers who never open a scenario's files: names in the place of keys, fields in words, and
// what is only a code in brackets left out. The files themselves keep the keys.

import { metricLabel } from "../data/metrics";
import { METRICS } from "../generated/metrics";
import { fieldName, numberName, plainKey, plainNames, rowName, settingText, strategyName } from "./labels";

/** Tables of a scenario, as people say them. */
const TABLES: Record<string, string> = {
  "freight.volumes": "the volumes of freight",
  money: "the prices of a year",
  fuel: "the fuels",
  survival: "the lifetimes of vehicles",
  labor: "the shifts",
};

/** A table of a file by its path: `terminal.pier.plan` is the plan of that pier. */
function tableName(path: string): string {
  const [first = "", row = "", ...rest] = path.split(".");
  const known = TABLES[path];
  if (known !== undefined) return known;
  if (row === "") return `the table ${plainKey(first)}`;
  const of = rowName(first === "terminal" ? "site" : first, row);
  return rest.length > 0 ? `the ${rest.map(plainKey).join(" ")} of ${of}` : of;
}

const lower = (text: string) => (/^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text);

/** What stands for a code in backticks that is no name. */
function codeName(code: string): string {
  if (code in METRICS) return metricLabel(code);
  if (code.includes(" = ")) return lower(settingText(code.replace(" = ", "=").replaceAll('"', "")));
  if (/^[a-z_]+=/.test(code) || /^[a-z_]+(\.\w+)+=/.test(code)) return settingText(code);
  if (/^[a-z_]+(\.\w+)+$/.test(code) && !/\.(csv|toml|json|geojson|wasm|xml)$/.test(code)) return lower(numberName(code));
  const field = fieldName(code);
  if (field !== null) return lower(field);
  return /^[a-z0-9_]+$/.test(code) ? plainKey(code) : code;
}

/** A part in round brackets that holds codes and nothing else: for those who edit the file. */
const CODES = / \((?:(?:`[a-z0-9_.]+`|\[[a-z0-9_.]+\]|of|in|and|or)(?:, | )?)+\)/g;
const isNamed = (text: string) => (text.match(/`[^`]+`/g) ?? []).some((quoted) => plainNames(quoted) !== quoted);

/** A sentence of the program in plain words; strategies that it begins with, and those that did something, by their names. */
export function plainWords(text: string): string {
  const strategies = text.replace(/^`([^`]+)`(?=: | did | used )/, (_, name: string) => strategyName(name));
  const short = strategies.replace(CODES, (part) => (isNamed(part) || !/[`[]/.test(part) ? part : ""));
  const named = plainNames(short).replace(/`([^`]+)`/g, (_, code: string) => codeName(code));
  const tables = named.replace(/\[([a-z_]+(?:\.\w+)*)\]/g, (_, path: string) => tableName(path));
  return tables.replace(/(?<![/\w.=-])[a-z0-9]+(?:_[a-z0-9]+)+(?![/\w=]|\.\w)/g, codeName);
}

const NUMBER = /\d[\d,]*(?:\.\d+)?/g;

/** Sentences that differ in their numbers alone, as one: each number from the least to the most. */
function ranged(sentences: string[]): string {
  const [first = "", ...others] = sentences;
  const all = others.map((text) => text.match(NUMBER) ?? []);
  let at = -1;
  return first.replace(NUMBER, (own) => {
    at += 1;
    const found = [own, ...all.map((numbers) => numbers[at] ?? own)];
    const sorted = [...new Set(found)].sort((a, b) => Number(a.replaceAll(",", "")) - Number(b.replaceAll(",", "")));
    return sorted.length > 1 ? `${sorted[0]} to ${sorted.at(-1)}` : own;
  });
}

/** More strategies than these are counted. */
const NAMED = 3;

function nameList(names: string[]): string {
  const left = names.length - NAMED;
  return left > 0 ? `${names.slice(0, NAMED).join(", ")} and ${left} more` : names.join(", ");
}

/** Warnings as a page tells them: in plain words, each once, and what is told of several strategies in one line. */
export function toldOnce(warnings: string[]): string[] {
  const groups = new Map<string, { names: string[]; sentences: string[] }>();
  for (const warning of warnings) {
    const [, name, sentence = warning] = /^`([^`]+)`((?:: | did | used ).*)$/s.exec(warning) ?? [];
    const key = name === undefined ? warning : sentence.replace(NUMBER, "#");
    const group = groups.get(key) ?? { names: [], sentences: [] };
    if (name !== undefined && !group.names.includes(name)) group.names.push(name);
    group.sentences.push(sentence);
    groups.set(key, group);
  }
  const told = [...groups.values()].map(({ names, sentences }) => `${nameList(names.map(strategyName))}${plainWords(names.length > 1 ? ranged(sentences) : (sentences[0] ?? ""))}`);
  // Two sentences may say the same once their codes are gone.
  return [...new Set(told.map((text) => text.charAt(0).toUpperCase() + text.slice(1)))];
}
