// The first page: scenarios to open, runs to look at.

import { element, section } from "../dom";
import { Refused, server, type FinishedRun, type RunState, type ScenarioEntry } from "./api";
import type { Shared } from "./editor";
import { keepFocus } from "./focus";

const LOOK_MS = 2000;

export function openHome(page: HTMLElement, shared: Shared, gone: AbortSignal): void {
  const runs = element("div");
  page.replaceChildren(
    element("h1", {}, "Scenarios and runs"),
    element("p", {}, "Folder ", element("code", {}, shared.workspace.folder)),
    section("Scenarios", "Open one to change its layout, limits, tariffs and policies, and to run it.", scenarios(shared), copying(shared)),
    section("Runs", "Choose two to compare them.", runs),
  );
  let shown = "";
  let isBroken = false;
  const look = async () => {
    if (gone.aborted) return;
    try {
      const { open, finished, finished_left_out } = await server.runs();
      if (gone.aborted) return;
      if (isBroken) shared.say("");
      isBroken = false;
      const data = JSON.stringify([open, finished, finished_left_out]);
      if (data !== shown) keepFocus(() => draw(open, finished, finished_left_out));
      shown = data;
    } catch (error) {
      if (gone.aborted) return;
      isBroken = true;
      shared.say((error as Error).message, true);
    }
    window.setTimeout(() => void look(), LOOK_MS);
  };
  const draw = (open: RunState[], finished: FinishedRun[], leftOut: number) => {
    const chosen = new Set([...runs.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value));
    runs.replaceChildren(runTable(open, finished, chosen, shared), ...(leftOut > 0 ? [element("p", {}, `${leftOut} older runs are not listed.`)] : []));
  };
  void look();
}

function scenarios(shared: Shared): HTMLElement {
  const list = element("div", { class: "choices" });
  const card = (entry: ScenarioEntry) => {
    const open = element("a", { href: `#/scenario/${encodeURIComponent(entry.path)}` }, entry.title);
    return element("div", { class: "card-of" }, element("h3", {}, open), element("p", {}, entry.description), element("code", {}, entry.path));
  };
  list.append(...shared.workspace.scenarios.map(card));
  const more = shared.workspace.scenarios_left_out;
  if (more > 0) list.append(element("p", {}, `${more} more are not listed: serve a folder that holds fewer.`));
  if (shared.workspace.scenarios.length === 0) list.append(element("p", {}, "There are none in this folder yet: copy a template."));
  return list;
}

function copying(shared: Shared): HTMLElement {
  const template = element("select", { id: "template" }, ...shared.workspace.templates.map((name) => element("option", { value: name }, name)));
  const name = element("input", { id: "copy-name", placeholder: "name of the copy" });
  const make = element("button", { type: "submit" }, "Copy");
  const form = element("form", { class: "bar" }, element("label", { for: "template" }, "New from template"), template, element("label", { for: "copy-name" }, "as"), name, make);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void (async () => {
      try {
        const { path } = await server.copy(template.value, name.value.trim());
        shared.workspace = await server.workspace();
        shared.go(`#/scenario/${encodeURIComponent(path)}`);
      } catch (error) {
        shared.say((error as Refused).message, true);
      }
    })();
  });
  return form;
}

function runTable(open: RunState[], finished: FinishedRun[], chosen: Set<string>, shared: Shared): HTMLElement {
  if (open.length + finished.length === 0) return element("p", {}, "None yet.");
  const body = element("tbody");
  const row = (id: string, cells: (Node | string)[]) => body.append(element("tr", { "data-run": id }, ...cells.map((cell) => element("td", {}, cell))));
  for (const state of open) {
    const share = state.of > 0 ? `${state.done} of ${state.of} ${state.unit}` : "";
    row(state.id, ["", link(state.id), state.title || state.request.scenario, state.status, [share, state.message].filter((part) => part !== "").join(", "), ""]);
  }
  for (const run of finished) {
    const box = element("input", { type: "checkbox", id: `compare:${run.id}`, value: run.id, "aria-label": `compare ${run.id}` });
    box.checked = chosen.has(run.id);
    const when = new Date(run.finished_unix_s * 1000).toLocaleString();
    row(run.id, [box, link(run.id), run.title, run.command === "run" ? "finished" : run.command, told(run), when]);
  }
  const head = element("thead", {}, element("tr", {}, ...["compare", "run", "scenario", "state", "changed", "when"].map((name) => element("th", { scope: "col" }, name))));
  const compare = element("button", { type: "button", id: "compare-chosen" }, "Compare the two chosen");
  compare.addEventListener("click", () => {
    const boxes = [...body.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value);
    if (boxes.length !== 2) return shared.say("choose two runs", true);
    // The older one is what the newer one is held against.
    shared.go(`#/compare/${encodeURIComponent(boxes[1] ?? "")}/${encodeURIComponent(boxes[0] ?? "")}`);
  });
  return element("div", {}, compare, element("div", { class: "scroll" }, element("table", { id: "run-table" }, head, body)));
}

function link(id: string): HTMLElement {
  return element("a", { id: `open:${id}`, href: `#/run/${encodeURIComponent(id)}` }, id);
}

/** What was changed for a run, without the notes on where numbers come from. */
export function told(run: FinishedRun): string {
  const settings = run.settings.filter((setting) => !/^source\.|\.sources\./.test(setting));
  const overlays = run.overlays.map((path) => path.split("/").pop()?.replace(/\.toml$/, "") ?? path);
  return [...overlays, ...settings.map(toldSetting)].join(", ") || "as in the file";
}

/** A new group of chargers in words; other settings as they are. */
function toldSetting(setting: string): string {
  const group = /^charger\.([^=]+)=\{/.exec(setting);
  const [cabinets, kw, site] = [/cabinets = (\d+)/, /cabinet_kw = ([\d.]+)/, /site = "([^"]+)"/].map((part) => part.exec(setting)?.[1]);
  return group && cabinets ? `${group[1]} new: ${cabinets} cabinets of ${kw} kW at ${site}` : setting;
}
