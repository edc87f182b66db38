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
  await page.locator(".problems", { hasText: "Service capacity of Carson depot" }).waitFor();
  holds(await page.getByRole("button", { name: "Run", exact: true }).isDisabled(), "a draft with an error can be run");
  await limit.fill("550");
  await page.locator(".problems:empty").waitFor({ state: "attached" });
  const group = page.locator("fieldset", { has: page.locator("legend") }).first();
  const name = await group.locator("legend").getAttribute("title");
  const plain = name.replaceAll("_", " ");
  const many = Number(await page.locator(`[id="field:charger.${name}.cabinets"]`).inputValue());
  await group.getByLabel(`cabinets of ${plain} to move`).fill("6");
  await group.getByLabel(`site to move ${plain} to`).selectOption({ label: "Carson warehouse" });
  await group.getByRole("button", { name: "Move", exact: true }).click();
  await page.locator("legend", { hasText: `${plain} at dc carson` }).waitFor();
  await page.locator("#change-list", { hasText: `Charger cabinets of ${plain}: ${many - 6}` }).waitFor();
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

/** The best of a few designs, found while the page tells how far it is; it can be opened as changes. */
async function findBest(page) {
  await page.goto(`${address}#/scenario/depot_night`);
  await page.locator("#days").fill("1");
  await page.getByRole("button", { name: "Find the best …" }).click();
  await page.getByRole("button", { name: "Start the search" }).click();
  await page.getByText("Choose at least one thing that may be decided.").waitFor();
  for (const [key, value] of [["from", "10"], ["to", "14"], ["step", "2"]]) await page.locator(`[id="decide:charger.night.cabinets:${key}"]`).fill(value);
  await page.getByText("3 designs in all.").waitFor();
  await page.locator('[id="constraint:0"]').selectOption("hauls_completed");
  await page.getByLabel("which end").first().selectOption("least");
  await page.locator('[id="constraint:0:value"]').fill("1");
  await page.locator("#budget").fill("30");
  await page.locator("#budget-unit").selectOption("runs");
  await isAccessible(page, "the window that asks what to search");
  await pictures(page, "search_window");
  await page.getByRole("button", { name: "Start the search" }).click();
  await page.waitForURL(/#\/run\//);
  await page.locator("#the-design").waitFor({ timeout: 180_000 });
  const id = decodeURIComponent(new URL(page.url()).hash.split("/")[2]);
  const { answer } = await (await fetch(`${address}api/v1/runs/${id}/results`)).json();
  const [, cabinets] = answer.best.settings[0].split("=");
  equal(await page.locator("#the-design tbody td").first().textContent(), cabinets, "the chosen number of cabinets");
  await isAccessible(page, "the best design");
  await fits(page, "the best design");
  await pictures(page, "design_served");
  await page.getByRole("button", { name: "Open this design" }).click();
  await page.locator("#changes").filter({ hasText: /Charger cabinets of night|None yet/ }).waitFor();
}

/** Which numbers decide takes long: the page tells how far it is, and it can be cancelled. */
async function whatDecides(page) {
  await page.goto(`${address}#/scenario/depot_night`);
  await page.getByRole("button", { name: "What decides? …" }).click();
  await isAccessible(page, "the window that asks what decides");
  await pictures(page, "sensitivity_window");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForURL(/#\/run\//);
  await page.getByText(/\d+ combinations of values/).waitFor({ timeout: 120_000 });
  await isAccessible(page, "a study that goes on");
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByText("It was cancelled.").waitFor({ timeout: 60_000 });
}

/** Task A: a scenario of one's own from a template, with a tariff, a map, other equipment and hours, a limit; all can be undone. */
async function ownPort(page) {
  await page.goto(address);
  await page.getByRole("button", { name: "Use this template: Port terminal" }).click();
  await page.getByLabel("Name of its folder").fill("my port");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText("Use letters, digits").waitFor();
  await page.getByLabel("Name of its folder").fill("my_port");
  await page.getByRole("button", { name: "Create" }).click();
  await page.locator('[id="field:site.terminal.limit_kw"]').waitFor();
  const road = { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: [[-118.233, 33.747], [-118.24, 33.83], [-117.9, 33.95], [-117.59, 34.04]] } };
  await page.locator("#own-map summary").click();
  await page.locator("#upload-map").setInputFiles({ name: "roads.geojson", mimeType: "application/geo+json", buffer: Buffer.from(JSON.stringify({ type: "FeatureCollection", features: [road] })) });
  await page.locator(".map path.road").waitFor({ state: "attached" });
  await page.getByRole("button", { name: "Add a site …" }).click();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("It needs a name.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Overflow yard");
  await isAccessible(page, "the window that adds a site");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.locator('[id="field:site.overflow_yard.limit_kw"]').fill("500");
  await page.getByRole("button", { name: "Equipment and shifts" }).click();
  await page.locator("summary", { hasText: "Own shifts of this terminal" }).click();
  await page.getByRole("button", { name: "Add: Own shifts of this terminal" }).click();
  await page.locator('[id="field:terminal.terminal.labor.weekday"]').fill("07:00-12:00, 13:00-18:00");
  const units = page.locator('[id^="field:terminal.terminal.equipment."]').first();
  await units.fill("60");
  await page.locator('[id="field:labor.weekday"]').fill("08:00-12:00, 13:00-17:00");
  await page.getByRole("button", { name: "Limits and outages" }).click();
  await page.getByRole("button", { name: "Add to Temporary limits and outages" }).click();
  await page.locator('[id$=".kw"][id^="field:limit."]').fill("5000");
  await page.locator("#change-list", { hasText: "Worked hours, weekday" }).waitFor();
  await page.locator(".problems:empty").waitFor({ state: "attached" });
  await isAccessible(page, "the editor with changes");
  await pictures(page, "editor_own_port");
  await page.fill("#days", "2");
  const id = await runNow(page);
  const { limits, vehicles, routes, pauses, sites } = await (await fetch(`${address}api/v1/runs/${id}/page`)).json();
  equal(limits.length, 1, "limits of the run");
  equal(sites.find(({ name }) => name === "Overflow yard")?.limit_kw, 500, "service capacity of the new site");
  holds(vehicles.some(({ count }) => count === 60), "the run has not the equipment that was asked for");
  holds(pauses.some(({ is_break }) => is_break), "the breaks are not shaded");
  holds(routes.length > 0, "no truck keeps to the road");
  const there = total(await results(id), "vessels_at_berth");
  holds(there > 0 && total(await results(id), "vessel_calls") === 0, `a call takes longer than two days: ${there} at berth`);
  await page.locator(".card", { hasText: "no vessel call ended" }).waitFor();
  await fits(page, "a run with a long list of changes");
  await pictures(page, "run_own_port");
  await page.getByRole("link", { name: "Change and run again" }).click();
  await page.getByRole("button", { name: "Undo all" }).click();
  await page.getByText("None yet.").first().waitFor();
}

/**
 * Policies with their parameters, prices, a fleet and its shifts: what a planner sets is what the run is made with; several sets
 * of changes and policies are compared at once.
 */
async function policiesAndPrices(page) {
  await page.goto(`${address}#/scenario/depot_night`);
  await page.locator("#days").fill("1");
  const undo = page.getByRole("button", { name: "Undo all" });
  if (await undo.isVisible()) await undo.click();
  await page.getByText("None yet.").waitFor();
  await page.getByRole("button", { name: "Control policies" }).click();
  await page.locator('[id="field:policy.charging.name"]').selectOption("peak_cap");
  const cap = page.locator('[id="field:policy.charging.params.cap_kw"]');
  await cap.fill("-3");
  await page.locator(".problems", { hasText: "Charging control, cap of a site" }).waitFor();
  await cap.fill("300");
  await page.locator(".problems:empty").waitFor({ state: "attached" });
  await page.locator("#change-list", { hasText: "300 kW" }).waitFor();
  await page.getByRole("button", { name: "Put aside …" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Capped");
  await page.getByRole("button", { name: "Put aside", exact: true }).click();
  await page.locator("#aside-list", { hasText: "Capped" }).waitFor();
  await page.getByRole("button", { name: "Undo all" }).click();

  await page.getByRole("button", { name: "Prices" }).click();
  await page.getByRole("button", { name: "Add prices" }).click();
  await page.getByRole("button", { name: "Add a price" }).click();
  await page.getByLabel("Connection of Carson depot").check();
  await page.locator('[id="field:price.price.capex_usd_per_kw"]').fill("540");
  await page.getByRole("button", { name: "Fleets" }).click();
  await page.locator("summary", { hasText: "1 shift" }).first().click();
  await page.locator('[id="field:fleet.carrier.shift[0].hours"]').fill("11");
  await page.locator("#change-list", { hasText: "for 11 h" }).waitFor();
  await page.locator(".problems:empty").waitFor({ state: "attached" });
  const id = await runNow(page);
  const cost = total(await results(id), "year_cost_usd");
  holds(cost > 0, `a run with prices says nothing of a year: ${cost}`);
  const manifest = await (await fetch(`${address}api/v1/runs`)).json();
  const { settings } = manifest.finished.find((run) => run.id === id);
  for (const part of ["price.price=", "money.years=15", "fleet.carrier.shift=", 'fleet.carrier.sources.shift="planner"', 'money.sources.discount_rate="planner"']) holds(settings.some((setting) => setting.startsWith(part)), `${settings} has no ${part}`);

  await page.getByRole("link", { name: "Change and run again" }).click();
  await page.getByRole("button", { name: "Compare …" }).click();
  await page.getByRole("button", { name: "Add a variant" }).click();
  await page.getByLabel("Policy of variant 4").selectOption("policy.charging=fcfs");
  await page.getByLabel("Changes of variant 4").selectOption({ label: "My changes" });
  equal(await page.getByLabel("Name of variant 4").inputValue(), "First come, first served, My changes", "the name of a variant follows its choices");
  await page.getByRole("button", { name: "Add a variant" }).click();
  await page.getByRole("button", { name: "Start the comparison" }).click();
  await page.locator("dialog .wrong", { hasText: "Base case" }).waitFor();
  await page.getByRole("button", { name: "Take variant 5 out" }).click();
  await isAccessible(page, "the window with several variants");
  await fits(page, "the window with several variants");
  await pictures(page, "compare_window");
  await page.getByLabel("Simulations of each").fill("2");
  await page.getByRole("button", { name: "Start the comparison" }).click();
  await page.waitForURL(/#\/run\//);
  await page.locator("#at-a-glance").waitFor({ timeout: 180_000 });
  const study = decodeURIComponent(new URL(page.url()).hash.split("/")[2]);
  const { strategies } = await (await fetch(`${address}api/v1/runs/${study}/results`)).json();
  equal(strategies.map(({ name }) => name).join("; "), "Base case; My changes; Capped; First come, first served, My changes", "what was compared");
  holds(strategies[2].settings.includes("policy.charging.params.cap_kw=300"), `${strategies[2].settings} has no cap`);
  await page.goto(`${address}#/scenario/depot_night`);
  await page.getByRole("button", { name: "Undo all" }).click();
}

/**
 * A meter of one's own whose columns nobody knows: its rows show, columns are chosen, and the site's load is the meter's; a
 * second file of the name is refused.
 */
async function ownFile(page, wrong) {
  await page.goto(`${address}#/scenario/depot_night`);
  await page.locator('[id="field:site.depot.limit_kw"]').waitFor();
  const days = Array.from({ length: 10 }, (_, day) => `2025-06-${String(day + 2).padStart(2, "0")}`);
  const hours = days.flatMap((day) => Array.from({ length: 24 }, (_, hour) => `${day} ${String(hour).padStart(2, "0")}:00;${40 + hour},5`));
  const buffer = Buffer.from(`Zeitpunkt;Wert\n${hours.join("\n")}\n`);
  const choose = () => page.locator("#add-file-input").setInputFiles({ name: "Lastgang (Depot).csv", mimeType: "text/csv", buffer });
  await choose();
  await page.locator("#file-status", { hasText: "It cannot be read yet" }).waitFor();
  await isAccessible(page, "the window of a file that cannot be read");
  await pictures(page, "file_unread");
  await page.locator("#column-start").selectOption("Zeitpunkt");
  await page.locator("#column-value").selectOption("Wert");
  await page.locator("#file-unit").selectOption("kW");
  await page.locator("#file-status", { hasText: "240 intervals of 60 min" }).waitFor();
  holds((await page.locator("#file-map").textContent()).includes('start = "Zeitpunkt"'), "the mapping does not say what was chosen");
  await isAccessible(page, "the window of a file");
  await fits(page, "the window of a file");
  await pictures(page, "file_read");
  await page.getByRole("button", { name: "Use in this scenario" }).click();
  await page.locator(".message", { hasText: "Lastgang_Depot.csv and Lastgang_Depot.map.toml" }).waitFor();
  await page.locator(".problems:empty").waitFor({ state: "attached" });
  await page.locator("#change-list", { hasText: "From Lastgang (Depot).csv" }).waitFor();
  await choose();
  await page.locator("#column-start").selectOption("Zeitpunkt");
  await page.locator("#column-value").selectOption("Wert");
  await page.locator("#file-unit").selectOption("kW");
  await page.locator("#file-status", { hasText: "It can be read" }).waitFor();
  await page.getByRole("button", { name: "Use in this scenario" }).click();
  await page.locator("dialog .wrong", { hasText: "is there already" }).waitFor();
  // The browser logs the refusal that was asked for.
  const refused = wrong.findIndex((text) => text.includes("409"));
  holds(refused >= 0, "nothing was refused");
  wrong.splice(refused, 1);
  await page.keyboard.press("Escape");
  await page.locator("dialog").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo all" }).click();
  await page.getByText("None yet.").first().waitFor();
}

/** Task C, first page: each run stands there with its results, and a new one comes without a reload. */
async function listIsLive(page, id) {
  await page.goto(`${address}#/`);
  const row = page.locator(`tr[data-run="${id}"]`);
  await row.waitFor();
  const metrics = await results(id);
  const cells = await row.locator("td").allTextContents();
  const wait = Math.round(total(metrics, "queue_wait_p95_min"));
  holds(cells.some((text) => text === `${wait.toLocaleString("en-US")} min`), `${cells} does not say a wait of ${wait} min`);
  const body = JSON.stringify({ scenario: "depot_night", days: 1, seed: 9 });
  const asked = await fetch(`${address}api/v1/runs`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const next = (await asked.json()).id;
  await page.locator(`tr[data-run="${next}"] input[type="checkbox"]`).waitFor({ timeout: 60_000 });
  await isAccessible(page, "the first page with runs");
  await fits(page, "the first page with runs");
  await pictures(page, "home_runs");
}

/** A charging lot is dragged as far as the fence, moved and resized with keys, and taken back; two runs side by side tell what that changed. */
async function moveLot(page) {
  await page.goto(`${address}#/scenario/depot_night`);
  await page.selectOption("#strategy", "yard");
  const lot = page.locator('[id="lot:canopy"]');
  await lot.waitFor();
  holds((await lot.getAttribute("aria-label")).includes("middle at 60, 30 m, 90 × 20 m"), "the lot does not lie where the file has it");
  await page.fill("#days", "1");
  const before = await runNow(page);
  await page.getByRole("link", { name: "Change and run again" }).click();
  await lot.waitFor();
  await lot.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await lot.locator("path").boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + 10, y - 20, { steps: 3 });
  await page.mouse.move(x + width / 2 + 10, Math.max(5, y - 600), { steps: 3 });
  await page.locator("#plan-status", { hasText: "The fence is there: the lot stays inside." }).waitFor();
  await page.mouse.up();
  await page.locator("#change-list", { hasText: "Charging lot canopy at Carson depot" }).waitFor();
  holds(/middle at [\d.]+, 80 m, 90 × 20 m/.test(await lot.getAttribute("aria-label")), "the lot does not touch the fence behind");
  await lot.press("ArrowDown");
  await lot.press("Shift+ArrowLeft");
  await page.locator("#change-list", { hasText: "Size of charging lot canopy at Carson depot: 85, 20 m" }).waitFor();
  equal(await page.evaluate(() => document.activeElement.id), "lot:canopy", "the focus after a key");
  await page.locator(".problems:empty").waitFor({ state: "attached" });
  await isAccessible(page, "the plan that is edited");
  await fits(page, "the plan that is edited");
  await pictures(page, "plan_edited");
  const after = await runNow(page);
  await page.selectOption("#other", before);
  await page.getByRole("button", { name: "Side by side with" }).click();
  const row = page.locator("#lots-beside tbody tr", { hasText: "canopy" });
  await row.waitFor();
  const shown = await row.locator("td").evaluateAll((cells) => cells.map((cell) => cell.dataset.raw ?? cell.textContent));
  const way = async (id) => (await results(id)).find(({ name, scope }) => name === "lot_way_mean_min" && scope === "lot:depot/canopy").value;
  const numbers = shown.map(Number).filter((value) => Number.isFinite(value));
  holds(numbers[0] > 40, `the lot was moved by ${numbers[0]} m`);
  for (const value of [await way(before), await way(after)]) holds(numbers.some((it) => Math.abs(it - value) < 1e-9), `${shown} has no way of ${value} min`);
  await isAccessible(page, "two plans side by side");
  await fits(page, "two plans side by side");
  await pictures(page, "plans_beside");
  await page.goto(`${address}#/scenario/depot_night`);
  await page.getByRole("button", { name: /^undo Charging lot canopy/ }).click();
  await page.locator('[id="lot:canopy"][aria-label*="middle at 60, 30 m, 90 × 20 m"]').waitFor();
}

await onPage(
  (url) => url.startsWith(origin) || url.startsWith("blob:"),
  async (page, wrong) => {
    await page.goto(address);
    await page.getByRole("link", { name: "Depot night", exact: true }).waitFor();
    await isAccessible(page, "the first page");
    await fits(page, "the first page");
    await pictures(page, "home");
    await page.getByRole("link", { name: "Depot night", exact: true }).click();
    await page.locator('[id="field:site.depot.limit_kw"]').waitFor();
    for (const tab of ["Equipment and shifts", "Fleets", "Storage and solar", "Limits and outages", "Control policies", "Prices", "Site and chargers"]) {
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
    await listIsLive(page, before);
    await findBest(page);
    await whatDecides(page);
    await policiesAndPrices(page);
    await ownPort(page);
    await ownFile(page, wrong);
    await moveLot(page);
    console.log(JSON.stringify({ before, after }));
  },
);
