// The life of a page: a server shows one page after another in the same document, so what a page leaves outside its
// own elements (charts, observers, listeners of the window) ends with it.

import { element } from "./dom";

let endings: (() => void)[] = [];

/** Ends the page that was shown and makes room for the next. */
export function newPage(page: HTMLElement, title: string): void {
  const old = endings;
  endings = [];
  for (const end of old) end();
  page.replaceChildren();
  document.title = `${title} – Portvolt`;
}

/** Calls `end` once the page that is shown now gives way to another. */
export function whenPageEnds(end: () => void): void {
  endings.push(end);
}

/** Listens to the window for as long as the page is shown. */
export function listen<K extends keyof WindowEventMap>(type: K, act: (event: WindowEventMap[K]) => void): void {
  window.addEventListener(type, act);
  whenPageEnds(() => window.removeEventListener(type, act));
}

/** One value that several parts of a page follow. */
export class Shared<T> {
  private readonly followers: ((value: T) => void)[] = [];

  constructor(private held: T) {}

  get value(): T {
    return this.held;
  }

  set(value: T): void {
    if (value === this.held) return;
    this.held = value;
    for (const follower of this.followers) follower(value);
  }

  /** Calls `act` now and after each change. */
  follow(act: (value: T) => void): void {
    this.followers.push(act);
    act(this.held);
  }
}

/** Links to the sections of a page. */
export function contents(sections: HTMLElement[]): HTMLElement {
  const list = element("ul");
  for (const part of sections) {
    const title = part.querySelector("h2")?.textContent;
    // What is on paper alone has no place on the screen to go to.
    if (title && part.id && !part.classList.contains("print-only")) list.append(element("li", {}, element("a", { href: `#${part.id}` }, title)));
  }
  return element("nav", { class: "contents", "aria-label": "Sections of this page" }, list);
}
