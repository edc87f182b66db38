// The planner's page: which view shows, by the part of the address behind the `#`.

import "../style/planner.css";
import { element } from "../lib/dom";
import { callThem } from "../lib/labels";
import { newPage } from "../lib/page";
import { decoded, isCut, keepToken, Refused, server, setToken, whenTokenIsAsked } from "./api";
import { openBeside } from "./beside";
import { openEditor, type Shared } from "./editor";
import { openHome } from "./home";
import { openRun, type Show } from "./watch";

export function startPlanner(page: HTMLElement, show: Show): void {
  keepToken();
  const message = element("div", { class: "message", role: "alert" });
  const asking = element("div");
  const home = element("a", { href: "#/" }, "Scenarios and runs");
  const view = element("div", { id: "view" });
  page.replaceChildren(element("nav", { class: "bar top", "aria-label": "Portvolt" }, element("b", {}, "Portvolt"), home), message, asking, view);
  const say = (text: string, isBad = false) => {
    message.textContent = text;
    message.classList.toggle("bad", isBad);
  };
  let shared: Shared | null = null;
  let gone = new AbortController();
  let told = "";
  let isFirst = true;
  const tellView = headingTold(view);
  const go = (hash: string, text = "") => {
    told = text;
    location.hash = hash;
  };
  const open = async () => {
    gone.abort();
    gone = new AbortController();
    const { signal } = gone;
    say(told);
    told = "";
    newPage(view, "Planner");
    // Names are those of one scenario.
    callThem({});
    tellView(isFirst);
    isFirst = false;
    try {
      if (!shared) {
        const [workspace, schema] = await Promise.all([server.workspace(), server.schema()]);
        shared = { workspace, schema, say, go };
      }
      if (!isCut(signal)) await route(view, shared, signal, show);
    } catch (error) {
      if (isCut(signal) || (error instanceof Refused && error.status === 401)) return;
      say((error as Error).message, true);
    }
  };
  let isGiven = false;
  whenTokenIsAsked(() => {
    if (asking.hasChildNodes()) return;
    asking.replaceChildren(
      tokenForm((text) => {
        setToken(text);
        isGiven = true;
        asking.replaceChildren();
        void open();
      }, isGiven),
    );
    asking.querySelector("input")?.focus();
  });
  followSectionLinks();
  window.addEventListener("hashchange", () => {
    keepToken();
    void open();
  });
  void open();
}

/** Links to sections of a page leave the address alone: it says which view shows. */
function followSectionLinks(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href^='#']") : null;
    const hash = link?.getAttribute("href") ?? "";
    if (!link || hash.startsWith("#/") || event.defaultPrevented) return;
    event.preventDefault();
    const target = document.getElementById(decoded(hash.slice(1)));
    if (!target) return;
    target.scrollIntoView();
    if (!target.hasAttribute("tabindex")) target.setAttribute("tabindex", "-1");
    target.focus({ preventScroll: true });
  });
}

/** A view that is new takes the focus to its heading and gives its name to the page: a change that is heard, not seen. */
function headingTold(view: HTMLElement): (isFirst: boolean) => void {
  let known: HTMLElement | null = null;
  let takesFocus = false;
  const look = () => {
    const heading = view.querySelector("h1");
    if (!heading || heading === known) return;
    known = heading;
    document.title = `${heading.textContent} – Portvolt`;
    // A heading that takes the place of a view which had the focus takes it too.
    if (!takesFocus && document.activeElement !== document.body) return;
    heading.setAttribute("tabindex", "-1");
    heading.focus({ preventScroll: true });
    takesFocus = false;
  };
  new MutationObserver(look).observe(view, { childList: true, subtree: true });
  return (isFirst) => {
    known = null;
    takesFocus = !isFirst;
  };
}

/** The server asks for a token and the address had none, or not the right one. */
function tokenForm(enter: (token: string) => void, wasWrong: boolean): HTMLElement {
  const input = element("input", { id: "token", type: "password", autocomplete: "off" });
  const form = element(
    "form",
    { class: "bar asking" },
    element("label", { for: "token" }, `${wasWrong ? "That token is not right." : "This server asks for a token."} Portvolt printed it as part of the address when it was started:`),
    input,
    element("button", { type: "submit", class: "main" }, "Enter"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim() !== "") enter(input.value.trim());
  });
  return form;
}

async function route(view: HTMLElement, shared: Shared, gone: AbortSignal, show: Show): Promise<void> {
  const [, kind, first = "", second = ""] = location.hash.startsWith("#/") ? location.hash.split("/").map(decoded) : [];
  if (kind === "run") return openRun(view, first, shared, gone, show);
  if (kind === "compare") return openBeside(view, first, second, shared, gone);
  shared.workspace = await server.workspace();
  if (isCut(gone)) return;
  const entry = shared.workspace.scenarios.find((scenario) => scenario.path === first);
  if (kind === "scenario" && entry) return openEditor(view, entry, shared, gone);
  if (kind === "scenario") shared.say(`there is no scenario ${first}`, true);
  openHome(view, shared, gone);
}
