// The page of a comparison: how the strategies stand against the baseline, and how sure that is.

import { show, type Standing, type Study } from "./data";
import { choice, element, section } from "./dom";
import { differencePicture, tornadoPicture, type Swing } from "./intervals";
import { contents, newPage } from "./page";
import { provenance, warningsBox } from "./parts";
import { filteredTable, number, table, type Cell } from "./tables";

type Comparison = Study["study"];
type Compared = Comparison["metrics"][number];

/** What planners ask first, in this order, and how they call it. */
const HEADLINES: [string, string][] = [
  ["bill_total_usd", "electricity bills"],
  ["cost_usd", "cost"],
  ["npv_usd", "present value of all money"],
  ["hauls_completed", "hauls done"],
  ["hauls_late", "hauls late"],
  ["hauls_lapsed", "hauls cancelled"],
  ["queue_wait_p95_min", "95 % wait for a port"],
  ["h2_queue_wait_p95_min", "95 % wait at hydrogen stations"],
  ["h2_turned_away", "turned away for want of hydrogen"],
  ["h2_gave_up", "gave up waiting for hydrogen"],
  ["h2_dispensed_kg", "hydrogen into vehicles"],
  ["h2_cost_usd_per_kg", "cost of a kg of hydrogen"],
  ["sessions_unmet", "left with less than they asked for"],
  ["equipment_hours_served", "equipment hours done"],
  ["peak_kw", "peak of all sites together"],
  ["energy_grid_kwh", "energy through the meters"],
  ["co2e_t", "CO2e"],
  ["co2e_tailpipe_t", "CO2e at tailpipes"],
  ["co2e_upstream_t", "CO2e of supply"],
  ["nox_kg", "NOx"],
  ["pm25_kg", "PM2.5"],
];

/** A metric of the hub in plain words where we have them, and its name in the files otherwise. */
function label(metric: Compared): string {
  const known = metric.scope === "total" ? HEADLINES.find(([name]) => name === metric.name)?.[1] : undefined;
  return known ?? (metric.scope === "total" ? metric.name : `${metric.name} of ${metric.scope}`);
}

/** Not the same on every single day; where one day alone says nothing of chance, who knows. */
function isOther(it: Standing): boolean {
  if (it.difference === null) return true;
  const least = 1e-9 * Math.max(1, Math.abs(it.mean ?? 0));
  return Math.abs(it.difference) > least || (it.difference_half_width ?? 0) > least;
}

function varies(metric: Compared): boolean {
  return metric.strategies.some(isOther);
}

/** Two digits for small numbers, which would otherwise look like nothing. */
function tidy(value: number): string {
  return value !== 0 && Math.abs(value) < 0.1 ? String(Number(value.toPrecision(2))) : show(value);
}

function headlines(study: Comparison): Compared[] {
  const known = HEADLINES.map(([name]) => study.metrics.find((it) => it.name === name && it.scope === "total"));
  return known.filter((it): it is Compared => it !== undefined && it.strategies.some((standing) => standing.mean !== null));
}

function spread(value: number | null, half: number | null, isSigned = false): Cell {
  const sign = isSigned && value !== null && value > 0 ? "+" : "";
  return { text: value === null ? "–" : `${sign}${tidy(value)}${half === null ? "" : ` ± ${tidy(half)}`}`, raw: value, isText: true };
}

function verdict(metric: Compared, it: Standing, baseline: string): string {
  if (it.strategy === baseline) return "baseline";
  if (!isOther(it)) return "the same";
  if (it.differs === null) return "cannot tell";
  if (!it.differs) return "cannot tell";
  const isUp = (it.difference ?? 0) > 0;
  if (metric.better === null) return isUp ? "differs: higher" : "differs: lower";
  return isUp === (metric.better === "higher") ? "differs: better" : "differs: worse";
}

function places(it: Standing): string {
  if (it.first_place === null || it.last_place === null) return "–";
  return it.first_place === it.last_place ? String(it.first_place) : `${it.first_place}–${it.last_place}: cannot tell`;
}

