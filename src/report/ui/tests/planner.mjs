// A person's path, end to end: open, move six chargers, halve the limit, run, see queues grow, compare, save.
// Arguments: address of a server that serves depot_night, a folder for what is downloaded and for pictures.

import { join } from "node:path";
import { equal, holds, onPage } from "./browser.mjs";

const [address, folder] = process.argv.slice(2);
const origin = new URL(address).origin;

/** Opens the first scenario, runs it as it is, and tells the id of the run. */
async function runNow(page) {
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.waitForURL(/#\/run\//);
  await page.locator(".cards").first().waitFor({ timeout: 120_000 });
  return decodeURIComponent(new URL(page.url()).hash.split("/")[2]);
}

await onPage(
  (url) => url.startsWith(origin) || url.startsWith("blob:"),
  async (page) => {
    const picture = (name) => page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
    await page.goto(address);
    await page.getByRole("link", { name: "Depot night", exact: true }).waitFor();
    await picture("home");
    await page.getByRole("link", { name: "Depot night", exact: true }).click();
    await page.locator('[id="field:site.depot.limit_kw"]').waitFor();
    await page.fill("#days", "3");
    const before = await runNow(page);
    await picture("run");

    // What is wrong shows while typing, in the words of `validate`, and nothing can be run.
    await page.getByRole("link", { name: "change the layout further" }).click();
    const limit = page.locator('[id="field:site.depot.limit_kw"]');
    await limit.fill("-5");
    const wrong = page.locator('[id="field:site.depot.limit_kw:wrong"]');
    await wrong.filter({ hasText: "out of the plausible range" }).waitFor();
    await page.locator(".problems", { hasText: "1 mistake to mend" }).waitFor();
    holds(await page.getByRole("button", { name: "Run", exact: true }).isDisabled(), "a draft with a mistake can be run");

    // Halve the limit; move six cabinets away from the depot.
    await limit.fill("550");
    await page.locator(".problems:empty").waitFor({ state: "attached" });
    const group = page.locator("fieldset", { has: page.locator("legend") }).first();
    const name = await group.locator("legend").textContent();
    const many = Number(await page.locator(`[id="field:charger.${name}.cabinets"]`).inputValue());
    await group.getByLabel(`cabinets of ${name} to move`).fill("6");
    await group.getByLabel(`site to move ${name} to`).selectOption({ label: "Carson warehouse" });
    await group.getByRole("button", { name: "Move", exact: true }).click();
    await page.locator("legend", { hasText: `${name}_at_dc_carson` }).waitFor();
    const changes = await page.locator("#change-list").textContent();
    holds(changes.includes(`charger.${name}.cabinets = ${many - 6}`), `the changes do not say that six are gone: ${changes}`);
    await picture("editor");
    await page.fill("#days", "3");
    const after = await runNow(page);
    holds(after !== before, "the second run took the name of the first");

    // Side by side: fewer ports and half the power make queues longer, and the numbers are those of the runs.
    await page.selectOption("#other", before);
    await page.getByRole("button", { name: "Compare with" }).click();
    await page.locator("#headline-table").waitFor();
    await picture("compare");
    const row = page.locator("#headline-table tr", { hasText: "wait for a port, 95th percentile" });
    const [old, now] = (await row.locator("td").allTextContents()).slice(0, 2).map((text) => Number(text.replace(/,/g, "")));
    const results = async (id) => (await (await fetch(`${address}api/v1/runs/${id}/results`)).json()).metrics;
    const wait = (metrics) => metrics.find((metric) => metric.name === "queue_wait_p95_min" && metric.scope === "total").value;
    const [first, second] = [wait(await results(before)), wait(await results(after))];
    holds(second > first, `queues did not grow: ${first} to ${second} minutes`);
    holds(Math.abs(old - first) <= 0.5 && Math.abs(now - second) <= 0.5, `the page says ${old} and ${now}, the runs ${first} and ${second}`);

    // Save under a name; the file comes as a download too.
    await page.goBack();
    await page.goBack();
    await page.getByRole("button", { name: "Save as …" }).waitFor();
    page.once("dialog", (dialog) => dialog.accept("half_the_limit"));
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as …" }).click()]);
    equal(download.suggestedFilename(), "half_the_limit.toml", "name of the download");
    await download.saveAs(join(folder, "half_the_limit.toml"));
    console.log(JSON.stringify({ before, after }));
  },
);
