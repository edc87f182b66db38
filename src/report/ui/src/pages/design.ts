// The page of a search: the best of many designs, how sure that is, and what it would take to choose otherwise.

import { metricLabel, metricUnit } from "../data/metrics";
import { LABELS } from "../generated/metrics";
import type { DesignAnswer } from "../data/types";
import { differencePicture } from "../charts/intervals";
import { drawPaths } from "../charts/bars";
import { element, section } from "../lib/dom";
import { around, interval, show } from "../lib/format";
import { numberName, settingText, settingTexts } from "../lib/labels";
import { contents, newPage } from "../lib/page";
import { assumptions, furtherWarnings, provenance, verdict, warningsBox, type Finding } from "../lib/parts";
import { number, percent, table, type Cell } from "../lib/tables";
import { COST_PARTS, costTable } from "./money";
import { plainWords } from "../lib/words";

type Search = DesignAnswer["search"];
type Design = Search["answer"]["front"][number];
type Constraint = Search["constraints"][number];

/** The design that is told: the one that was shown to hold, or the one that came nearest. */
const told = ({ answer }: Search): Design | undefined => answer.best ?? answer.front[0];

/** A design in words, and that it did less work than another one, or may have. */
function named({ settings, work_told }: Design): string {
  return [...settingTexts(settings), ...(work_told === null ? [] : [plainWords(work_told)])].join("; ");
}

/** What must hold, in words: at most 20 min in 95 % of the random days. */
export function must({ metric, must: { most, least, chance }, from, until }: Constraint): string {
  const unit = metricUnit(metric);
  const end = (word: string, value: number | null) => (value === null ? "" : `${word} ${show(value)}${unit === "" ? "" : ` ${unit}`}`);
  const ends = [end("at most", most), end("at least", least)].filter((text) => text !== "").join(" and ");
  const dates = [from ? ` from ${from}` : "", until ? ` until ${until}` : ""].join("");
  return `${metricLabel(metric)} ${ends}${dates}, ${chance === null ? "on average" : `in ${show(100 * chance, 1)} % of the random days or more`}`;
}

/** The value of a setting, in words: what stands behind the colon. */
function chosenText(path: string, value: string): string {
  const text = settingText(`${path}=${value}`);
  const at = text.indexOf(": ");
  return at < 0 ? value : text.slice(at + 2);
}

function allowed({ path, choices, is_ordered }: Search["decisions"][number]): string {
  const [first, last] = [choices[0] ?? "", choices.at(-1) ?? ""];
  if (is_ordered && choices.length > 3) return `${first} to ${last}, ${choices.length} choices`;
  return choices.map((choice) => chosenText(path, choice)).join(", ");
}

/** Means and shares of a design in the columns that all tables of designs have. */
function columns(search: Search): string[] {
  const unit = (name: string) => (metricUnit(name) === "" ? "" : `, ${metricUnit(name)}`);
  const [objective] = search.objectives;
  return [
    ...search.objectives.map((name) => `${metricLabel(name)}${unit(name)}`),
    ...(objective ? [`difference to the design above in ${metricLabel(objective)}${unit(objective)}`] : []),
    ...search.constraints.map(({ metric }) => `kept: ${metricLabel(metric)}`),
  ];
}

function cells(search: Search, { standing, difference, half_width }: Design): Cell[] {
  return [
    ...search.objectives.map((_, at) => number(standing.objectives[at] ?? null)),
    difference === null ? "–" : { text: around(difference, half_width, true), raw: difference, isText: true },
    ...search.constraints.map((_, at) => percent(standing.kept[at] ?? null)),
  ];
}

function decisions(search: Search): HTMLElement {
  const rows = search.decisions.map((decision): Cell[] => {
    const value = decision.chosen === null ? undefined : decision.choices[decision.chosen];
    return [numberName(decision.path), value === undefined ? "–" : chosenText(decision.path, value), allowed(decision)];
  });
  return section("The design", "What was decided, and what could have been chosen.", ...table(["decision", "chosen", "allowed"], rows, "The design"));
}

function otherwise(search: Search): HTMLElement[] {
  const { otherwise: others } = search.answer;
  if (others.length === 0) return [];
  const rows = others.map(({ path, chosen, other }): Cell[] => {
    const choice = `${numberName(path)} other than ${chosenText(path, chosen)}`;
    if (!other) return [choice, "no design that was tried may hold the constraints", ...columns(search).map(() => "–")];
    return [choice, named(other), ...cells(search, other)];
  });
  const [objective = ""] = search.objectives;
  const picture = others.flatMap(({ path, other }) =>
    typeof other?.difference !== "number" ? [] : [{ name: numberName(path), value: other.difference, half: other.half_width, words: `${around(other.difference, other.half_width, true)} ${metricUnit(objective)}`, isSure: other.half_width !== null && Math.abs(other.difference) > other.half_width }],
  );
  const about = `What another choice would change in ${metricLabel(objective)}: ${picture.map(({ name, words }) => `${name} ${words}`).join("; ")}`;
  const made = section(
      "What would change the choice",
      `Decision by decision the best design with another choice, of those that may hold the constraints, on the same random days. A difference whose interval reaches across the dashed line may be chance: there the choice is open. To learn which assumed numbers would turn it, ask for the sensitivity between the two designs.`,
      ...(picture.length > 0 ? [differencePicture(picture, metricUnit(objective), about)] : []),
      ...table(["choice", "best design with it", ...columns(search)], rows, "The best design with another choice"),
  );
  made.classList.add("together");
  return [made];
}

