// What all pages share: cards, warnings, where numbers come from.

import type { Metric, Report } from "../data/types";
import { element, section } from "./dom";
import { toldOnce } from "./words";
import { bareTable, copyButton, metricsTable, number, row, scrolled } from "./tables";

export type Origins = Pick<Report, "doubtful" | "provenance" | "sources">;

/** An answer on the first screen, which leads to its evidence. */
export interface Finding {
  /** The question. */
  what: string;
  value: string;
  details: string[];
  /** Id of the section with the evidence. */
  evidence: string;
  tone: "good" | "warn" | "bad" | "plain";
}

export function verdict(findings: Finding[]): HTMLElement {
  const card = ({ what, value, details, evidence, tone }: Finding) => {
    const spoken = tone === "bad" ? [element("span", { class: "unseen" }, "needs attention: ")] : [];
    const detail = element("span", { class: "detail" }, ...details.filter((text) => text !== "").map((text) => element("span", {}, text)));
    return element("a", { class: `card ${tone}`, href: `#${evidence}` }, element("span", { class: "what" }, what), ...spoken, element("b", {}, value), detail);
  };
  return element("div", { class: "cards", role: "group", "aria-label": "Verdict" }, ...findings.map(card));
}

/** Warnings that paper has room for above the numbers; all others follow in its appendix. */
const MOST_PRINTED = 4;

/** Above the numbers, where nobody misses it; nothing when there is nothing to say. */
export function warningsBox(warnings: string[], title = "Before you use these numbers"): HTMLElement[] {
  const told = toldOnce(warnings);
  if (told.length === 0) return [];
  const left = told.length - MOST_PRINTED;
  const lines = told.map((text, at) => element("li", at < MOST_PRINTED ? {} : { class: "screen-only" }, text));
  const more = left > 0 ? [element("li", { class: "print-only" }, `${left} more: see “Further warnings” in the appendix`)] : [];
  return [element("aside", { class: "warnings", "aria-label": title }, element("b", {}, title), element("ul", {}, ...lines, ...more))];
}

/** What the box above the numbers has no room for on paper. */
export function furtherWarnings(warnings: string[]): HTMLElement[] {
  const rest = toldOnce(warnings).slice(MOST_PRINTED);
  if (rest.length === 0) return [];
  const made = section("Further warnings", "", element("ul", { class: "plain" }, ...rest.map((text) => element("li", {}, text))));
  made.classList.add("print-only");
  return [made];
}

/** Sources of a run's doubtful numbers that are told on its first pages. */
const MOST_SOURCES = 4;

/** What the result stands on that nobody has verified, the source of most numbers first; nothing where all is verified. */
export function assumptions({ doubtful }: Origins): HTMLElement[] {
  if (doubtful.length === 0) return [];
  const first = [...doubtful].sort((a, b) => b.fields.length - a.fields.length);
  const line = ({ quality, title, address, fields }: Origins["doubtful"][number]) => element("li", {}, `${title} (${qualityName(quality)}, ${fields.length === 1 ? "1 number" : `${fields.length} numbers`})`, ...(address === "" ? [] : [" ", link(address)]));
  const left = first.length - MOST_SOURCES;
  const more = left > 0 ? [element("p", {}, `${left} more sources are listed under “Where this comes from”.`)] : [];
  return [section("Assumptions", "Numbers of the scenario that are assumed, or not verified: replace those that decide your question before you rely on the result.", element("ul", { class: "plain" }, ...first.slice(0, MOST_SOURCES).map(line)), ...more)];
}

/** An address of a source: a link where it is one of the web, and else as it is. */
function link(address: string): HTMLElement {
  const isWeb = /^https?:\/\/[^\s]+$/.test(address);
  return isWeb ? element("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, address) : element("span", {}, address);
}

/** Every source of a number of the scenario, with where to find it. */
function sourcesTable({ sources }: Origins): HTMLElement[] {
  if (sources.length === 0) return [];
  const made = bareTable(
    ["source", "quality", "numbers", "where to find it"],
    sources.map(({ quality, title, address, numbers }) => {
      const line = row([title, quality.replaceAll("_", " "), number(numbers, 0), ""]);
      if (address !== "") line.cells[3]?.append(link(address));
      return line;
    }),
    "Sources of the scenario's numbers",
  );
  const box = element("div", { class: "words" }, copyButton(made, "Sources"), scrolled(made, "Sources of the scenario's numbers"));
  return [element("details", {}, element("summary", {}, `All ${sources.length} sources of the scenario's numbers`), box)];
}

/** Older runs call what was not verified recalled. */
const qualityName = (quality: string) => (quality === "recalled" ? "unverified" : quality);

const isHash = ({ label }: { label: string }) => label.includes("blake3");

export function provenance(report: Origins, metrics: Metric[] = []): HTMLElement {
  // Qualities are words of the file.
  const plain = (label: string, value: string) => (label.includes("quality") ? value.replaceAll("_", " ") : value);
  const list = (facts: Origins["provenance"]) => element("dl", { class: "facts" }, ...facts.flatMap(({ label, value }) => [element("dt", {}, label), element("dd", {}, plain(label, value))]));
  const hashes = report.provenance.filter(isHash);
  const doubtful = element("details", {}, element("summary", {}, "Unverified and assumed numbers: replace them before you publish a result"));
  for (const { quality, title, fields } of report.doubtful) {
    doubtful.append(element("dl", {}, element("dt", {}, `${qualityName(quality)}: ${title}`), element("dd", {}, fields.join(", "))));
  }
  const parts = [
    ...sourcesTable(report),
    ...(report.doubtful.length > 0 ? [doubtful] : []),
    ...(hashes.length > 0 ? [element("details", {}, element("summary", {}, "Hashes of inputs and tables, to verify the result"), list(hashes))] : []),
    ...(metrics.length > 0 ? [metricsTable(metrics)] : []),
  ];
  return section("Where this comes from", "Everything that is needed to do this again, and to judge it.", list(report.provenance.filter((fact) => !isHash(fact))), ...parts);
}
