// What all pages share: cards, warnings, where numbers come from.

import type { Metric } from "./data";
import { element, section } from "./dom";
import { metricsTable } from "./tables";

export interface Origins {
  provenance: { label: string; value: string }[];
  doubtful: { quality: string; title: string; fields: string[] }[];
}

export function card(label: string, value: string, isBad = false): HTMLElement {
  const spoken = isBad ? [element("span", { class: "unseen" }, "needs attention: ")] : [];
  return element("div", { class: isBad ? "card bad" : "card" }, ...spoken, element("b", {}, value), element("span", {}, label));
}

/** Above the numbers, where nobody misses it; nothing when there is nothing to say. */
export function warningsBox(warnings: string[], title = "Before you use these numbers"): HTMLElement[] {
  if (warnings.length === 0) return [];
  const list = element("ul", {}, ...warnings.map((text) => element("li", {}, text)));
  return [element("aside", { class: "warnings", "aria-label": title }, element("b", {}, title), list)];
}

export function provenance(report: Origins, metrics: Metric[] = []): HTMLElement {
  const facts = element("dl", { class: "facts" });
  for (const { label, value } of report.provenance) facts.append(element("dt", {}, label), element("dd", {}, value));
  const doubtful = element("details", {}, element("summary", {}, "Unverified and assumed numbers: replace them before you publish a result"));
  for (const { quality, title, fields } of report.doubtful) {
    doubtful.append(element("dl", {}, element("dt", {}, `${quality}: ${title}`), element("dd", {}, fields.join(", "))));
  }
  const parts = [...(report.doubtful.length > 0 ? [doubtful] : []), ...(metrics.length > 0 ? [metricsTable(metrics)] : [])];
  return section("Where this comes from", "Everything that is needed to do this again, and to judge it.", facts, ...parts);
}
