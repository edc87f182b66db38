// Light, dark and paper: pictures that are drawn, not laid out, are drawn again when the page changes its look.

import { whenPageEnds } from "./page";

/** Width of the text on a sheet of A4 or letter with the margins of the page, pixels of the style sheet. */
export const PAPER_PX = 690;
/** Width of one of two pictures side by side there. */
export const HALF_PAPER_PX = 336;

export interface Theme {
  ink: string;
  soft: string;
  line: string;
  paper: string;
  isDark: boolean;
}

const root = document.documentElement;
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const followers = new Set<(isPaper: boolean) => void>();

/** Colours of the page as it looks now. */
export function theme(): Theme {
  const styles = getComputedStyle(root);
  const get = (name: string, fallback: string) => styles.getPropertyValue(name).trim() || fallback;
  return { ink: get("--ink", "#16202a"), soft: get("--soft", "#5b6876"), line: get("--line", "#d8dee5"), paper: get("--paper", "#ffffff"), isDark: dark.matches && !isPaper() };
}

export function isPaper(): boolean {
  return root.hasAttribute("data-print");
}

/** Calls `draw` when the look has changed, for as long as the page is shown. */
export function whenLookChanges(draw: (isPaper: boolean) => void): void {
  followers.add(draw);
  whenPageEnds(() => followers.delete(draw));
}

function tell(): void {
  for (const draw of followers) draw(isPaper());
}

dark.addEventListener("change", tell);
// Paper is light whatever the screen is, and narrower.
window.addEventListener("beforeprint", () => {
  root.setAttribute("data-print", "");
  tell();
});
window.addEventListener("afterprint", () => {
  root.removeAttribute("data-print");
  tell();
});
