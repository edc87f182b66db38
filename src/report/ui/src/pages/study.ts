// The page of a comparison: how the strategies stand against the baseline, and how sure that is.

import { LABELS } from "../generated/metrics";
import type { Standing, Study } from "../data/types";
import { around, show } from "../lib/format";
import { choice, element, section } from "../lib/dom";
import { differencePicture, tornadoPicture, type Swing } from "../charts/intervals";
import { numberName, settingTexts, strategyName } from "../lib/labels";
import { contents, newPage } from "../lib/page";
import { assumptions, furtherWarnings, provenance, warningsBox } from "../lib/parts";
import { filteredTable, number, table, type Cell } from "../lib/tables";
import { arrow, comparisonCards, QUESTIONS } from "./answers";
import { caveat, label, outcome, varies, verdictLine, type Compared, type Comparison, type Outcome } from "./standing";

function headlines(study: Comparison): Compared[] {
  const known = LABELS.map(([name]) => study.metrics.find((it) => it.name === name && it.scope === "total"));
  return known.filter((it): it is Compared => it?.strategies.some((standing) => standing.mean !== null) === true);
}

function spread(value: number | null, half: number | null, isSigned = false): Cell {
  return { text: value === null ? "–" : around(value, half, isSigned), raw: value, isText: true };
}

const OUTCOMES: Record<Outcome, string> = { baseline: "baseline", better: "better", different: "differs", same: "the same", unsure: "may be chance", worse: "worse" };

function tone(how: Outcome): { tone?: "better" | "unsure" | "worse" } {
  if (how === "better" || how === "worse") return { tone: how };
  return how === "unsure" || how === "same" ? { tone: "unsure" } : {};
}

function places(it: Standing): string {
  if (it.first_place === null || it.last_place === null) return "–";
  return it.first_place === it.last_place ? String(it.first_place) : `${it.first_place} to ${it.last_place}`;
}

/** p as people write it: tiny ones are not worth their digits. */
function probability(p: number | null): Cell {
  return { text: p === null ? "–" : p < 0.001 ? "< 0.001" : p.toFixed(3), raw: p };
}

/** Shares of one, of which the catalogue has no unit. */
const SHARES = ["charger_utilization", "load_factor", "zev_share"];

/** A metric with its unit, and the word where it is a share. */
function withUnit(metric: Compared): string {
  const unit = metric.unit || (SHARES.includes(metric.name) ? "share of 1" : "");
  return `${label(metric)}${unit === "" ? "" : `, ${unit}`}`;
}

/** A row for a metric, a column for each strategy. What cannot be told from chance is pale. */
function glanceRow(study: Comparison, metric: Compared): Cell[] {
  const names = study.strategies.map((it) => it.name);
  return [
    withUnit(metric),
    ...names.map((name): Cell => {
      const it = metric.strategies.find((standing) => standing.strategy === name);
      if (!it) return "–";
      if (name === study.baseline) return spread(it.mean, it.half_width);
      if (it.difference === null) return "–";
      const how = outcome(metric, it, study.baseline);
      if (how === "same") return { text: "the same", raw: 0, isText: true, tone: "unsure" };
      const but = how === "better" ? caveat(study, metric, name) : null;
      const word = how === "unsure" ? "" : `, ${OUTCOMES[how]}${but ? ` (${but.short})` : ""}`;
      return { text: `${arrow(it)} ${spreadText(it)}${word}`, raw: it.difference, isText: true, ...(but ? {} : tone(how)) };
    }),
  ];
}

/** More strategies than these are rows, not columns, and so many metrics stand beside each other then. */
const MOST_COLUMNS = 5;
const METRICS_ACROSS = 4;

function glanceTable(study: Comparison, metrics: Compared[], caption: string): HTMLElement[] {
  if (study.strategies.length > MOST_COLUMNS) return acrossTables(study, metrics, caption);
  const columns = ["metric", ...study.strategies.map(({ name }) => (name === study.baseline ? `${strategyName(name)} (baseline), mean` : `${strategyName(name)}, difference`))];
  return table(columns, metrics.map((metric) => glanceRow(study, metric)), caption);
}

/** Of many strategies a row for each; metrics a few at a time, so that no column is squeezed. */
function acrossTables(study: Comparison, metrics: Compared[], caption: string): HTMLElement[] {
  const cells = new Map(metrics.map((metric) => [metric, glanceRow(study, metric)]));
  const groups = Array.from({ length: Math.ceil(metrics.length / METRICS_ACROSS) }, (_, at) => metrics.slice(METRICS_ACROSS * at, METRICS_ACROSS * (at + 1)));
  return groups.flatMap((group) => {
    const rows = study.strategies.map(({ name }, at): Cell[] => [name === study.baseline ? `${strategyName(name)} (baseline), mean` : strategyName(name), ...group.map((metric): Cell => cells.get(metric)?.[at + 1] ?? "–")]);
    return table(["strategy", ...group.map(withUnit)], rows, `${caption}: ${group.map(label).join(", ")}`);
  });
}