/** p as people write it: tiny ones are not worth their digits. */
function probability(p: number | null): Cell {
  return { text: p === null ? "–" : p < 0.001 ? "< 0.001" : p.toFixed(3), raw: p };
}

/** All headline metrics in one table: a row for each, a column for each strategy. */
function overview(study: Comparison, metrics: Compared[]): HTMLElement {
  const names = study.strategies.map((it) => it.name);
  const rows = metrics.map((metric) => [
    `${label(metric)}${metric.unit ? `, ${metric.unit}` : ""}`,
    metric.better ?? "–",
    ...names.map((name): Cell => {
      const it = metric.strategies.find((standing) => standing.strategy === name);
      if (!it) return "–";
      if (name === study.baseline) return spread(it.mean, it.half_width);
      const words = verdict(metric, it, study.baseline);
      return { text: !isOther(it) ? "the same" : `${spreadText(it)} (${words})`, raw: it.difference, isText: true };
    }),
  ]);
  const columns = ["metric", "better is", ...names.map((name) => (name === study.baseline ? `${name} (baseline), mean` : `${name}, difference`))];
  return section("At a glance", `The baseline's mean, and how far each other strategy is from it on the same random days. ± is half of the 95 % interval.`, ...table(columns, rows, "Strategies at a glance"));
}

function spreadText(it: Standing): string {
  const cell = spread(it.difference, it.difference_half_width, true);
  return typeof cell === "string" ? cell : cell.text;
}

function standings(study: Comparison, metric: Compared): HTMLElement[] {
  const rows = metric.strategies.map((it): Cell[] => [
    it.strategy,
    spread(it.mean, it.half_width),
    it.strategy === study.baseline ? "–" : spread(it.difference, it.difference_half_width, true),
    probability(it.p_holm),
    verdict(metric, it, study.baseline),
    { text: it.probability_best === null ? "–" : `${show(100 * it.probability_best, 0)} %`, raw: it.probability_best },
    places(it),
    { text: it.pairing_factor === null ? "–" : `${show(it.pairing_factor, 1)} ×`, raw: it.pairing_factor },
  ]);
  const unit = metric.unit ? `, ${metric.unit}` : "";
  const columns = ["strategy", `mean${unit}`, `difference to ${study.baseline}${unit}`, "p (Holm)", "verdict", "probability best", "place", "gain of the same days"];
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
      name: it.strategy,
      value: it.difference ?? 0,
      half: it.difference_half_width,
      words: `${spreadText(it)} ${metric.unit}`,
      isSure: it.differs === true,
    }));
    const better = metric.better === null ? "" : ` ${metric.better === "lower" ? "Lower" : "Higher"} is better.`;
    const about = `Differences to ${study.baseline} in ${label(metric)}: ${rows.map((it) => `${it.name} ${it.words}`).join("; ")}`;
    holder.replaceChildren(
      element("p", {}, `${metric.info} (${metric.name}).${better} Filled dot: differs from ${study.baseline} after the adjustment; hollow: cannot tell.`),
      ...(rows.length > 0 ? [differencePicture(rows, metric.unit, about)] : []),
      ...standings(study, metric),
    );
  };
  const pick = choice("Metric", ordered.map((it, at): [string, string] => [String(at), label(it)]), (at) => draw(Number(at)));
  const first = Math.max(0, ordered.findIndex(varies));
  pick.select.value = String(first);
  draw(first);
  return section("One metric", `Difference of each strategy to ${study.baseline}, with its 95 % interval.`, pick.node, holder);
}

