// Report files, opened from disk without a network: no error, no request, and the numbers of summary.json and the tables.
// Arguments: triples of a run's folder, what the report is of, and how many sessions its table has (or -).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { equal, fits, holds, isAccessible, onPage, pictures } from "./shared.mjs";

/** Columns of tables whose numbers are metrics: header, name of the metric, and what it is multiplied with. */
const COLUMNS = {
  "#electricity-bills": { "energy charge": ["bill_energy_usd"], "demand charge": ["bill_demand_usd"], fixed: ["bill_fixed_usd"], total: ["bill_total_usd"] },
  "#all-sites": { sessions: ["sessions"], "sessions left below their target": ["sessions_unmet"], "95th-percentile wait, min": ["queue_wait_p95_min"], "charging port utilization, %": ["charger_utilization", 100], "hydrogen, kg": ["h2_dispensed_kg"], "peak, kW": ["peak_kw"], "metered energy, MWh": ["energy_grid_kwh", 0.001] },
  "#emissions": { "diesel, gal": ["diesel_gal"], "CO2e at tailpipes, t": ["co2e_direct_t"], "CO2e of supply, t": ["co2e_upstream_t"] },
  "#what-a-kg-of-hydrogen-costs": { fills: ["h2_fills"], "dispensed, kg": ["h2_dispensed_kg"], "cost, USD/kg": ["h2_cost_usd_per_kg"] },
};

/** A sheet of the board that is emptier than this looks torn off. */
const LEAST_FILLED = 0.6;

const asked = process.argv.slice(2);
for (let at = 0; at < asked.length; at += 3) await look(asked[at], asked[at + 1], asked[at + 2]);

function read(folder, name) {
  return JSON.parse(readFileSync(join(folder, name), "utf8"));
}

async function look(folder, kind, sessions) {
  const file = pathToFileURL(join(folder, "report.html")).href;
  await onPage(
    (url) => url === file || url.startsWith("data:") || url.startsWith("blob:"),
    async (page) => {
      await page.context().setOffline(true);
      await page.goto(file);
      await page.locator("h1").waitFor();
      equal(await page.locator("img").count(), 0, "elements made of names");
      if (kind === "run" || kind === "years") await metricsAreThose(page, folder);
      if (kind === "run") await runPage(page, folder, sessions);
      if (kind === "study") await studyPage(page, folder);
      if (kind === "design") await designPage(page, folder);
      if (kind === "influence") await influencePage(page, folder);
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await fits(page, `${kind} page`);
      await isAccessible(page, `${kind} page`);
      await pictures(page, `${kind}_${folder.split("/").pop()}`);
      await boardPages(page, kind);
    },
  );
}


/** Every row of the table of all metrics has the value of summary.json, to the last digit. */
async function metricsAreThose(page, folder) {
  const { metrics } = read(folder, "summary.json");
  const known = new Map(metrics.map((it) => [`${it.name} ${it.scope}`, it.value]));
  const summary = page.locator("summary", { hasText: `All ${metrics.length} metrics` });
  await summary.scrollIntoViewIfNeeded();
  await summary.click();
  const table = page.locator("details", { has: summary }).locator("table");
  await table.waitFor();
  const rows = await table.locator("tbody tr").evaluateAll((lines) => lines.map((line) => [line.cells[0].textContent, line.cells[1].textContent, line.cells[2].dataset.raw]));
  equal(rows.length, Math.min(metrics.length, 400), "metrics shown");
  for (const [name, scope, raw] of rows) {
    const value = known.get(`${name} ${scope}`);
    equal(raw === "" ? null : Number(raw), value, `${name} of ${scope}`);
  }
}

