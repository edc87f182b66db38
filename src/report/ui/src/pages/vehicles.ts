// What was simulated: trucks of fleets and equipment of terminals, as the scenario names them.

import type { Report } from "../data/types";
import { section } from "../lib/dom";
import { number, table, type Cell } from "../lib/tables";

const plain = (word: string) => word.replaceAll("_", " ");

/** The section; nothing in a scenario without vehicles, or of a folder of an earlier version. */
export function vehicleSection({ vehicles }: Report): HTMLElement[] {
  if (vehicles.length === 0) return [];
  const rows = vehicles.map((it): Cell[] => [it.owner, it.model, plain(it.kind), plain(it.powertrain), number(it.count, 0)]);
  const all = vehicles.reduce((sum, it) => sum + it.count, 0);
  return [section("Vehicles and equipment", "Trucks of fleets and equipment of terminals in this run, by model.", ...table(["fleet or terminal", "model", "kind", "powertrain", "units"], rows, "Vehicles and equipment", [["all", "", "", "", number(all, 0)]]))];
}