function constraints(search: Search): HTMLElement[] {
  const best = told(search);
  if (!best || search.constraints.length === 0) return [];
  const rows = search.constraints.map((constraint, at): Cell[] => [must(constraint), number(best.standing.constraints[at] ?? null), percent(best.standing.kept[at] ?? null)]);
  const about = `Means and shares over ${show(best.standing.days)} random days, of which the last took no part in the search: the best of many was also the luckiest. A design is reported when these show with ${show(100 * search.confidence, 0)} % confidence that it holds all of them.`;
  return [section("Constraints", about, ...table(["what must hold", "mean", "kept on"], rows, "Constraints"))];
}

function costs(search: Search): HTMLElement[] {
  const parts = costTable((name) => search.metrics_of_the_design.find((it) => it.name === name)?.mean ?? null);
  return parts.length === 0 ? [] : [section("Cost by part", "The cost of a year, of which all parts are on one basis: means over the same random days as the figures above, in the dollars of [money]. Fuel is the diesel of all trucks and equipment of the scenario, also of trucks that only call at it, and the fuel of its vessels. Investment and net present value tell the same money otherwise and are no parts of it.", ...parts)];
}

/** The others in front: all but the one that is told. */
function others(search: Search): Design[] {
  const { best, front } = search.answer;
  return best ? front : front.slice(1);
}

const CONFIRMED = "holds all on fresh days";

/** Was it shown on days that took no part in the search? Only where something must hold. */
function confirmed({ is_confirmed }: Design): Cell {
  return is_confirmed === null ? "–" : { text: is_confirmed ? "shown" : "not shown", raw: is_confirmed ? 1 : 0, isText: true, ...(is_confirmed ? {} : { tone: "unsure" as const }) };
}

const unconfirmed = (search: Search): number => others(search).filter(({ is_confirmed }) => is_confirmed === false).length;

/** More designs in front are not for the board. */
const MOST_IN_FRONT = 4;
const FRONT = "Pareto front";
const ALIKE = "Designs that may be as good";
const titleOfOthers = ({ objectives }: Search) => (objectives.length > 1 ? FRONT : ALIKE);

function inFront(search: Search): HTMLElement[] {
  const rest = others(search);
  if (rest.length === 0) return [];
  const title = titleOfOthers(search);
  const isFront = title === FRONT;
  const mustHold = search.constraints.length > 0;
  const rows = rest.map((design): Cell[] => [named(design), ...cells(search, design), ...(mustHold ? [confirmed(design)] : []), percent(design.probability_best, 0)]);
  const holder = element("div", { class: "chart" });
  if (isFront) {
    const [x = "", y = ""] = search.objectives;
    const all = [told(search), ...rest].flatMap((design) => (design ? [{ name: settingTexts(design.settings).join("; "), x: design.standing.objectives[0] ?? 0, y: design.standing.objectives[1] ?? 0 }] : []));
    all.sort((a, b) => a.x - b.x);
    drawPaths(holder, [{ name: "Pareto front", points: all }], [`${metricLabel(x)}, ${metricUnit(x)}`, `${metricLabel(y)}, ${metricUnit(y)}`]);
  }
  const what = isFront ? "Designs of which none is better in both objectives: each costs something in one of them." : "The random days could not tell these from the design above: choose among them by what the simulation does not know.";
  const open = unconfirmed(search);
  const doubt = open > 0 ? ` ${open === 1 ? "One of them was" : `${show(open)} of them were`} not shown to hold all constraints on fresh days: simulate more days of ${open === 1 ? "it" : "them"} before choosing ${open === 1 ? "it" : "one"}.` : "";
  const columnsOf = ["design", ...columns(search), ...(mustHold ? [CONFIRMED] : []), "chance to be best"];
  return [section(title, `${what}${doubt}`, ...(isFront ? [holder] : []), ...table(columnsOf, rows, title))];
}

function figures(search: Search): HTMLElement[] {
  const known = new Map(LABELS.map(([name], at) => [name as string, at]));
  const rest = search.metrics_of_the_design.filter(({ name }) => !COST_PARTS.some((part) => part === name));
  rest.sort((a, b) => (known.get(a.name) ?? LABELS.length) - (known.get(b.name) ?? LABELS.length));
  if (rest.length === 0) return [];
  const rows = rest.map(({ name, mean, unit }): Cell[] => [metricLabel(name), number(mean), unit]);
  return [section("What the design does", "Means over the same random days as the figures above. The avoidable shares, of its first days, say how far another charging control could still go.", ...table(["metric", "mean", "unit"], rows, "What the design does"))];
}