/** More rows than these are not for the board. */
const MOST_GLANCED = 8;

/** Does any strategy differ for certain? */
const isCertain = (study: Comparison) => (metric: Compared) => metric.strategies.some((it) => ["better", "worse", "different"].includes(outcome(metric, it, study.baseline)));

/** Headline metrics: first those in which a strategy differs for certain, of which the board reads a few; then all others. */
export function glanced(study: Comparison, metrics: Compared[]): { first: Compared[]; others: Compared[]; same: Compared[]; alone: Compared[] } {
  // What the baseline or all others do not have, such as the cost of a scenario without prices, is no difference.
  const both = metrics.filter((metric) => metric.strategies.some((it) => it.strategy !== study.baseline && it.difference !== null));
  const shown = both.filter((metric) => varies(metric, study.baseline));
  const certain = shown.filter(isCertain(study));
  const first = (certain.length > 0 ? certain : shown).slice(0, study.strategies.length > MOST_COLUMNS ? METRICS_ACROSS : MOST_GLANCED);
  return { first, others: shown.filter((metric) => !first.includes(metric)), same: both.filter((metric) => !varies(metric, study.baseline)), alone: metrics.filter((metric) => !both.includes(metric)) };
}

function overview(study: Comparison, metrics: Compared[]): { board: HTMLElement; appendix: HTMLElement[] } {
  const { first, others, same, alone } = glanced(study, metrics);
  const more = others.length > 0 ? " All other metrics are under Other differences." : "";
  const board = section(
    "At a glance",
    `Mean of the baseline, and the difference of each other strategy to it on the same random days. ± is half of the 95 % interval; without ±: the same in every replication; pale and without a word: may be chance.${more}`,
    ...(first.length > 0 ? glanceTable(study, first, "Strategies at a glance") : [element("p", {}, "No metric differs on any day.")]),
  );
  const names = (list: Compared[]) => list.map(label).join(", ");
  const notes = [same.length > 0 ? `Not different on any day: ${names(same)}.` : "", alone.length > 0 ? `Not in the baseline, or not in the others: ${names(alone)}.` : ""].filter((text) => text !== "").join(" ");
  if (others.length === 0 && notes === "") return { board, appendix: [] };
  return { board, appendix: [section("Other differences", notes, ...(others.length > 0 ? glanceTable(study, others, "Other differences") : []))] };
}

function spreadText(it: Standing): string {
  const cell = spread(it.difference, it.difference_half_width, true);
  return typeof cell === "string" ? cell : cell.text;
}

function standings(study: Comparison, metric: Compared): HTMLElement[] {
  const rows = metric.strategies.map((it): Cell[] => [
    strategyName(it.strategy),
    spread(it.mean, it.half_width),
    it.strategy === study.baseline ? "–" : spread(it.difference, it.difference_half_width, true),
    probability(it.p_holm),
    { text: OUTCOMES[outcome(metric, it, study.baseline)], raw: it.p_holm, isText: true, ...tone(outcome(metric, it, study.baseline)) },
    { text: it.probability_best === null ? "–" : `${show(100 * it.probability_best, 0)} %`, raw: it.probability_best },
    places(it),
  ]);
  const unit = metric.unit ? `, ${metric.unit}` : "";
  const columns = ["strategy", `mean${unit}`, `difference to ${strategyName(study.baseline)}${unit}`, "p (Holm)", "outcome", "probability best", "possible places"];
  return table(columns, rows, `${label(metric)}${unit}`);
}

/** One metric at a time: picture of the differences and the table with everything known. */
function metricSection(study: Comparison, headline: Compared[]): HTMLElement {
  const all = study.metrics.filter((it) => it.strategies.some((standing) => standing.mean !== null));
  const ordered = [...headline, ...all.filter((it) => !headline.includes(it))];
  const holder = element("div");
  const draw = (at: number) => {
    const metric = ordered[at];
    if (!metric) return;
    const others = metric.strategies.filter((it) => it.strategy !== study.baseline && it.difference !== null);
    const rows = others.map((it) => ({
      name: strategyName(it.strategy),
      value: it.difference ?? 0,
      half: it.difference_half_width,
      words: `${spreadText(it)} ${metric.unit}`,
      isSure: it.differs === true,
    }));
    const better = metric.better === null ? "" : ` ${metric.better === "lower" ? "Lower" : "Higher"} is better.`;
    const about = `Differences to ${strategyName(study.baseline)} in ${label(metric)}: ${rows.map((it) => `${it.name} ${it.words}`).join("; ")}`;
    holder.replaceChildren(
      element("p", {}, `${metric.info.charAt(0).toUpperCase()}${metric.info.slice(1)} (${metric.name}).${better} Filled dot: differs from ${strategyName(study.baseline)} after the adjustment for several comparisons; hollow: may be chance.`),
      ...(rows.length > 0 ? [differencePicture(rows, metric.unit, about)] : []),
      ...standings(study, metric),
    );
  };
  const pick = choice("Metric", ordered.map((it, at): [string, string] => [String(at), label(it)]), (at) => draw(Number(at)));
  const first = Math.max(0, ordered.findIndex((metric) => varies(metric, study.baseline)));
  pick.select.value = String(first);
  draw(first);
  const made = section("One metric", `Difference of each strategy to ${strategyName(study.baseline)}, with its 95 % interval.`, pick.node, holder);
  made.classList.add("together");
  return made;
}

