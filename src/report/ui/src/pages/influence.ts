// The page of a sensitivity: which doubtful numbers decide a result, how much of its spread each explains, and which to
// measure first.

import { metricLabel } from "../data/metrics";
import type { InfluenceAnswer } from "../data/types";
import { differencePicture } from "../charts/intervals";
import { element, section } from "../lib/dom";
import { interval, show } from "../lib/format";
import { numberName, settingTexts, strategyName } from "../lib/labels";
import { contents, newPage } from "../lib/page";
import { furtherWarnings, provenance, verdict, warningsBox, type Finding } from "../lib/parts";
import { filteredTable, number, percent, table, type Cell } from "../lib/tables";

type Influence = InfluenceAnswer["influence"];
type Decisive = Influence["numbers"][number];

/** Numbers that are shown in the picture. */
const SHOWN = 10;
/** Numbers to measure that are named. */
const MEASURED = 5;
/** A number below this share of the spread decides nothing. */
const SMALL = 0.01;

/** As written; a list is scaled as a whole. */
const written = ({ written: value }: Decisive): Cell => (typeof value === "number" ? number(value) : "a list");
const end = (it: Decisive, value: number): Cell => (typeof it.written === "number" ? number(value) : { text: `× ${show(value)}`, raw: value });

/** Numbers that the first sentence names. */
const NAMED = 3;

/** What decides, in a sentence. */
export function headline({ doubtful, metric, numbers: all, strategies }: Pick<Influence, "doubtful" | "metric" | "numbers" | "strategies">): string {
  const numbers = all.filter(({ total }) => (total.value ?? 0) >= SMALL);
  const result = strategies.length > 1 ? `the difference in ${metricLabel(metric)}` : metricLabel(metric);
  if (numbers.length === 0) return `None of ${show(doubtful)} doubtful numbers decides ${result}.`;
  const rest = numbers.length > NAMED ? `, and ${show(numbers.length - NAMED)} more` : "";
  return `${show(numbers.length)} of ${show(doubtful)} doubtful numbers ${numbers.length === 1 ? "decides" : "decide"} ${result}: ${numbers.slice(0, NAMED).map(({ path }) => numberName(path)).join("; ")}${rest}.`;
}

function cards(report: InfluenceAnswer): HTMLElement {
  const { influence } = report;
  const { choice, numbers, strategies, unit } = influence;
  const deciding = numbers.filter(({ total }) => (total.value ?? 0) >= SMALL);
  const [most] = deciding;
  const findings: Finding[] = [
    { what: "How many numbers decide?", value: `${show(deciding.length)} of ${show(influence.doubtful)}`, details: ["doubtful numbers: assumed, or not verified", `${show(influence.varied)} were varied over their ranges`], evidence: "what-decides", tone: "plain" },
    { what: strategies.length > 1 ? "How wide is the difference?" : "How wide is the result?", value: interval(influence.mean, influence.deviation, unit), details: [`${metricLabel(influence.metric)}: mean ± standard deviation over the ranges`], evidence: "what-decides", tone: "plain" },
    ...(most ? [{ what: "What decides most?", value: `${show(100 * (most.total.value ?? 0), 0)} % of the spread`, details: [numberName(most.path)], evidence: "what-decides", tone: "plain" as const }] : []),
    ...(choice ? [chosen(influence, choice)] : []),
  ];
  return verdict(findings);
}

type Choosing = NonNullable<Influence["choice"]>;

/** Which strategy is better on average, and how often. */
function pick(influence: Influence, choice: Choosing): { name: string; share: number } {
  const [base = "the first", challenger = "the second"] = influence.strategies;
  return choice.gain > 0 ? { name: strategyName(challenger), share: choice.challenger_wins } : { name: strategyName(base), share: 1 - choice.challenger_wins };
}

function chosen(influence: Influence, choice: Choosing): Finding {
  const { name, share } = pick(influence, choice);
  const [first] = worthMeasuring(influence, choice);
  return { what: "Which is chosen?", value: name, details: [`better in ${show(100 * share, 0)} % of the draws`, first ? `measure first: ${numberName(first.path)}` : "no single number would turn it"], evidence: "measure-first", tone: share > 0.95 ? "good" : "warn" };
}

function worthMeasuring({ numbers }: Influence, { floor }: Choosing): Decisive[] {
  return numbers.filter(({ worth }) => worth !== null && worth > floor).sort((a, b) => (b.worth ?? 0) - (a.worth ?? 0));
}

