// What the pages are given. The types are made from those of the server and the report (npm run types); here they only
// get shorter names.

import type { components } from "../generated/api";

type Schemas = components["schemas"];

export type Page = Schemas["Page"];
export type Report = Extract<Page, { kind: "run" }>;
export type Years = Extract<Page, { kind: "years" }>;
export type Study = Extract<Page, { kind: "study" }>;
export type DesignAnswer = Extract<Page, { kind: "design" }>;
export type InfluenceAnswer = Extract<Page, { kind: "influence" }>;
export type Site = Report["sites"][number];
export type Chargers = Site["chargers"][number];
export type GridNode = Report["nodes"][number];
export type Pause = Report["pauses"][number];
export type Station = Report["hydrogen"][number];
export type Background = Schemas["Background"];
export type Metric = Schemas["ReadMetric"];
export type Standing = Schemas["StandingRow"];

/** What the page holds; nothing when a server gives it. */
export function readReport(): Page | null {
  const text = document.getElementById("data")?.textContent ?? "null";
  return JSON.parse(text) as Page | null;
}
