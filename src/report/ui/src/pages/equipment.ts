// Hours of cargo-handling equipment: what the work required and what was served, by class.

import { TimeChart } from "../charts/time";
import type { Clock } from "../lib/clock";
import type { Report } from "../data/types";
import { lasting } from "../lib/format";
import { choice, element, section } from "../lib/dom";
import { number, percent, table } from "../lib/tables";

/** The section; nothing without equipment. */
export function equipmentSection(report: Report, clock: Clock): HTMLElement[] {
  const classes = Object.entries(report.work.classes);
  if (classes.length === 0 || report.work.times.length === 0) return [];
  const sum = (hours: number[]) => hours.reduce((total, it) => total + it, 0);
  const step_s = report.work.bucket_s;
  const chart = new TimeChart(report.work.times, "unit-hours", "Hours of equipment required and served over time").follow(clock, step_s).shade(report.pauses);
  const name = (key: string) => key.replaceAll("_", " ");
  const draw = (key: string) => {
    const it = report.work.classes[key];
    if (!it) return;
    chart.draw([
      { name: "served", data: it.served_h, area: true },
      { name: "required", data: it.required_h, dashed: true },
    ]);
  };
  const pick = choice("Class", classes.map(([key]): [string, string] => [key, name(key)]), draw);
  const [first] = [...classes].sort(([, a], [, b]) => sum(b.required_h) - sum(a.required_h));
  pick.select.value = first?.[0] ?? "";
  draw(pick.select.value);
  const line = (label: string, required: number, served: number) => [label, number(required, 0), number(served, 0), number(Math.max(0, required - served), 1), percent(required > 0 ? served / required : null)];
  const rows = classes.map(([key, it]) => line(name(key), sum(it.required_h), sum(it.served_h)));
  const all = (part: "required_h" | "served_h") => classes.reduce((total, [, it]) => total + sum(it[part]), 0);
  const total = line("all", all("required_h"), all("served_h"));
  return [
    section(
      "Equipment hours",
      "Unit-hours that lifts and gate moves require, and unit-hours served. Hours that are served late lie right of those required." + (step_s === report.bucket_s ? "" : ` Each step is ${lasting(step_s)}.`),
      pick.node,
      chart.node,
      element("h3", {}, "By class"),
      ...table(["class", "required, h", "served, h", "not served, h", "share served"], rows, "Equipment hours", [total]),
    ),
  ];
}
