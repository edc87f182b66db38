// One run: how far it is, then its results.

import type { Page } from "../data/types";
import { button, element, section } from "../lib/dom";
import { show } from "../lib/format";
import { download, follow, isComparison, isCut, isOneRun, isRun, isSearch, isSensitivity, Refused, server, type Asked, type Change, type FinishedRun, type RunState, type ScenarioEntry } from "./api";
import { setDraft } from "./draft";
import type { Shared } from "./editor";
import type { Json } from "./json";
import { isSameScenario, requested, scenarioOf, studied, told } from "./told";

export type Show = (page: HTMLElement, data: Page) => void;

const DRAW_MS = 250;
const STATUS: Record<RunState["status"], string> = {
  queued: "Waiting for its turn.",
  running: "Running.",
  finished: "Done.",
  failed: "It failed.",
  cancelled: "It was cancelled.",
  interrupted: "It was interrupted: the server stopped.",
};

export async function openRun(page: HTMLElement, id: string, shared: Shared, gone: AbortSignal, draw: Show): Promise<void> {
  page.replaceChildren(element("p", {}, "Reading the run …"));
  let last: RunState;
  try {
    last = await server.state(id);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404 || isCut(gone)) throw error;
    page.replaceChildren(element("h1", {}, `There is no run ${id}`), element("p", {}, "It is not in this folder; perhaps it was dropped or moved away. ", element("a", { href: "#/" }, "Scenarios and runs")));
    return;
  }
  if (isCut(gone)) return;
  if (last.status !== "finished") last = await progress(page, last, shared, gone);
  if (isCut(gone) || last.status !== "finished") return;
  const { finished } = await server.runs();
  const own = finished.find((run) => run.id === id);
  const results = element("div");
  const [head, data] = await Promise.all([header(id, own, finished, shared), server.page(id)]);
  if (isCut(gone)) return;
  page.replaceChildren(head, results);
  draw(results, data);
  if (own && data.kind === "design") head.append(...nextSteps(own, data, shared));
}

type Search = Extract<Page, { kind: "design" }>["search"];

/** A setting of a design as a change of a draft. */
function change(setting: string): Change {
  const at = setting.indexOf("=");
  const [path, text] = [setting.slice(0, at), setting.slice(at + 1)];
  try {
    return { path, value: JSON.parse(text) as Json };
  } catch {
    return { path, value: text };
  }
}

/** What to do with the best design: open it, or ask which doubtful numbers would turn the choice between it and the next one. */
function nextSteps(own: FinishedRun, { search }: { search: Search }, shared: Shared): HTMLElement[] {
  const { request } = own;
  const { best, front, otherwise } = search.answer;
  if (!request || !isSearch(request) || !best) return [];
  const { scenario, strategies, days, seed } = request;
  const drafted = (settings: string[]) => [...request.changes.filter(({ path }) => !(path in request.decide)), ...settings.map(change)];
  const open = button("Open this design", () => {
    const entry = shared.workspace.scenarios.find(({ path }) => path === scenario);
    if (!entry) return;
    setDraft(entry, { scenario, strategies, changes: drafted(best.settings), days, seed });
    shared.go(`#/scenario/${encodeURIComponent(scenario)}`, "The best design is on the page as changes; nothing is written until you save.");
  });
  const near = ({ other }: (typeof otherwise)[number]) => Math.abs(other?.difference ?? Infinity);
  const nearest = [...otherwise].sort((a, b) => near(a) - near(b))[0]?.other;
  const second = front[0] ?? nearest;
  const [metric] = request.objectives;
  if (!second || metric === undefined) return [element("div", { class: "bar" }, open)];
  const variants = [{ name: "Best design", strategies, changes: drafted(best.settings) }, { name: "Next best", strategies, changes: drafted(second.settings) }];
  const turn = button("Which numbers would turn the choice?", () => {
    turn.disabled = true;
    const asked = server.sensitivity({ scenario, variants, metric, replications: 2, points: 64, days, seed });
    const failed = (error: Error) => {
      turn.disabled = false;
      shared.say(error.message, true);
    };
    void asked.then(({ id }) => shared.go(`#/run/${encodeURIComponent(id)}`)).catch(failed);
  });
  return [element("div", { class: "bar" }, open, turn)];
}