/** Lines that the pictures of the other questions have room for on the board's second sheet. */
const MOST_LINES = 12;

/** The differences in what answers the other questions of the verdict, as pictures. */
function otherQuestions(study: Comparison, headline: Compared[]): HTMLElement[] {
  const shown = QUESTIONS.flatMap(({ what, names }) => {
    const there = names.flatMap((name) => headline.filter((it) => it.name === name));
    const metric = there.find((it) => varies(it, study.baseline)) ?? there[0];
    const rows = metric?.strategies.filter((it) => it.strategy !== study.baseline && it.difference !== null) ?? [];
    return metric && rows.length > 0 && varies(metric, study.baseline) ? [{ what, metric, rows }] : [];
  });
  const lines = shown.reduce((sum, { rows }) => sum + rows.length, 0);
  if (shown.length === 0 || lines > MOST_LINES) return [];
  const parts = shown.flatMap(({ what, metric, rows }) => {
    const points = rows.map((it) => ({ name: strategyName(it.strategy), value: it.difference ?? 0, half: it.difference_half_width, words: `${spreadText(it)} ${metric.unit}`, isSure: it.differs === true }));
    return [element("h3", {}, what), differencePicture(points, metric.unit, `Differences to ${strategyName(study.baseline)} in ${label(metric)}: ${points.map(({ name, words }) => `${name} ${words}`).join("; ")}`)];
  });
  return [section("The four questions", `Difference of each strategy to ${strategyName(study.baseline)} in what answers them. Filled dot: differs for certain; hollow: may be chance.`, ...parts)];
}

function sensitivitySection(study: Comparison): HTMLElement[] {
  if (study.sensitivity.length === 0) return [];
  const [name, scope = "total"] = (study.sensitivity_metric ?? "").split("@");
  const metric = study.metrics.find((it) => it.name === name && it.scope === scope);
  const unit = metric?.unit ?? "";
  const what = metric ? label(metric) : (study.sensitivity_metric ?? "the result");
  const holder = element("div");
  const draw = (strategy: string) => {
    const swings = new Map<string, Swing>();
    for (const it of study.sensitivity.filter((row) => row.strategy === strategy && row.effect !== null)) {
      const swing = swings.get(it.parameter) ?? { name: numberName(it.parameter), effects: [] };
      swing.effects.push({ change: it.change, effect: it.effect ?? 0, half: it.effect_half_width, isRaised: it.is_raised });
      swings.set(it.parameter, swing);
    }
    const size = (swing: Swing) => Math.max(...swing.effects.map(({ effect }) => Math.abs(effect)));
    const sorted = [...swings.values()].sort((a, b) => size(b) - size(a));
    holder.replaceChildren(sorted.length > 0 ? tornadoPicture(sorted, unit, `Effect of each parameter on ${what} of ${strategyName(strategy)}`) : element("p", {}, "Nothing known of this strategy."));
  };
  const pick = choice("Strategy", study.strategies.map((it): [string, string] => [it.name, strategyName(it.name)]), draw);
  pick.select.value = study.baseline;
  draw(study.baseline);
  const rows = study.sensitivity.map((it): Cell[] => [
    numberName(it.parameter),
    it.change,
    it.value,
    strategyName(it.strategy),
    number(it.mean),
    spread(it.effect, it.effect_half_width, true),
    it.strategy === study.baseline ? "–" : spread(it.difference, it.difference_half_width, true),
  ]);
  const columns = ["parameter", "change", "value", "strategy", `mean of ${what}`, "effect of the change", `difference to ${strategyName(study.baseline)}`];
  return [
    section(
      "Sensitivity",
      `How ${what} moves when one number of the scenario moves and all others stay, on the same random days. Dark bar: the number raised; pale: lowered; dashed outline: not known which; line: 95 % interval of the effect.`,
      pick.node,
      holder,
      ...table(columns, rows, "Sensitivity"),
    ),
  ];
}

