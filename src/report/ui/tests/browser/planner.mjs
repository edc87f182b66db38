// A person's path, end to end: open, move six chargers, halve the limit, run, see queues grow,
// compare with replications, save.
// Arguments: address of a server that serves depot_night, a folder for what is downloaded and for pictures.

import { join } from "node:path";
import { equal, fits, holds, isAccessible, onPage, pictures } from "./shared.mjs";

const [address, folder] = process.argv.slice(2);
const origin = new URL(address).origin;

/** Runs the scenario that is open, and tells the id of the run. */
async function runNow(page) {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL(/#\/run\//);
  await page.locator(".cards").first().waitFor({ timeout: 120_000 });
  return decodeURIComponent(new URL(page.url()).hash.split("/")[2]);
}

const results = async (id) => (await (await fetch(`${address}api/v1/runs/${id}/results`)).json()).metrics;
const total = (metrics, name) => metrics.find((metric) => metric.name === name && metric.scope === "total").value;

/** What is wrong shows while typing, in the words of `validate`, and nothing can be run; then six cabinets move away. */
async function edit(page) {
  await page.getByRole("link", { name: "Change and run again" }).click();
  const limit = page.locator('[id="field:site.depot.limit_kw"]');
  await limit.fill("-5");
  const wrong = page.locator('[id="field:site.depot.limit_kw:wrong"]');
  await wrong.filter({ hasText: "out of the plausible range" }).waitFor();
  await page.locator(".problems", { hasText: "1 error; fix it" }).waitFor();
  await page.locator(".problems", { hasText: "Service capacity of depot" }).waitFor();
  holds(await page.getByRole("button", { name: "Run", exact: true }).isDisabled(), "a draft with an error can be run");
  await limit.fill("550");
  await page.locator(".problems:empty").waitFor({ state: "attached" });
  const group = page.locator("fieldset", { has: page.locator("legend") }).first();
  const name = await group.locator("legend").textContent();
  const many = Number(await page.locator(`[id="field:charger.${name}.cabinets"]`).inputValue());
  await group.getByLabel(`cabinets of ${name} to move`).fill("6");
  await group.getByLabel(`site to move ${name} to`).selectOption({ label: "Carson warehouse" });
  await group.getByRole("button", { name: "Move", exact: true }).click();
  await page.locator("legend", { hasText: `${name}_at_dc_carson` }).waitFor();
  await page.locator("#change-list", { hasText: `charger.${name}.cabinets = ${many - 6}` }).waitFor();
  await page.fill("#days", "3");
}

/** Side by side: fewer charging ports and half the power make queues longer, and the numbers are those of the runs. */
async function beside(page, before, after) {
  await page.selectOption("#other", before);
  await page.getByRole("button", { name: "Side by side with" }).click();
  await page.locator("#headline-table").waitFor();
  await isAccessible(page, "two runs side by side");
  await fits(page, "two runs side by side");
  await pictures(page, "beside");
  const row = page.locator("#headline-table tr", { hasText: "95th-percentile wait for a charging port" });
  const [old, now] = (await row.locator("td").allTextContents()).slice(0, 2).map((text) => Number(text.replace(/,/g, "")));
  const [first, second] = [total(await results(before), "queue_wait_p95_min"), total(await results(after), "queue_wait_p95_min")];
  holds(second > first, `queues did not grow: ${first} to ${second} minutes`);
  holds(Math.abs(old - first) <= 0.5 && Math.abs(now - second) <= 0.5, `the page says ${old} and ${now}, the runs ${first} and ${second}`);
}

/** What chance did and what the change did: both strategies on the same random days, and the page says what the study says. */
async function compare(page) {
  await page.getByRole("button", { name: "Compare …" }).click();
  await page.getByLabel("Simulations of each (replications)").fill("1");
  await page.getByRole("button", { name: "Start the comparison" }).click();
  await page.getByText("Replications: a whole number from 2").waitFor();
  await page.getByLabel("Simulations of each (replications)").fill("4");
  await isAccessible(page, "the window that asks what to compare");
  await page.getByRole("button", { name: "Start the comparison" }).click();
  await page.waitForURL(/#\/run\//);
  await page.locator("#at-a-glance").waitFor({ timeout: 180_000 });
  const id = decodeURIComponent(new URL(page.url()).hash.split("/")[2]);
  const study = await (await fetch(`${address}api/v1/runs/${id}/results`)).json();
  equal(study.replications, 4, "replications");
  const metric = study.metrics.find((it) => it.name === "queue_wait_p95_min" && it.scope === "total");
  const mine = metric.strategies.find((it) => it.strategy === "My changes");
  const row = page.locator("#at-a-glance tr", { hasText: "95th-percentile wait for a charging port" });
  const raw = await row.locator("td").last().getAttribute("data-raw");
  equal(Number(raw), mine.difference, "the difference on the page against that of the study");
  await isAccessible(page, "a comparison");
  await fits(page, "a comparison");
  await pictures(page, "study_served");
}

await onPage(
  (url) => url.startsWith(origin) || url.startsWith("blob:"),
  async (page) => {
    await page.goto(address);
    await page.getByRole("link", { name: "Depot night", exact: true }).waitFor();
    await isAccessible(page, "the first page");
    await fits(page, "the first page");
    await pictures(page, "home");
    await page.getByRole("link", { name: "Depot night", exact: true }).click();
    await page.locator('[id="field:site.depot.limit_kw"]').waitFor();
    for (const tab of ["Equipment and shifts", "Fleets", "Storage and solar", "Limits and outages", "Control policies", "Site and chargers"]) {
      await page.getByRole("button", { name: tab }).click();
      await isAccessible(page, `the editor, ${tab}`);
    }
    await fits(page, "the editor");
    await page.fill("#days", "3");
    const before = await runNow(page);
    await pictures(page, "run_served");

    await edit(page);
    await pictures(page, "editor");
    const after = await runNow(page);
    holds(after !== before, "the second run took the name of the first");
    await beside(page, before, after);
    await page.goBack();
    await page.goBack();
    await compare(page);
    await page.goBack();

    // Save under a name; the file comes as a download too.
    await page.getByRole("button", { name: "Save as …" }).click();
    await page.getByLabel("Name of the file").fill("half the limit");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Use letters, digits, _ and - only.").waitFor();
    await page.getByLabel("Name of the file").fill("half_the_limit");
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save", exact: true }).click()]);
    equal(download.suggestedFilename(), "half_the_limit.toml", "name of the download");
    await download.saveAs(join(folder, "half_the_limit.toml"));
    console.log(JSON.stringify({ before, after }));
  },
);
