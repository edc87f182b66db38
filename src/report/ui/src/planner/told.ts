// A run in words: what was changed for it.

import type { FinishedRun } from "./api";

/** Without the notes on where numbers come from. */
export function told(run: Pick<FinishedRun, "settings" | "overlays">): string {
  const settings = run.settings.filter((setting) => !/^source\.|\.sources\./.test(setting));
  const overlays = run.overlays.map((path) => path.split("/").pop()?.replace(/\.toml$/, "") ?? path);
  return [...overlays, ...settings.map(toldSetting)].join(", ") || "base case";
}

/** A new group of chargers in words; other settings as they are. */
function toldSetting(setting: string): string {
  const group = /^charger\.([^=]+)=\{/.exec(setting);
  const [cabinets, kw, site] = [/cabinets = (\d+)/, /cabinet_kw = ([\d.]+)/, /site = "([^"]+)"/].map((part) => part.exec(setting)?.[1]);
  return group && cabinets && kw && site ? `${group[1]} new: ${cabinets} cabinets of ${kw} kW at ${site}` : setting;
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