function allMetrics(study: Comparison): HTMLElement {
  const rows = study.metrics.flatMap((metric) =>
    metric.strategies.map((it): Cell[] => [
      metric.name,
      metric.scope,
      it.strategy,
      number(it.mean),
      number(it.half_width),
      number(it.difference),
      number(it.difference_half_width),
      probability(it.p_holm),
      OUTCOMES[outcome(metric, it, study.baseline)],
      metric.unit,
    ]),
  );
  const columns = ["metric", "of what", "strategy", "mean", "± 95 %", "difference", "± 95 %", "p (Holm)", "outcome", "unit"];
  const made = section("All metrics", "Type a part of a name to find it; copying takes all rows that match.", ...filteredTable(columns, rows, "All metrics"));
  // Thousands of rows are for the screen.
  made.classList.add("screen-only");
  return made;
}

function method(study: Comparison): HTMLElement {
  const words = [
    `Each strategy was run on the same ${study.replications} random draws of the scenario's days (common random days), so a difference between two strategies is theirs and not the weather's or the traffic's; each difference is taken day by day, which makes its interval narrower.`,
    "± is half of a 95 % interval: if the whole study were repeated many times, 95 of 100 such intervals would hold the true value.",
    "p (Holm) is the chance of a difference this large if there were none, raised for the number of strategies compared at once (Holm's method); below 0.05 the strategies differ, otherwise the difference may be chance.",
    "Probability best is how often a strategy came first when the days were drawn again; possible places such as 1 to 3 mean that the data cannot put the strategies in order, though one of them may differ from the baseline.",
  ];
  return section("How to read this", "", element("ul", { class: "plain" }, ...words.map((text) => element("li", {}, text))));
}

/** The last part of a path. */
const fileName = (path: string) => path.split("/").filter((part) => part !== "").pop() ?? path;

/** Settings that every strategy has say nothing of a difference. */
function sharedSettings(study: Comparison): string[] {
  const [first] = study.strategies;
  return first?.settings.filter((setting) => study.strategies.every((it) => it.settings.includes(setting))) ?? [];
}

function strategiesTable(study: Comparison): HTMLElement {
  const shared = sharedSettings(study);
  const rows = study.strategies.map((it): Cell[] => [
    it.name === study.baseline ? `${strategyName(it.name)} (baseline)` : strategyName(it.name),
    [...it.overlays.map((path) => `file ${fileName(path)}`), ...settingTexts(it.settings.filter((setting) => !shared.includes(setting)))].join("; ") || "nothing: the base case",
    it.name,
  ]);
  const made = section("What was compared", "Each strategy changes the scenario as it says here.", ...table(["strategy", "what it changes", "name in the files"], rows, "Strategies"));
  made.querySelector(".scroll")?.classList.add("words", "keys-last");
  for (const line of made.querySelectorAll("tbody tr")) breakable(line.lastElementChild);
  return made;
}

/** A key breaks between its parts only, never inside a word. */
function breakable(cell: Element | null): void {
  const parts = (cell?.textContent ?? "").split(/(?<=[+=./_])/);
  cell?.replaceChildren(element("code", {}, ...parts.flatMap((part) => [part, element("wbr")])));
}

export function buildStudy(page: HTMLElement, report: Study): void {
  const title = `Comparison: ${report.title}`;
  newPage(page, title);
  const study = report.study;
  const headline = headlines(study);
  const glance = overview(study, headline);
  const questions = otherQuestions(study, headline);
  const interrupted = study.interrupted ? ["The comparison was stopped before all replications were done; what is shown holds for those that were."] : [];
  const few = study.replications < 5 ? [`${study.replications === 1 ? "One replication says nothing" : `${study.replications} replications say little`} about chance: use 20 or more.`] : [];
  const warnings = [...interrupted, ...few, ...report.warnings];
  const metric = metricSection(study, headline);
  const second = questions.length > 0 ? questions : [metric];
  second[0]?.classList.add("second-page");
  const board = [glance.board, ...second, strategiesTable(study), ...assumptions(report)];
  const appendix = [...(questions.length > 0 ? [metric] : []), ...glance.appendix, ...sensitivitySection(study), method(study), allMetrics(study), ...furtherWarnings(warnings), provenance(report)];
  appendix[0]?.classList.add("appendix");
  const sections = [...board, ...appendix];
  const common = settingTexts([...study.settings, ...sharedSettings(study)]);
  const settings = common.length > 0 ? ` In all of them: ${common.join("; ")}.` : "";
  page.append(
    element("h1", {}, title),
    element("p", {}, `${study.strategies.length} strategies of ${fileName(study.scenario)}, ${study.replications} replications each on the same random days; the baseline is ${strategyName(study.baseline)}.${settings}`),
    element("p", { class: "question" }, element("b", {}, verdictLine(study))),
    comparisonCards(study),
    ...warningsBox(warnings),
    contents(sections),
    ...sections,
  );
}
