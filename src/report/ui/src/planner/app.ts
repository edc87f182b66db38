// The planner's page: which view shows, by the part of the address behind the `#`.

import "./planner.css";
import { element } from "../dom";
import { newPage } from "../page";
import { keepToken, server } from "./api";
import { openCompare } from "./compare";
import { openEditor, type Shared } from "./editor";
import { openHome } from "./home";
import { openRun, type Show } from "./watch";

export async function startPlanner(page: HTMLElement, show: Show): Promise<void> {
  keepToken();
  const message = element("div", { class: "message", role: "alert" });
  const home = element("a", { href: "#/" }, "Scenarios and runs");
  const view = element("div", { id: "view" });
  page.replaceChildren(element("nav", { class: "bar top", "aria-label": "Portvolt" }, element("b", {}, "Portvolt"), home), message, view);
  const say = (text: string, isBad = false) => {
    message.textContent = text;
    message.classList.toggle("bad", isBad);
  };
  let shared: Shared;
  try {
    const [workspace, schema] = await Promise.all([server.workspace(), server.schema()]);
    shared = { workspace, schema, say, go: (hash) => (location.hash = hash) };
  } catch (error) {
    return say((error as Error).message, true);
  }
  let gone = new AbortController();
  const open = () => {
    // Links to sections of a page are not ours.
    if (location.hash !== "" && !location.hash.startsWith("#/")) return;
    gone.abort();
    gone = new AbortController();
    say("");
    newPage(view, "Planner");
    route(view, shared, gone.signal, show).catch((error: Error) => say(error.message, true));
  };
  window.addEventListener("hashchange", open);
  open();
}

async function route(view: HTMLElement, shared: Shared, gone: AbortSignal, show: Show): Promise<void> {
  const [, kind, ...names] = location.hash.split("/").map(decodeURIComponent);
  const [first = "", second = ""] = names;
  if (kind === "run") return openRun(view, first, shared, gone, show);
  if (kind === "compare") return openCompare(view, first, second);
  shared.workspace = await server.workspace();
  if (gone.aborted) return;
  const entry = shared.workspace.scenarios.find((scenario) => scenario.path === first);
  if (kind === "scenario" && entry) return openEditor(view, entry, shared);
  if (kind === "scenario") shared.say(`there is no scenario ${first}`, true);
  openHome(view, shared, gone);
}