async function runPage(page, folder, sessions) {
  const { metrics } = read(folder, "summary.json");
  const total = (name) => metrics.find((it) => it.name === name && it.scope === "total").value;
  const sites = page.locator("#all-sites table");
  const heads = await sites.locator("thead th").allTextContents();
  const column = heads.indexOf("sessions");
  // A hub without ports has no such column, and no sessions.
  const cells = column < 0 ? [] : await sites.locator("tbody tr").evaluateAll((lines, at) => lines.map((line) => Number(line.cells[at].dataset.raw)), column);
  const sum = cells.reduce((all, count) => all + count, 0);
  equal(sum, total("sessions"), "sessions of all sites against summary.json");
  if (sessions !== "-") equal(sum, Number(sessions), "sessions of all sites against the table");
  await cardsFit(page, metrics);
  await resultsAreThose(page, metrics);
  await columnsAreThose(page, folder, metrics);
  await yardIsThat(page, folder, metrics);
  const hub = page.locator("#over-time details").first();
  await hub.locator("summary").click();
  await hub.locator("tbody tr").first().waitFor();
  equal(await hub.locator("tbody tr").count(), Number(await page.getByRole("slider").first().getAttribute("max")) + 1, "rows of numbers for the steps of the chart");
  await loadsAreThose(page, folder);
  const slider = page.getByRole("slider").first();
  await slider.focus();
  const before = Number(await slider.inputValue());
  await page.keyboard.press("ArrowRight");
  holds(Number(await slider.inputValue()) > before, "the arrow key does not move the time");
  await page.getByRole("button", { name: /play/i }).first().click();
  await page.waitForFunction((from) => Number(document.querySelector("input[type=range]").value) > from + 1, before, { timeout: 20_000 });
}

/** Each of their cells is the metric of the site that its row names, or of all. */
async function columnsAreThose(page, folder, metrics) {
  const { sites } = read(folder, "hub.json");
  const known = new Map(metrics.map((it) => [`${it.name} ${it.scope}`, it.value]));
  let held = 0;
  for (const [where, columns] of Object.entries(COLUMNS)) {
    for (const table of await page.locator(`${where} table`).all()) {
      const heads = await table.locator("thead tr > *").allTextContents();
      const rows = await table.locator("tbody tr, tfoot tr").evaluateAll((lines) => lines.map((line) => [...line.cells].map((cell) => cell.dataset.raw ?? cell.textContent)));
      for (const cells of rows) {
        const site = sites.find(({ name }) => name === cells[0]);
        const scope = site ? `site:${site.key}` : cells[0] === "all" ? "total" : "";
        for (const [head, [name, factor = 1]] of Object.entries(columns)) {
          const [cell, value] = [cells[heads.indexOf(head)], known.get(`${name} ${scope}`)];
          if (scope === "" || value === undefined || value === null || cell === undefined || cell === "" || cell === "–") continue;
          holds(Math.abs(Number(cell) - factor * value) <= 1e-9 * Math.max(1, Math.abs(value)), `${where}, ${head} of ${cells[0]}: ${cell} is not ${factor} times ${value}`);
          held += 1;
        }
      }
    }
  }
  holds(held >= 10, `only ${held} numbers of the tables were compared with summary.json`);
}

/** The yard of terminals with a plan is told with the run's metrics, every state of carriers among them; elsewhere there is no such section. */
async function yardIsThat(page, folder, metrics) {
  const planned = metrics.filter(({ name, value }) => name === "yard_moves" && value !== null);
  equal(await page.locator("#terminal-yard").count(), planned.length > 0 ? 1 : 0, "sections of the yard");
  for (const { scope } of planned) {
    const own = metrics.filter((it) => it.scope === scope && it.value !== null);
    const lots = metrics.filter((it) => it.scope.startsWith(`lot:${scope.slice("site:".length)}/`));
    const known = [...own.map(({ value }) => value), ...lots.map(({ value }) => value), ...lots.map(({ value }) => 100 * value)];
    const tables = await page.locator("#terminal-yard table").evaluateAll((all) => all.map((it) => [it.caption.textContent, [...it.tBodies[0].rows].map((line) => [...line.cells].slice(1).map((cell) => cell.dataset.raw ?? ""))]));
    for (const [caption, rows] of tables) {
      const isOfLots = caption === "Charging lots";
      const shown = rows.flatMap((cells) => (isOfLots ? cells : cells.slice(0, 1))).filter((cell) => cell !== "").map(Number);
      holds(shown.length > 0, `nothing is told under ${caption}`);
      for (const value of shown) holds(known.some((it) => Math.abs(it - value) <= 1e-9 * Math.max(1, Math.abs(it))), `${caption}: ${value} is no metric of ${scope}`);
    }
    const states = tables.find(([caption]) => caption === "Carrier time by state")?.[1] ?? [];
    equal(states.length, own.filter(({ name }) => /^carrier_\w+_h$/.test(name)).length, "states of carriers");
    holds((await page.locator("#terminal-yard .plan title").count()) > 10, "blocks and lots of the plan have no names");
  }
}