function cards(search: Search): HTMLElement {
  const { best, otherwise: choices } = search.answer;
  const design = told(search);
  const [objective = ""] = search.objectives;
  const off = ({ other }: (typeof choices)[number]) => Math.abs(other?.difference ?? 0);
  const next = choices.filter(({ other }) => typeof other?.difference === "number").sort((a, b) => off(a) - off(b))[0];
  const kept = design?.standing.kept.filter((share): share is number => share !== null) ?? [];
  const share = (at: number): string => {
    const kept = design?.standing.kept[at];
    return typeof kept === "number" ? `: on ${show(100 * kept, 1)} % of days` : "";
  };
  const [open, doubtful] = [others(search).length, unconfirmed(search)];
  const hasConstraints = search.constraints.length > 0;
  const findings: Finding[] = [
    { what: "Is there a design that holds?", value: best ? "Yes" : "Not shown", details: [best ? `${show(search.designs_tried)} of ${show(search.designs_of_the_space)} designs tried` : "what came nearest is below", `${show(search.runs)} simulations`], evidence: "the-design", tone: best ? "good" : "bad" },
    ...(design ? [{ what: `How much is ${metricLabel(objective)}?`, value: interval(design.standing.objectives[0] ?? null, null, metricUnit(objective)), details: [`mean of ${show(design.standing.days)} random days`], evidence: search.metrics_of_the_design.some(({ name }) => name === COST_PARTS[0]) ? "cost-by-part" : "what-the-design-does", tone: "plain" as const }] : []),
    ...(design ? [{ what: "How sure is the choice?", value: design.probability_best === null ? (open === 0 ? "Alone in front" : `One of ${show(open + 1)}`) : `${show(100 * design.probability_best, 0)} % to be best`, details: [open === 0 ? "no other design came as near" : `${show(open)} more ${open === 1 ? "design" : "designs"} in front`, doubtful > 0 ? `${show(doubtful)} of them not shown to hold on fresh days` : "", next ? `nearest other choice: ${numberName(next.path)}` : ""], evidence: open > 0 ? titleOfOthers(search).toLowerCase().replaceAll(" ", "-") : "what-would-change-the-choice", tone: "plain" as const }] : []),
    ...(hasConstraints ? [{ what: "Do the constraints hold?", value: kept.length === 0 ? "–" : `On ${show(100 * Math.min(...kept), 1)} % of days`, details: search.constraints.map((constraint, at) => `${must(constraint)}${share(at)}`), evidence: "constraints", tone: best ? ("good" as const) : ("bad" as const) }] : []),
  ];
  return verdict(findings);
}

/** A warning of which the code of a chosen number stands in backticks, as all others do. */
function withCodes(text: string): string {
  return text.replace(/^([a-z_]+(?:\.\w+)+ = \S+) is/, "`$1` is").replace(/(?<!`)\b(?:charger|node|site|solar|storage)(?:\.\w+){2}(?=[ ,;:]|$)(?! =)/g, "`$&`");
}

export function buildDesign(page: HTMLElement, report: DesignAnswer): void {
  const title = `Search: ${report.title}`;
  newPage(page, title);
  const { search } = report;
  const design = told(search);
  const words = design ? settingTexts(design.settings).join("; ") : "No design could be simulated.";
  const shared = settingTexts(search.settings);
  const how = section(
    "How to read this",
    "",
    element(
      "ul",
      { class: "plain" },
      element("li", {}, `Method: ${search.method}.`),
      element("li", {}, search.budget_minutes === null ? `${show(search.runs)} of ${show(search.budget_runs)} runs were used.` : `${show(search.budget_minutes)} minutes came to ${show(search.budget_runs)} runs on the machine that searched; ${show(search.runs)} were used.`),
      element("li", {}, "± is half of a 95 % interval of the difference, day by day. Chance to be best: how often a design had the best mean when its days were drawn again."),
      element("li", {}, "best.toml in the folder of the result is an overlay with the design: run it, compare it, or search on from it."),
    ),
  );
  const warnings = report.warnings.map(withCodes);
  // A few designs that may be as good belong to the choice; a long front goes to the appendix.
  const isShort = others(search).length <= MOST_IN_FRONT;
  const second = [...costs(search), ...otherwise(search), ...(isShort ? inFront(search) : []), ...assumptions(report)];
  const appendix = [...(isShort ? [] : inFront(search)), ...figures(search), how, ...furtherWarnings(warnings), provenance(report)];
  appendix[0]?.classList.add("appendix");
  const sections = [decisions(search), ...constraints(search), ...second, ...appendix];
  page.append(
    element("h1", {}, title),
    element("p", {}, `The best of ${show(search.designs_of_the_space)} designs by ${search.objectives.map(metricLabel).join(" and ")}.${shared.length > 0 ? ` In all of them: ${shared.join("; ")}.` : ""}`),
    element("p", { class: "question" }, element("b", {}, search.answer.best || !design ? words : `Nearest: ${words}`)),
    cards(search),
    ...warningsBox(warnings),
    contents(sections),
    ...sections,
  );
}