function decisive(influence: Influence): HTMLElement {
  const { numbers } = influence;
  const picture = numbers.slice(0, SHOWN).map(({ path, total }) => {
    const [value, low, high] = [total.value ?? 0, total.low ?? total.value ?? 0, total.high ?? total.value ?? 0].map((share) => 100 * Math.min(1, Math.max(0, share))) as [number, number, number];
    return { name: numberName(path), value, half: Math.max(high - value, value - low), words: `${show(value, 0)} % (${show(low, 0)} to ${show(high, 0)} %)`, isSure: (total.low ?? 0) > SMALL };
  });
  const rows = numbers.map((it): Cell[] => [
    numberName(it.path),
    written(it),
    end(it, it.low),
    end(it, it.high),
    percent(it.total.value, 0),
    { text: `${show(100 * Math.max(0, it.total.low ?? 0), 0)}\u00a0to\u00a0${show(100 * Math.min(1, it.total.high ?? 0), 0)}\u00a0%`, raw: it.total.low, isText: true },
    percent(it.first.value === null ? null : Math.max(0, it.first.value), 0),
    it.quality === "" ? "no source" : it.quality,
    it.range,
    it.path,
  ]);
  const about = `Share of the spread of ${metricLabel(influence.metric)} that each number explains with all its interactions, with its 95 % interval: ${picture.map(({ name, words }) => `${name} ${words}`).join("; ")}`;
  const made = section(
    "What decides",
    `Share of the spread of ${metricLabel(influence.metric)} that each number explains with all its interactions; ± is its 95 % interval. By itself: what it explains when the others are known. A hollow dot may be nothing.`,
    ...(picture.length > 0 ? [differencePicture(picture, "%", about)] : [element("p", {}, "No doubtful number moves the result.")]),
    ...(rows.length > 0 ? table(["number", "as written", "lowest", "highest", "share of the spread", "95 %", "by itself", "quality", "where the range comes from", "path in the file"], rows, "What decides") : []),
  );
  made.querySelector(".scroll")?.classList.add("words");
  return made;
}

function measure(influence: Influence): HTMLElement {
  const { choice, unit } = influence;
  if (!choice) return section("Measure first", "Which of them to measure first depends on what is to be decided: ask again with two strategies to choose between.");
  const { name, share } = pick(influence, choice);
  const first = worthMeasuring(influence, choice).slice(0, MEASURED);
  const rows = first.map((it): Cell[] => [numberName(it.path), number(it.worth), it.path]);
  const about = `On ${metricLabel(influence.metric)} alone ${name} is chosen, and is the better one in ${show(100 * share, 0)} % of the draws. If all these numbers were known, the choice would gain ${interval(choice.of_all, null, unit)} on average.`;
  const list = rows.length > 0 ? table(["number", `what the choice gains on average when it is known, ${unit}`, "path in the file"], rows, "Measure first") : [element("p", {}, "No single number would turn the choice enough to be worth measuring.")];
  return section("Measure first", about, ...list);
}

function together({ pairs }: Influence): HTMLElement[] {
  const held = pairs.filter(({ share }) => (share.low ?? 0) > 0 && (share.value ?? 0) >= SMALL);
  if (held.length === 0) return [];
  const rows = held.map(({ numbers, share }): Cell[] => [numbers.map(numberName).join(" with "), percent(share.value, 0)]);
  return [section("Together", "Pairs that do more together than each by itself.", ...table(["numbers", "share of the spread"], rows, "Pairs"))];
}

function method(influence: Influence): HTMLElement {
  const points = [
    `${show(influence.varied)} numbers were varied evenly over their ranges, in groups (sequential bifurcation, Bettonvil and Kleijnen 1997): a group that moves nothing is left out whole, one that does is halved. What was left out moves ${show(100 * (influence.left_out ?? 0), 1)} % of the variance together; a number above ${show(100 * influence.threshold, 1)} % is looked for.`,
    `Shares are Sobol' indices at ${show(influence.points)} points (Saltelli et al. 2010, Jansen 1999) with bootstrap intervals; those left out keep their written values there.`,
    "What a number is worth is the expected value of perfect partial information for the choice (Strong, Oakley and Brennan 2014).",
    `Every answer is a mean over ${show(influence.replications)} random days, the same ones at every point. ${show(influence.runs)} simulations in all.`,
  ];
  const made = section("How to read this", "", element("ul", { class: "plain" }, ...points.map((text) => element("li", {}, text))));
  if (influence.not_varied.length > 0) {
    const rows = influence.not_varied.map(({ path, why }): Cell[] => [numberName(path), why, path]);
    made.append(element("details", {}, element("summary", {}, `${show(influence.not_varied.length)} doubtful numbers that were not varied, and why`), ...filteredTable(["number", "why not", "path in the file"], rows, "Not varied")));
  }
  return made;
}

export function buildInfluence(page: HTMLElement, report: InfluenceAnswer): void {
  const title = `Sensitivity: ${report.title}`;
  newPage(page, title);
  const { influence } = report;
  const sections = [decisive(influence), measure(influence), ...together(influence), method(influence), ...furtherWarnings(report.warnings), provenance(report)];
  const metric = metricLabel(influence.metric);
  const [one = "the scenario", other] = influence.strategies;
  const of = other === undefined ? `${metric} of ${strategyName(one)}` : `the difference in ${metric} between ${strategyName(other)} and ${strategyName(one)}`;
  const settings = settingTexts(influence.settings);
  page.append(
    element("h1", {}, title),
    element("p", {}, `What ${of} depends on.${settings.length > 0 ? ` In all runs: ${settings.join("; ")}.` : ""}`),
    element("p", { class: "question" }, element("b", {}, headline(influence))),
    cards(report),
    ...warningsBox(report.warnings),
    contents(sections),
    ...sections,
  );
}
