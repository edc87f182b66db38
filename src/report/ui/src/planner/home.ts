// The first page: a new scenario from a template, scenarios to open, runs to look at.

import { button, element, section } from "../lib/dom";
import { keepFocus } from "../lib/focus";
import { dollars, power, show } from "../lib/format";
import { MapView } from "../map/view";
import { followRuns, isCut, isOneRun, server, type FinishedRun, type Headline, type Runs, type RunState, type ScenarioEntry, type Workspace } from "./api";
import { ask } from "./dialog";
import type { Shared } from "./editor";
import { studied, told } from "./told";
import { countOf, timeLeft } from "./watch";

const MARK = 4.5;

export function openHome(page: HTMLElement, shared: Shared, gone: AbortSignal): void {
  const runs = element("div");
  page.replaceChildren(
    element("h1", {}, "Scenarios and runs"),
    section("New scenario", "Copy a template, then change it on the page: sites, chargers, equipment, tariffs, limits.", templates(shared)),
    section("Scenarios", "Open one to change and run it.", scenarios(shared)),
    section("Runs", "Open one for its report, or choose two to see them side by side.", runs),
  );
  let isBroken = false;
  const hear = ({ open, finished, finished_left_out }: Runs) => {
    if (isCut(gone)) return;
    if (isBroken) shared.say("");
    isBroken = false;
    keepFocus(() => draw(open, finished, finished_left_out));
  };
  const lose = (error: Error) => {
    isBroken = true;
    shared.say(error.message, true);
  };
  const draw = (open: RunState[], finished: FinishedRun[], leftOut: number) => {
    const chosen = new Set([...runs.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value));
    runs.replaceChildren(runTable(open, finished, chosen, shared), ...(leftOut > 0 ? [element("p", {}, `${leftOut} older runs are not listed.`)] : []));
  };
  void followRuns(gone, hear, lose);
}

function templates(shared: Shared): HTMLElement {
  const copy = async (name: string, title: string) => {
    const isName = (text: string) => /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(text);
    const check = (text: string) => (isName(text) ? "" : "Use letters, digits, _, - and . only.");
    const answer = await ask(`New scenario: ${title}`, [{ name: "name", label: "Name of its folder", value: `my_${name}`, about: "Letters, digits, _ and -.", check }], "Create");
    if (!answer) return;
    try {
      const { path } = await server.copy(name, answer["name"] ?? "");
      shared.workspace = await server.workspace();
      shared.go(`#/scenario/${encodeURIComponent(path)}`);
    } catch (error) {
      shared.say((error as Error).message, true);
    }
  };
  const card = (template: Workspace["templates"][number]) => {
    const make = button("Use this template", () => void copy(template.name, template.title), `Use this template: ${template.title}`);
    return element("div", { class: "card-of" }, picture(template), element("h3", {}, template.title), element("p", {}, template.about), make);
  };
  return element("div", { class: "choices" }, ...shared.workspace.templates.map(card));
}

/** Where the sites of a template are. */
function picture({ sites, land, title }: Workspace["templates"][number]): HTMLElement {
  const look = () => ({ radius: MARK, shade: 2, text: "", badge: "", words: "" });
  const map = new MapView({ label: `Map of ${title}`, look, gather: look, isBare: true });
  map.show(sites.map(({ kind, lat, lon }, at) => ({ key: String(at), name: "", kind, lat, lon })), land);
  map.node.classList.add("small");
  return map.node;
}