/** Time that is left, from what was done since the page looked: too early to tell in the first seconds. */
export function timeLeft(passed_ms: number, done: number, of: number): string {
  if (passed_ms < 3000 || done <= 0 || of <= done) return "";
  const left_s = ((passed_ms / done) * (of - done)) / 1000;
  if (left_s < 60) return "less than a minute left";
  const minutes = Math.round(left_s / 60);
  return minutes < 90 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`;
}

/** What is done of a run, as far as it is known. */
export function countOf({ done, of, unit }: Pick<RunState, "done" | "of" | "unit">): string {
  if (of > 0) return `${show(done, 0)} of ${show(of, 0)} ${unit}`;
  return done > 0 ? `${show(done, 0)} ${unit}` : "";
}

/** How far a run is, until it is over. Texts follow a few times a second; buttons and what is read aloud follow the status. */
async function progress(page: HTMLElement, first: RunState, shared: Shared, gone: AbortSignal): Promise<RunState> {
  const bar = element("progress", { max: "1", value: "0", "aria-label": "how far the run is" });
  const status = element("p", { role: "status", "aria-live": "polite" });
  const line = element("p");
  const actions = element("div", { class: "bar" });
  const back = element("p", {}, element("a", { href: `#/scenario/${encodeURIComponent(first.request.scenario)}` }, "Back to the scenario"), ": the run goes on.");
  page.replaceChildren(element("h1", {}, first.title || first.id), element("p", {}, requested(first.request)), section("Progress", "The results show here when it is done.", status, bar, line, actions), back);
  let last = first;
  let shown = "";
  let timer = 0;
  let isLost = false;
  let since: { at: number; done: number } | null = null;
  const draw = () => {
    window.clearTimeout(timer);
    timer = 0;
    // A bar that only moves says that nobody knows how far it is.
    if (last.of === 0 && last.status === "running") bar.removeAttribute("value");
    else bar.value = last.of > 0 ? last.done / last.of : 0;
    if (isLost) {
      status.textContent = "The server does not answer; was it stopped? This page asks again by itself.";
      shown = "";
      return;
    }
    since ??= last.status === "running" ? { at: Date.now(), done: last.done } : null;
    const left = since && last.status === "running" ? timeLeft(Date.now() - since.at, last.done - since.done, last.of - since.done) : "";
    line.textContent = [countOf(last), left, last.message].filter((part) => part !== "").join(", ");
    if (last.status === shown) return;
    shown = last.status;
    status.textContent = STATUS[last.status];
    drawActions(actions, last, shared);
  };
  draw();
  const hear = (state: RunState) => {
    [last, isLost] = [state, false];
    if (state.status !== shown) draw();
    else if (timer === 0) timer = window.setTimeout(draw, DRAW_MS);
  };
  const lose = () => {
    if (isLost) return;
    isLost = true;
    draw();
  };
  await follow(first.id, gone, hear, lose);
  if (!isCut(gone)) draw();
  return last;
}

function drawActions(actions: HTMLElement, state: RunState, shared: Shared): void {
  actions.replaceChildren();
  const act = (text: string, work: () => Promise<unknown>) => {
    const made = button(text, () => {
      made.disabled = true;
      const failed = (error: Error) => {
        made.disabled = false;
        shared.say(error.message, true);
      };
      void work().catch(failed);
    });
    actions.append(made);
  };
  const { request, status } = state;
  if (status === "running" && isComparison(request)) act("Stop and keep what is done", () => server.finish(state.id));
  if (status === "queued" || status === "running") act("Cancel", () => server.cancel(state.id));
  if (status === "interrupted" || status === "cancelled" || status === "failed") {
    act("Run it again", async () => {
      const next = await again(request);
      if (status === "interrupted") await server.drop(state.id);
      shared.go(`#/run/${encodeURIComponent(next.id)}`);
    });
  }
  if (status === "interrupted" || status === "failed") {
    act("Drop", async () => {
      await server.drop(state.id);
      shared.go("#/", `${state.id} is dropped, with what it had written.`);
    });
  }
}

