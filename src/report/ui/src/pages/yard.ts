// The yard of terminals and depots with a plan: what cranes and vessels got, where trucks and carriers spent their time, and how
// full the charging lots were. Every number is a metric of the run.

import { metricLabel, type MetricName, type Metrics } from "../data/metrics";
import type { Metric, Report, Site } from "../data/types";
import { element, section } from "../lib/dom";
import { show } from "../lib/format";
import { number, percent, row, scrolled, bareTable, copyButton, table, type Cell } from "../lib/tables";
import { planPicture, type Waits } from "./plan";

/** What a terminal with a plan is quoted by: digits after the point, and the unit that is said. */
const FIRST: [MetricName, number, string][] = [
  ["crane_moves_per_h", 1, "an hour"],
  ["vessel_berth_mean_h", 1, "h"],
  ["vessel_wait_mean_h", 1, "h"],
  ["yard_moves", 0, ""],
  ["yard_kwh_per_move", 1, "kWh"],
  ["moves_late", 0, ""],
  ["work_backlog_h", 0, "h"],
  ["work_backlog_max_h", 0, "h"],
  ["truck_turn_mean_min", 1, "min"],
  ["truck_turn_p95_min", 0, "min"],
  ["trucks_in_yard", 0, ""],
  ["carriers_stranded", 0, ""],
];

/** Parts of a truck turn, which add up to its mean. */
const TURN: [MetricName, string, string][] = [
  ["truck_gate_mean_min", "gate: queue and lane", "#e69f00"],
  ["truck_way_mean_min", "driving between gate and block", "#56b4e9"],
  ["truck_block_wait_mean_min", "wait for a machine at the block", "#d55e00"],
  ["truck_handling_mean_min", "handling of its container", "#0072b2"],
];

/** States of carriers: what moves containers is blue, waiting orange and red, charging green, standing grey. */
const STATES: Record<string, string> = {
  carrier_loaded_h: "#0072b2",
  carrier_crane_h: "#56b4e9",
  carrier_block_h: "#8fc1e3",
  carrier_empty_h: "#4a5f9e",
  carrier_crane_wait_h: "#d55e00",
  carrier_block_wait_h: "#e69f00",
  carrier_lot_way_h: "#a39300",
  carrier_lot_queue_h: "#f0c75e",
  carrier_plugging_h: "#7fcfb0",
  carrier_lot_h: "#007f5c",
  carrier_break_h: "#b4bec8",
  carrier_idle_h: "#7a8692",
};
const OTHER_STATE = "#7a1f4d";
/** What the time at lots in all has in it. */
const IN_LOT: string[] = ["carrier_lot_queue_h", "carrier_plugging_h"];

export interface Part {
  name: string;
  color: string;
  /** Length of its part of the bar. */
  value: number;
  /** The number that is told, where it is another: of the time at lots in all, the bar holds what its parts leave. */
  told: number;
}

/** Where carriers spent their hours: every `carrier_..._h` that the run has, so that those of later versions show too. */
export function carrierParts(metrics: Metric[], site: string): Part[] {
  const own = metrics.filter(({ name, scope, value }) => scope === `site:${site}` && /^carrier_\w+_h$/.test(name) && value !== null);
  const inLot = own.filter(({ name }) => IN_LOT.includes(name)).reduce((sum, { value }) => sum + (value ?? 0), 0);
  return own.map(({ name, value, info }) => {
    const told = value ?? 0;
    const text = info.replace(/^carrier hours:\s*/, "").split(/[;,:]/)[0] ?? name;
    return { name: text, color: STATES[name] ?? OTHER_STATE, value: name === "carrier_lot_h" ? Math.max(0, told - inLot) : told, told };
  });
}

/** One bar of parts side by side; the table below it has their names and numbers. */
function bar(parts: Part[], about: string): HTMLElement {
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  const pieces = parts.filter(({ value }) => value > 0).map(({ name, color, value }) => {
    const piece = element("i", { title: `${name}: ${show(value)}` });
    piece.style.background = color;
    piece.style.flexGrow = String(value / total);
    return piece;
  });
  return element("div", { class: "parts", role: "img", "aria-label": `${about}: ${parts.map(({ name, value }) => `${name} ${show((100 * value) / total, 0)} %`).join(", ")}` }, ...pieces);
}

/** Names with their colours, and numbers. */
function partsTable(parts: Part[], columns: string[], cells: (part: Part) => Cell[], caption: string): HTMLElement[] {
  const lines = parts.map((part) => {
    const line = row([part.name, ...cells(part)]);
    const swatch = element("i", { class: "swatch", "aria-hidden": "true" });
    swatch.style.background = part.color;
    line.cells[0]?.prepend(swatch);
    return line;
  });
  const made = bareTable(columns, lines, caption);
  return [copyButton(made, caption), scrolled(made, caption)];
}

