// A run in words: what was changed for it.

import { settingTexts } from "../lib/labels";
import type { FinishedRun } from "./api";

/** Without the notes on where numbers come from. */
export function told(run: Pick<FinishedRun, "settings" | "overlays">): string {
  const overlays = run.overlays.map((path) => path.split("/").pop()?.replace(/\.toml$/, "").replaceAll("_", " ") ?? path);
  return [...overlays, ...settingTexts(run.settings)].join(", ") || "base case";
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