/** The numbers behind the chart of loads are the means of the table of power. */
async function loadsAreThose(page, folder) {
  const kinds = { charging: "charging_kw", "equipment on the grid": "equipment_kw", "shore power": "shore_kw", "base load": "other_kw", hydrogen: "hydrogen_kw" };
  const [header, ...lines] = readFileSync(join(folder, "tables/power.csv"), "utf8").trim().split("\n").map((line) => line.split(","));
  const data = page.locator("#over-time details").first().locator("table");
  const heads = (await data.locator("thead th").allTextContents()).map((head) => head.replace(/, kW$/, ""));
  const rows = await data.locator("tbody tr").evaluateAll((list) => list.map((line) => [...line.cells].map((cell) => cell.dataset.raw ?? cell.textContent)));
  const { days, interval_s } = read(folder, "hub.json");
  const step_s = (days * 86_400) / rows.length;
  for (const [kind, column] of Object.entries(kinds)) {
    const [shown, at] = [heads.indexOf(kind), header.indexOf(column)];
    if (shown < 0) continue;
    const means = rows.map(() => 0);
    for (const line of lines) means[Math.floor(Number(line[header.indexOf("start_s")]) / step_s)] += (Number(line[at]) * interval_s) / step_s;
    means.forEach((mean, step) => holds(Math.abs(mean - Number(rows[step][shown])) <= 0.051, `${kind} at ${rows[step][0]}: ${rows[step][shown]} is not ${mean} kW`));
  }
}

/** Every number of the table of results is that of summary.json. */
async function resultsAreThose(page, metrics) {
  const values = metrics.filter((it) => it.scope === "total").map((it) => it.value);
  const shown = await page.locator("#results tbody td").evaluateAll((cells) => cells.map((cell) => Number(cell.dataset.raw)));
  holds(shown.length >= 8, "the results are not told");
  for (const value of shown) holds(values.includes(value), `${value} is no metric of all sites`);
}

/** The first screen answers four questions, each with its evidence; what is over a limit is red. */
async function cardsFit(page, metrics) {
  const total = (name) => metrics.find((it) => it.name === name && it.scope === "total")?.value ?? null;
  const cards = page.locator("a.card");
  equal(await cards.count(), 4, "cards of the verdict");
  for (const link of await cards.evaluateAll((list) => list.map((card) => card.getAttribute("href")))) equal(await page.locator(link).count(), 1, `evidence at ${link}`);
  const wait = total(total("charger_utilization") === null ? "h2_queue_wait_p95_min" : "queue_wait_p95_min");
  const told = await cards.nth(1).locator("b").textContent();
  equal(told, wait === null ? "no visits" : `${Math.round(wait).toLocaleString("en-US")} min`, "the wait on the first screen");
  const share = (row) => Number(/([\d.,]+) %/.exec(row)?.[1] ?? 0);
  const rows = await page.locator("#results-by-stakeholder table").first().locator("tbody tr").allTextContents();
  for (const row of rows) holds(!row.includes("over its limit") || share(row) > 100, `over its limit, and yet not: ${row}`);
  const isOver = rows.some((row) => row.includes("over its limit"));
  if (isOver) equal(await cards.nth(2).getAttribute("class"), "card bad", "the card of a connection over its limit");
}

/** On paper, question and verdict (of a run with its map) are on the first sheet; charts, cost and assumptions on the second; both are well filled. */
async function boardPages(page, kind) {
  await page.evaluate(() => document.querySelectorAll("details[open]").forEach((node) => (node.open = false)));
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 703, height: 1032 });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.waitForTimeout(300);
  const tops = await page.evaluate(() => [".second-page", ".appendix"].map((name) => document.querySelector(name)?.getBoundingClientRect().top + window.scrollY));
  const sheet = (273 / 25.4) * 96;
  const [second, appendix] = tops.map((top) => (top === undefined || Number.isNaN(top) ? null : top));
  // What is short runs on without a break: a search, a sensitivity, and years without rules and assumptions.
  if (["design", "influence", "years"].includes(kind) && (second === null || appendix === null)) return;
  holds(second !== null && appendix !== null, `${kind}: no second sheet, or no appendix`);
  holds(second <= sheet, `${kind}: the first sheet is ${Math.round(second)} pixels high, of ${Math.round(sheet)}`);
  holds(appendix - second <= sheet, `${kind}: the second sheet is ${Math.round(appendix - second)} pixels high, of ${Math.round(sheet)}`);
  const map = page.locator("#where .map");
  if (kind === "run") {
    holds(second >= LEAST_FILLED * sheet && appendix - second >= LEAST_FILLED * sheet, `the sheets of the board are ${Math.round(second)} and ${Math.round(appendix - second)} pixels high, of ${Math.round(sheet)}`);
    holds((await map.count()) === 1 && (await page.locator("#where .keys").first().isVisible()), "the map has no legend on paper");
  }
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({ media: "screen" });
}