function sensitivitySection(study: Comparison): HTMLElement[] {
  if (study.sensitivity.length === 0) return [];
  const metric = study.metrics.find((it) => it.name === study.sensitivity_metric && it.scope === "total");
  const unit = metric?.unit ?? "";
  const what = metric ? label(metric) : (study.sensitivity_metric ?? "the result");
  const holder = element("div");
  const draw = (strategy: string) => {
    const swings = new Map<string, Swing>();
    for (const it of study.sensitivity.filter((row) => row.strategy === strategy && row.effect !== null)) {
      const swing = swings.get(it.parameter) ?? { name: it.parameter, effects: [] };
      swing.effects.push({ change: it.change, effect: it.effect ?? 0, half: it.effect_half_width, isRaised: it.is_raised });
      swings.set(it.parameter, swing);
    }
    const size = (swing: Swing) => Math.max(...swing.effects.map(({ effect }) => Math.abs(effect)));
    const sorted = [...swings.values()].sort((a, b) => size(b) - size(a));
    holder.replaceChildren(sorted.length > 0 ? tornadoPicture(sorted, unit, `Effect of each parameter on ${what} of ${strategy}`) : element("p", {}, "Nothing known of this strategy."));
  };
  const pick = choice("Strategy", study.strategies.map((it): [string, string] => [it.name, it.name]), draw);
  pick.select.value = study.baseline;
  draw(study.baseline);
  const rows = study.sensitivity.map((it): Cell[] => [
    it.parameter,
    it.change,
    it.value,
    it.strategy,
    number(it.mean),
    spread(it.effect, it.effect_half_width, true),
    it.strategy === study.baseline ? "–" : spread(it.difference, it.difference_half_width, true),
  ]);
  const columns = ["parameter", "change", "value", "strategy", `mean of ${what}`, "effect of the change", `difference to ${study.baseline}`];
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
      verdict(metric, it, study.baseline),
      metric.unit,
    ]),
  );
  const columns = ["metric", "of what", "strategy", "mean", "± 95 %", "difference", "± 95 %", "p (Holm)", "verdict", "unit"];
  return section("All metrics", "Type a part of a name to find it; copying takes all rows that match.", ...filteredTable(columns, rows, "All metrics"));
}

function method(study: Comparison): HTMLElement {
  const words = [
    `Each strategy was run on the same ${study.replications} random draws of the scenario's days (common random days), so a difference between two strategies is theirs and not the weather's or the traffic's; each difference is taken day by day, which makes its interval narrower (gain of the same days: how many times as many days it would take otherwise).`,
    "± is half of a 95 % interval: if the whole study were repeated many times, 95 of 100 such intervals would hold the true value.",
    "p (Holm) is the chance of a difference this large if there were none, raised for the number of strategies compared at once (Holm's method); below 0.05 the strategies differ, otherwise the data cannot tell.",
    "Probability best is how often a strategy came first when the days were drawn again; a place such as 1–3 means that the data cannot order those strategies.",
  ];
  return section("How to read this", "", element("ul", { class: "plain" }, ...words.map((text) => element("li", {}, text))));
}

function strategiesTable(study: Comparison): HTMLElement {
  const rows = study.strategies.map((it): Cell[] => [
    it.name === study.baseline ? `${it.name} (baseline)` : it.name,
    [...it.overlays, ...it.settings].join(", ") || "the scenario as it is",
  ]);
  const made = section("What was compared", "Each strategy changes the scenario as it says here.", ...table(["strategy", "what it changes"], rows, "Strategies"));
  made.querySelector(".scroll")?.classList.add("words");
  return made;
}

export function buildStudy(page: HTMLElement, report: Study): void {
  newPage(page, report.title);
  const study = report.study;
  const headline = headlines(study);
  const sections = [
    overview(study, headline),
    metricSection(study, headline),
    ...sensitivitySection(study),
    strategiesTable(study),
    method(study),
    allMetrics(study),
    provenance(report),
  ];
  const settings = study.settings.length > 0 ? ` Settings of all: ${study.settings.join(", ")}.` : "";
  const interrupted = study.interrupted ? ["The study was stopped before all replications were done; what is shown holds for those that were."] : [];
  const few = study.replications < 5 ? [`${study.replications === 1 ? "One replication says nothing" : `${study.replications} replications say little`} about chance: use 20 or more.`] : [];
  page.append(
    element("h1", {}, report.title),
    element("p", {}, `${study.strategies.length} strategies of ${study.scenario}, ${study.replications} replications each, seed ${study.seed}; the baseline is ${study.baseline}.${settings}`),
    ...warningsBox([...interrupted, ...few, ...report.warnings]),
    contents(sections),
    ...sections,
  );
}
