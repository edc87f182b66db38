// Hours of cargo-handling equipment: what the work required and what was served, by class.

import { TimeChart } from "../charts/time";
import type { Clock } from "../lib/clock";
import { className, servedByClass, servedTogether, type Served } from "../data/service";
import type { Report } from "../data/types";
import { lasting } from "../lib/format";
import { choice, element, section } from "../lib/dom";
import { number, percent, table } from "../lib/tables";

/** A share that is not whole never looks whole. */
const served = (share: number | null) => percent(share !== null && share < 1 ? Math.min(share, 0.999) : share);

/** The section; nothing without equipment. */
export function equipmentSection(report: Report, clock: Clock): HTMLElement[] {
  const classes = Object.entries(report.work.classes);
  if (classes.length === 0 || report.work.times.length === 0) return [];
  const step_s = report.work.bucket_s;
  const chart = new TimeChart(report.work.times, "unit-hours", "Hours of equipment required and served over time").follow(clock, step_s).shade(report.pauses);
  const draw = (key: string) => {
    const it = report.work.classes[key];
    if (!it) return;
    chart.draw([
      { name: "served", data: it.served_h, area: true },
      { name: "required", data: it.required_h, dashed: true },
    ]);
  };
  const parts = servedByClass(report);
  const pick = choice("Class", classes.map(([key]): [string, string] => [key, className(key)]), draw);
  const [first] = [...parts].sort((a, b) => b.short_h - a.short_h || b.required_h - a.required_h);
  pick.select.value = first?.key ?? "";
  draw(pick.select.value);
  const line = ({ name, required_h, served_h, short_h, share }: Omit<Served, "key">) => [name, number(required_h, 0), number(served_h, 0), number(short_h, 1), served(share)];
  const all = { ...servedTogether(parts), name: "all", served_h: parts.reduce((total, it) => total + it.served_h, 0) };
  return [
    section(
      "Equipment hours",
      "Unit-hours that lifts and gate moves require, and unit-hours served. Hours that are served late lie right of those required." + (step_s === report.bucket_s ? "" : ` Each step is ${lasting(step_s)}.`),
      pick.node,
      chart.node,
      element("h3", {}, "By class"),
      element("p", {}, "What one class lacks is not made up by hours that another serves beyond those required: “not served” of all is the sum of the classes, and the share served is 1 less that sum over the hours required."),
      ...table(["class", "required, h", "served, h", "not served, h", "share served"], parts.map(line), "Equipment hours", [line(all)]),
    ),
  ];
}