/** Asks for the same once more. What a search has simulated is kept: it goes on from there. */
function again(request: Asked): Promise<RunState> {
  if (isComparison(request)) return server.compare(request);
  if (isSearch(request)) return server.search(request);
  if (isSensitivity(request)) return server.sensitivity(request);
  return server.start({ scenario: request.scenario, strategies: request.strategies, changes: request.changes }, request.days, request.seed);
}

async function header(id: string, own: FinishedRun | undefined, finished: FinishedRun[], shared: Shared): Promise<HTMLElement> {
  const bar = element("div", { class: "bar" });
  if (own) bar.append(element("span", {}, element("b", {}, id), ` ${isOneRun(own) ? told(own) : studied(own)}`), ...(await further(own, shared)));
  if (own && isOneRun(own)) bar.append(...sideBySide(own, finished, shared));
  return element("div", {}, bar, await downloads(id, shared));
}

/** Leads to the editor with what was changed for this run. */
async function further(own: FinishedRun, shared: Shared): Promise<HTMLElement[]> {
  const find = () => shared.workspace.scenarios.find(({ path }) => isSameScenario(scenarioOf(own), path.replace(/\/scenario\.toml$/, "")));
  // A scenario may have been saved since the list was read.
  if (!find()) shared.workspace = await server.workspace();
  const entry = find();
  return entry ? [changeFurther(own, entry)] : [];
}

function changeFurther(own: FinishedRun, entry: ScenarioEntry): HTMLElement {
  const link = element("a", { href: `#/scenario/${encodeURIComponent(entry.path)}` }, "Change and run again");
  const { request } = own;
  link.addEventListener("click", () => {
    if (request && isRun(request)) setDraft(entry, request);
  });
  return link;
}

/** Another run of the same scenario: mostly it is the layout that was changed. */
function sideBySide(own: FinishedRun, finished: FinishedRun[], shared: Shared): HTMLElement[] {
  const others = finished.filter((run) => run.id !== own.id && isOneRun(run));
  const isOwn = (run: FinishedRun) => isSameScenario(scenarioOf(run), scenarioOf(own));
  others.sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)));
  if (others.length === 0) return [];
  const none = element("option", { value: "" }, "another run …");
  const option = (run: FinishedRun) => element("option", { value: run.id }, `${run.id}: ${told(run)}`);
  const select = element("select", { id: "other", "aria-label": "run to show beside this one" }, none, ...others.map(option));
  // Only a run of the same scenario is offered without being asked.
  const [first] = others;
  select.value = first && isOwn(first) ? first.id : "";
  const go = button("Side by side with", () => {
    if (select.value !== "") shared.go(`#/compare/${encodeURIComponent(select.value)}/${encodeURIComponent(own.id)}`);
  });
  return [element("span", {}, go, " ", select)];
}

async function downloads(id: string, shared: Shared): Promise<HTMLElement> {
  const failed = (error: Error) => shared.say(error.message, true);
  const get = (file: string, work: Promise<Blob>) => void work.then((blob) => download(file, blob)).catch(failed);
  const tables = element("select", { id: "table", "aria-label": "table to download" }, ...(await server.tables(id)).map((name) => element("option", { value: name }, name)));
  const table = (kind: "csv" | "parquet") => get(`${id}_${tables.value}.${kind}`, server.table(id, `${tables.value}.${kind}`));
  return element(
    "details",
    { class: "downloads" },
    element("summary", {}, "Download"),
    element("div", { class: "bar" }, button("The report (HTML)", () => get(`${id}.html`, server.report(id))), element("label", { for: "table" }, "Table"), tables, button("CSV, for a spreadsheet", () => table("csv")), button("Parquet", () => table("parquet"))),
  );
}
