// One run: how far it is, then its results.

import type { Report, Study, Years } from "../data";
import { element, section } from "../dom";
import { follow, server, download, type FinishedRun, type RunState } from "./api";
import type { Shared } from "./editor";
import { told } from "./home";

export type Show = (page: HTMLElement, data: Report | Years | Study) => void;

export async function openRun(page: HTMLElement, id: string, shared: Shared, gone: AbortSignal, show: Show): Promise<void> {
  const bar = element("progress", { max: "1", value: "0", "aria-label": "how far the run is" });
  const line = element("p", { role: "status", "aria-live": "polite" });
  const actions = element("div", { class: "bar" });
  page.replaceChildren(element("h1", {}, id), section("Under way", "The results show here when it is done.", bar, line, actions));
  let last: RunState = await server.state(id);
  if (last.status !== "finished") {
    await follow(id, gone, (state) => {
      last = state;
      bar.value = state.of > 0 ? state.done / state.of : 0;
      line.textContent = `${state.status}: ${state.of > 0 ? `${state.done} of ${state.of} ${state.unit}, ` : ""}${state.message}`;
      drawActions(actions, state, shared);
    });
  }
  if (gone.aborted || last.status !== "finished") return;
  const { finished } = await server.runs();
  const own = finished.find((run) => run.id === id);
  const results = element("div");
  page.replaceChildren(await header(id, own, finished, shared), results);
  show(results, await server.page(id));
}

function drawActions(actions: HTMLElement, state: RunState, shared: Shared): void {
  actions.replaceChildren();
  const act = (text: string, work: () => Promise<unknown>) => {
    const button = element("button", { type: "button" }, text);
    button.addEventListener("click", () => void work().catch((error: Error) => shared.say(error.message, true)));
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
}

async function header(id: string, own: FinishedRun | undefined, finished: FinishedRun[], shared: Shared): Promise<HTMLElement> {
  const bar = element("div", { class: "bar" }, element("b", {}, id));
  if (own) {
    bar.append(`changed: ${told(own)}`);
    const entry = shared.workspace.scenarios.find((scenario) => own.scenario === scenario.path || own.scenario.endsWith(`/${scenario.path}`));
    if (entry) bar.append(element("a", { href: `#/scenario/${encodeURIComponent(entry.path)}` }, "change the layout further"));
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
  get.addEventListener("click", () => void server.table(id, tables.value).then((blob) => download(`${id}_${tables.value}.parquet`, blob)));
  bar.append(get, tables);
  return bar;
}