async function studyPage(page, folder) {
  const study = read(folder, "compare.json");
  const text = await page.locator("main").textContent();
  for (const { name } of study.strategies) holds(text.includes(name), `the strategy ${name} is not on the page`);
  holds(text.includes(`${study.replications} replications`) || text.includes(String(study.replications)), "replications are not told");
  await glanceIsThat(page, study);
}

/** Every cell at a glance is the mean of the baseline or the difference of a strategy to it, to the last digit. */
async function glanceIsThat(page, study) {
  const names = study.strategies.map(({ name }) => name);
  const values = study.metrics.filter(({ scope }) => scope === "total").map(({ strategies }) => names.map((name) => {
    const it = strategies.find(({ strategy }) => strategy === name);
    return name === study.baseline ? it.mean : it.difference;
  }));
  const rows = await page.locator("#at-a-glance tbody tr").evaluateAll((lines) => lines.map((line) => [...line.cells].slice(1).map((cell) => Number(cell.dataset.raw))));
  holds(rows.length > 0, "no metric is at a glance");
  for (const row of rows) holds(values.some((known) => known.every((value, at) => Math.abs((value ?? 0) - row[at]) <= 1e-9 * Math.max(1, Math.abs(row[at])))), `${row} is no metric of the study`);
  // The first column holds names: none is broken inside a word.
  for (const cell of await page.locator("#what-was-compared tbody th").all()) {
    const { width } = await cell.boundingBox();
    holds(width >= 60, `the column of strategies is ${width} pixels wide`);
  }
}

// A function, for the checks begin above it.
function raw(page, where) {
  return page.locator(`${where} tbody tr`).evaluateAll((lines) => lines.map((line) => [...line.cells].map((cell) => cell.dataset.raw ?? cell.textContent)));
}

/** The best design, its cost by part, how it holds and what would change the choice are those of optimize.json. */
async function designPage(page, folder) {
  const { answer, decisions, metrics_of_the_design: metrics, constraints } = read(folder, "optimize.json");
  equal((await raw(page, "#the-design")).length, decisions.length, "decisions on the page");
  const mean = (name) => metrics.find((it) => it.name === name)?.mean;
  const total = await page.locator("#cost-by-part tfoot td").first().getAttribute("data-raw");
  equal(Number(total), mean("year_cost_usd"), "the yearly cost on the page");
  const kept = await raw(page, "#constraints");
  constraints.forEach((_, at) => equal(Number(kept[at][2]), 100 * answer.best.standing.kept[at], "days on which a constraint was kept"));
  const others = await raw(page, "#what-would-change-the-choice");
  equal(others.length, answer.otherwise.length, "other choices on the page");
  others.forEach((cells, at) => equal(Number(cells[3]), answer.otherwise[at].other.difference, "what another choice costs"));
  for (const link of await page.locator("a.card").evaluateAll((list) => list.map((card) => card.getAttribute("href")))) equal(await page.locator(link).count(), 1, `evidence at ${link}`);
}

/** The decisive numbers and their shares are those of sensitivity.json. */
async function influencePage(page, folder) {
  const { doubtful, numbers } = read(folder, "sensitivity.json");
  await page.getByText(`${numbers.length} of ${doubtful} doubtful numbers`).first().waitFor();
  const rows = await raw(page, "#what-decides");
  equal(rows.length, numbers.length, "numbers on the page");
  rows.forEach((cells, at) => {
    equal(cells.at(-1), numbers[at].path, "the number of a row");
    equal(Number(cells[4]), 100 * numbers[at].total.value, "what it explains");
  });
  for (const link of await page.locator("a.card").evaluateAll((list) => list.map((card) => card.getAttribute("href")))) equal(await page.locator(link).count(), 1, `evidence at ${link}`);
}
