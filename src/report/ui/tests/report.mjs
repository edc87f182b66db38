// Report files, opened from disk without a network: no error, no request, and the numbers of summary.json and the tables.
// Arguments: triples of a run's folder, what the report is of, and how many sessions its table has (or -).

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { equal, holds, onPage } from "./browser.mjs";

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
  const hub = page.locator("#the-hub details").first();
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

/** A hub without ports is not told through ports, nor one with hydrogen without it. */
async function cardsFit(page, metrics) {
  const has = (name) => metrics.some((it) => it.name === name && it.scope === "total" && it.value !== null);
  const count = (label) => page.locator(".card", { hasText: label }).count();
  equal(await count("ports taken"), has("charger_utilization") ? 1 : 0, "cards of ports");
  equal(await count("hydrogen into vehicles"), has("h2_dispensed_kg") ? 1 : 0, "cards of hydrogen");
  const share = (row) => Number(/([\d.,]+) %/.exec(row)?.[1] ?? 0);
  const first = page.locator("#whom-it-concerns table").first().locator("tbody tr");
  for (const row of await first.allTextContents()) holds(!row.includes("over its limit") || share(row) > 100, `over its limit, and yet not: ${row}`);
}

async function studyPage(page, folder) {
  const study = read(folder, "compare.json");
  const text = await page.locator("main").textContent();
  for (const { name } of study.strategies) holds(text.includes(name), `the strategy ${name} is not on the page`);
  holds(text.includes(`${study.replications} replications`) || text.includes(String(study.replications)), "replications are not told");
}