function scenarios(shared: Shared): HTMLElement {
  const all = shared.workspace.scenarios;
  const isAlone = (entry: ScenarioEntry) => all.filter(({ title }) => title === entry.title).length === 1;
  const list = element("div", { class: "choices" });
  // Other files of a folder are variants of its scenario: they stand on its card.
  const folderOf = ({ path }: ScenarioEntry) => path.replace(/\/[^/]+\.toml$/, "");
  const variantsOf = (entry: ScenarioEntry) => all.filter((it) => it !== entry && folderOf(it) === entry.path);
  const mains = all.filter((entry) => !all.some((it) => it !== entry && it.path === folderOf(entry)));
  const link = (entry: ScenarioEntry, text: string) => element("a", { href: `#/scenario/${encodeURIComponent(entry.path)}`, title: entry.path }, text);
  const also = (entry: ScenarioEntry) => {
    const variants = variantsOf(entry);
    if (variants.length === 0) return [];
    const list = element("ul", { class: "plain" }, ...variants.map((it) => element("li", {}, link(it, it.title))));
    return [element("details", {}, element("summary", {}, variants.length === 1 ? "1 variant in its folder" : `${variants.length} variants in its folder`), list)];
  };
  const card = (entry: ScenarioEntry) => {
    const open = element("a", { href: `#/scenario/${encodeURIComponent(entry.path)}` }, isAlone(entry) ? entry.title : `${entry.title} (${entry.path})`);
    return element("div", { class: "card-of" }, element("h3", {}, open), element("code", {}, entry.path), element("p", {}, entry.description), ...also(entry));
  };
  list.append(...mains.map(card));
  const more = shared.workspace.scenarios_left_out;
  if (more > 0) list.append(element("p", {}, `${more} more are not listed: serve a folder that holds fewer.`));
  if (all.length === 0) list.append(element("p", {}, "There are none in this folder yet: use a template above."));
  return list;
}

/** When the page first saw each run go, and how far it was. */
const seen = new Map<string, { at: number; done: number }>();

/** Time that is left of a run that goes, from what was done since the page first saw it. */
function leftOf({ id, status, done, of }: RunState): string {
  if (status !== "running") return "";
  const since = seen.get(id) ?? { at: Date.now(), done };
  seen.set(id, since);
  return timeLeft(Date.now() - since.at, done - since.done, of - since.done);
}

/** Columns of results: what a planner compares first. */
const RESULTS: [string, (it: Headline) => string][] = [
  ["service", (it) => [it.hauls_share, it.equipment_share].filter((share): share is number => share !== null).map((share) => `${show(100 * Math.min(1, share), 1)} %`).join(" / ")],
  ["95th-percentile wait", (it) => (it.wait_p95_min === null ? "" : `${show(it.wait_p95_min, 0)} min`)],
  ["peak", (it) => `${it.peak_kw === null ? "" : power(it.peak_kw)}${(it.overload_intervals ?? 0) > 0 ? " (over a limit)" : ""}`],
  ["bills or cost", (it) => (it.cost_usd !== null ? dollars(it.cost_usd) : it.bill_usd === null ? "" : dollars(it.bill_usd))],
];

function runTable(open: RunState[], finished: FinishedRun[], chosen: Set<string>, shared: Shared): HTMLElement {
  if (open.length + finished.length === 0) return element("p", {}, "None yet.");
  const body = element("tbody");
  const row = (id: string, cells: (Node | string)[]) => body.append(element("tr", { "data-run": id }, ...cells.map((cell) => element("td", {}, cell))));
  const none = RESULTS.map(() => "");
  for (const state of open) {
    const told = [state.status, countOf(state), leftOf(state), state.status === "running" ? "" : state.message].filter((part) => part !== "").join(", ");
    row(state.id, ["", link(state.id), state.title || state.request.scenario, told, ...none, ""]);
  }
  for (const run of finished) {
    const isStudy = !isOneRun(run);
    const box = element("input", { type: "checkbox", id: `compare:${run.id}`, value: run.id, "aria-label": `compare ${run.id}` });
    box.checked = chosen.has(run.id);
    const when = new Date(run.finished_unix_s * 1000).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });
    row(run.id, [isStudy ? "" : box, link(run.id), run.title, isStudy ? studied(run) : told(run), ...RESULTS.map(([, cell]) => (isStudy ? "" : cell(run.results))), when]);
  }
  const names = ["compare", "run", "scenario", "changed", ...RESULTS.map(([name]) => name), "finished"];
  const head = element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name))));
  const compare = button("Show the two chosen side by side", () => {
    const boxes = [...body.querySelectorAll<HTMLInputElement>("input:checked")].map((box) => box.value);
    if (boxes.length !== 2) {
      shared.say("choose two runs", true);
      return;
    }
    // The older one is what the newer one is compared with.
    shared.go(`#/compare/${encodeURIComponent(boxes[1] ?? "")}/${encodeURIComponent(boxes[0] ?? "")}`);
  });
  compare.id = "compare-chosen";
  return element("div", {}, compare, element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Runs" }, element("table", { id: "run-table" }, head, body)));
}

function link(id: string): HTMLElement {
  return element("a", { id: `open:${id}`, href: `#/run/${encodeURIComponent(id)}` }, id);
}