function turn(metrics: Metrics, scope: string): HTMLElement[] {
  const parts = TURN.map(([name, text, color]): Part => ({ name: text, color, value: metrics.get(name, scope) ?? 0, told: metrics.get(name, scope) ?? 0 }));
  const mean = metrics.get("truck_turn_mean_min", scope);
  if (mean === null) return [];
  return [element("h4", {}, "Truck turn by part"), bar(parts, "Truck turn by part"), ...partsTable(parts, ["part of the turn", "mean, min", "share of the turn"], ({ told }) => [number(told, 1), percent(mean > 0 ? told / mean : null, 0)], "Truck turn by part")];
}

function carriers(report: Report, site: Site): HTMLElement[] {
  const parts = carrierParts(report.metrics, site.key);
  const total = parts.reduce((sum, { value }) => sum + value, 0);
  if (total <= 0) return [];
  return [
    element("h4", {}, "Where carriers spend their time"),
    bar(parts, "Carrier time by state"),
    ...partsTable(parts, ["state", "carrier hours", "share of all carrier hours"], ({ told }) => [number(told, 0), percent(told / total, 1)], "Carrier time by state"),
    element("p", {}, "The bar shows of the hours at charging lots in all what queue and plugging leave: charging."),
  ];
}

/** Scopes of the charging lots of a site. */
const lotScopes = (report: Report, site: string) => [...new Set(report.metrics.filter(({ scope }) => scope.startsWith(`lot:${site}/`)).map(({ scope }) => scope))];

/** Mean waits for a plug, by lot. */
export function waits(metrics: Metrics, report: Report, site: string): Waits {
  return new Map(lotScopes(report, site).map((scope) => [scope.slice(`lot:${site}/`.length), metrics.get("lot_queue_mean_min", scope)]));
}

function lots(metrics: Metrics, report: Report, site: Site): HTMLElement[] {
  const prefix = `lot:${site.key}/`;
  const keys = lotScopes(report, site.key);
  if (keys.length === 0) return [];
  const line = (scope: string): Cell[] => [
    scope.slice(prefix.length).replaceAll("_", " "),
    number(metrics.get("lot_sessions", scope), 0),
    number(metrics.get("lot_energy_kwh", scope), 0),
    number(metrics.get("lot_way_mean_min", scope), 1),
    percent(metrics.get("lot_utilization", scope), 0),
    number(metrics.get("lot_queue_mean_min", scope), 1),
    number(metrics.get("lot_queue_p95_min", scope), 0),
  ];
  return [element("h4", {}, "Charging lots"), ...table(["charging lot", "plugged in", "energy, kWh", "mean way there, min", "plug utilization", "mean wait for a plug, min", "95th-percentile wait, min"], keys.map(line), "Charging lots")];
}

function terminal(report: Report, metrics: Metrics, site: Site, isOne: boolean): HTMLElement {
  const scope = `site:${site.key}`;
  const rows = FIRST.flatMap(([name, digits, unit]): Cell[][] => {
    const value = metrics.get(name, scope);
    return value === null ? [] : [[metricLabel(name), { text: `${show(value, digits)}${unit === "" ? "" : ` ${unit}`}`, raw: value }]];
  });
  const plan = planPicture(report.background.areas, site, waits(metrics, report, site.key));
  const figures = element("div", {}, ...table(["what", "value"], rows, `Yard of ${site.name}`));
  const head = isOne ? [] : [element("h3", {}, site.name)];
  const beside = element("div", { class: plan ? "yard-head" : "" }, figures, ...(plan ? [plan] : []));
  return element("div", { class: "yard" }, ...head, beside, ...turn(metrics, scope), ...carriers(report, site), ...lots(metrics, report, site));
}

/** Depots with a plan: their charging lots. */
function depots(report: Report, metrics: Metrics): HTMLElement[] {
  const planned = report.sites.filter(({ key }) => metrics.get("yard_moves", `site:${key}`) === null && lotScopes(report, key).length > 0);
  if (planned.length === 0) return [];
  const one = (site: Site) => {
    const plan = planPicture(report.background.areas, site, waits(metrics, report, site.key));
    return element("div", { class: "yard" }, element("h3", {}, site.name), ...(plan ? [plan] : []), ...lots(metrics, report, site));
  };
  return [section("Depot yard", "Depots with a plan, whose trucks are driven to plugs that have a place.", ...planned.map(one))];
}

/** The section; nothing where no terminal has a plan. */
export function yardSection(report: Report, metrics: Metrics): HTMLElement[] {
  const planned = report.sites.filter(({ key }) => metrics.get("yard_moves", `site:${key}`) !== null);
  const terminals = planned.length === 0 ? [] : [section("Terminal yard", "Terminals with a plan, whose containers move one by one between crane, block, gate and rail.", ...planned.map((site) => terminal(report, metrics, site, planned.length === 1)))];
  return [...terminals, ...depots(report, metrics)];
}
