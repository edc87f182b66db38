// One run: how far it is, then its results.

import type { Report, Study, Years } from "../data";
import { element, section } from "../dom";
import { download, follow, Refused, server, type FinishedRun, type RunState, type ScenarioEntry } from "./api";
import { setDraft } from "./draft";
import type { Shared } from "./editor";
import { told } from "./home";

export type Show = (page: HTMLElement, data: Report | Years | Study) => void;

const DRAW_MS = 250;
const STATUS: Record<RunState["status"], string> = {
  queued: "Waiting for its turn.",
  running: "Running.",
  finished: "Done.",
  failed: "It failed.",
  cancelled: "It was cancelled.",
  interrupted: "It was interrupted: the server stopped.",
};

export async function openRun(page: HTMLElement, id: string, shared: Shared, gone: AbortSignal, show: Show): Promise<void> {
  page.replaceChildren(element("p", {}, "Reading the run …"));
  let last: RunState;
  try {
    last = await server.state(id);
  } catch (error) {
    if (!(error instanceof Refused) || error.status !== 404 || gone.aborted) throw error;
    page.replaceChildren(element("h1", {}, `There is no run ${id}`), element("p", {}, "It is not in this folder; perhaps it was dropped or moved away. ", element("a", { href: "#/" }, "Scenarios and runs")));
    return;
  }
  if (gone.aborted) return;
  if (last.status !== "finished") last = await progress(page, last, shared, gone);
  if (gone.aborted || last.status !== "finished") return;
  const { finished } = await server.runs();
  const own = finished.find((run) => run.id === id);
  const results = element("div");
  const [head, data] = await Promise.all([header(id, own, finished, shared), server.page(id)]);
  if (gone.aborted) return;
  page.replaceChildren(head, results);
  show(results, data);
}

/** How far a run is, until it is over. Texts follow a few times a second; buttons and what is read aloud follow the status. */
async function progress(page: HTMLElement, first: RunState, shared: Shared, gone: AbortSignal): Promise<RunState> {
  const bar = element("progress", { max: "1", value: "0", "aria-label": "how far the run is" });
  const status = element("p", { role: "status", "aria-live": "polite" });
  const line = element("p");
  const actions = element("div", { class: "bar" });
  page.replaceChildren(element("h1", {}, first.id), section("Progress", "The results show here when it is done.", status, bar, line, actions));
  let last = first;
  let shown = "";
  let timer = 0;
  let isLost = false;
  const draw = () => {
    window.clearTimeout(timer);
    timer = 0;
    bar.value = last.of > 0 ? last.done / last.of : 0;
    if (isLost) {
      status.textContent = "The server does not answer; was it stopped? This page asks again by itself.";
      shown = "";
      return;
    }
    line.textContent = [last.of > 0 ? `${last.done} of ${last.of} ${last.unit}` : "", last.message].filter((part) => part !== "").join(", ");
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
  if (!gone.aborted) draw();
  return last;
}

function drawActions(actions: HTMLElement, state: RunState, shared: Shared): void {
  actions.replaceChildren();
  const act = (text: string, work: () => Promise<unknown>) => {
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", () => {
      button.disabled = true;
      const failed = (error: Error) => {
        button.disabled = false;
        shared.say(error.message, true);
      };
      void work().catch(failed);
    });
    actions.append(button);
  };
  if (state.status === "queued" || state.status === "running") act("Cancel", () => server.cancel(state.id));
  if (state.status === "interrupted" || state.status === "cancelled" || state.status === "failed") {
    act("Run it again", async () => {
      const { days, seed, scenario, strategies, changes } = state.request;
      const next = await server.start({ scenario, strategies, changes }, days, seed);
      if (state.status === "interrupted") await server.cancel(state.id);
      shared.go(`#/run/${encodeURIComponent(next.id)}`);
    });
  }
  if (state.status === "interrupted" || state.status === "failed") {
    act("Drop", async () => {
      await server.cancel(state.id);
      shared.go("#/", `${state.id} is dropped, with what it had written.`);
    });
  }
}

async function header(id: string, own: FinishedRun | undefined, finished: FinishedRun[], shared: Shared): Promise<HTMLElement> {
  const bar = element("div", { class: "bar" }, element("b", {}, id));
  const failed = (error: Error) => shared.say(error.message, true);
  if (own) {
    bar.append(`changed: ${told(own)}`);
    const isOwn = (path: string) => (own.request ? own.request.scenario === path : own.scenario === path || own.scenario.endsWith(`/${path}`));
    const find = () => shared.workspace.scenarios.find((scenario) => isOwn(scenario.path));
    // A scenario may have been saved since the list was read.
    if (!find()) shared.workspace = await server.workspace();
    const entry = find();
    if (entry) bar.append(further(own, entry));
  }
  // The run before of the same scenario comes first: mostly it is the layout that was changed.
  const others = finished.filter((run) => run.id !== id && run.command !== "compare");
  others.sort((a, b) => Number(b.scenario === own?.scenario) - Number(a.scenario === own?.scenario));
  if (others.length > 0) {
    const select = element("select", { id: "other", "aria-label": "run to compare with" }, ...others.map((run) => element("option", { value: run.id }, `${run.id}: ${told(run)}`)));
    const compare = element("button", { type: "button" }, "Compare with");
    compare.addEventListener("click", () => shared.go(`#/compare/${encodeURIComponent(select.value)}/${encodeURIComponent(id)}`));
    bar.append(compare, select);
  }
  const tables = element("select", { id: "table", "aria-label": "table to download" }, ...(await server.tables(id)).map((name) => element("option", { value: name }, name)));
  const get = element("button", { type: "button" }, "Download table (Parquet)");
  get.addEventListener("click", () => void server.table(id, tables.value).then((blob) => download(`${id}_${tables.value}.parquet`, blob)).catch(failed));
  const report = element("button", { type: "button" }, "Download report");
  report.addEventListener("click", () => void server.report(id).then((blob) => download(`${id}.html`, blob)).catch(failed));
  bar.append(get, tables, report);
  return bar;
}

/** Leads to the editor with what was changed for this run. */
function further(own: FinishedRun, entry: ScenarioEntry): HTMLElement {
  const link = element("a", { href: `#/scenario/${encodeURIComponent(entry.path)}` }, "change the layout further");
  link.addEventListener("click", () => {
    if (own.request) setDraft(entry, own.request);
  });
  return link;
}
