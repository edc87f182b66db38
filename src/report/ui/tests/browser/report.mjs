// Report files, opened from disk without a network: no error, no request, and the numbers of summary.json and the tables.
// Arguments: triples of a run's folder, what the report is of, and how many sessions its table has (or -).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { equal, fits, holds, isAccessible, onPage, pictures } from "./shared.mjs";

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
      if (kind !== "study") await metricsAreThose(page, folder);
      if (kind === "run") await runPage(page, folder, sessions);
      if (kind === "study") await studyPage(page, folder);
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await fits(page, `${kind} page`);
      await isAccessible(page, `${kind} page`);
      await pictures(page, `${kind}_${folder.split("/").pop()}`);
      if (kind === "run") await boardPages(page);
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
  const hub = page.locator("#over-time details").first();
  await hub.locator("summary").click();
  await hub.locator("tbody tr").first().waitFor();
  equal(await hub.locator("tbody tr").count(), Number(await page.getByRole("slider").first().getAttribute("max")) + 1, "rows of numbers for the steps of the chart");
  const slider = page.getByRole("slider").first();
  await slider.focus();
  const before = Number(await slider.inputValue());
  await page.keyboard.press("ArrowRight");
  holds(Number(await slider.inputValue()) > before, "the arrow key does not move the time");
  await page.getByRole("button", { name: /play/i }).first().click();
  await page.waitForFunction((from) => Number(document.querySelector("input[type=range]").value) > from + 1, before, { timeout: 20_000 });
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

/** On paper, question, verdict and map are on the first sheet; charts, cost and assumptions on the second. */
async function boardPages(page) {
  await page.evaluate(() => document.querySelectorAll("details[open]").forEach((node) => (node.open = false)));
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize({ width: 703, height: 1032 });
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  await page.waitForTimeout(300);
  const [second, appendix] = await page.evaluate(() => [".second-page", ".appendix"].map((name) => document.querySelector(name).getBoundingClientRect().top + window.scrollY));
  const sheet = (273 / 25.4) * 96;
  holds(second <= sheet, `the first sheet is ${Math.round(second)} pixels high, of ${Math.round(sheet)}`);
  holds(appendix - second <= sheet, `the second sheet is ${Math.round(appendix - second)} pixels high, of ${Math.round(sheet)}`);
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  await page.emulateMedia({ media: "screen" });
}

async function studyPage(page, folder) {
  const study = read(folder, "compare.json");
  const text = await page.locator("main").textContent();
  for (const { name } of study.strategies) holds(text.includes(name), `the strategy ${name} is not on the page`);
  holds(text.includes(`${study.replications} replications`) || text.includes(String(study.replications)), "replications are not told");
}
