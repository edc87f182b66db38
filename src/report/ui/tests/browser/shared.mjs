// What the tests of pages share: a browser that reports every error and every request that leaves the page's own place,
// and axe-core, which looks for faults that keep people from using a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"];
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const WIDTHS = [390, 820, 1280];

/** Runs `work` on a fresh page; fails on console errors, page errors and requests that `isOwn` does not know. */
export async function onPage(isOwn, work, options = {}) {
  const browser = await chromium.launch({ executablePath: PROGRAM, args: QUIET });
  const wrong = [];
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true, reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`page: ${error.message}`));
    page.on("request", (request) => !isOwn(request.url()) && wrong.push(`request: ${request.url()}`));
    await work(page, wrong);
  } finally {
    await browser.close();
  }
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
}

/** No serious fault that axe-core knows of, in light and in dark. */
export async function isAccessible(page, what) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    // The page's own policy keeps scripts out; the debugger may run one.
    const faults = await page.evaluate(`${AXE}; axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
      violations.filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => id + ": " + nodes.slice(0, 3).map(({ html, failureSummary }) => html.slice(0, 160) + " " + failureSummary.split("\\n")[1]).join(" | ")))`);
    if (faults.length > 0) throw new Error(`${what}, ${colorScheme}: ${faults.join("\n")}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
}

/** Nothing is wider than the window at any width. */
export async function fits(page, what) {
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.waitForTimeout(150);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 1) throw new Error(`${what} is ${over} pixels wider than a window of ${width}`);
  }
  await page.setViewportSize(before);
}

/** Pictures at three widths and on paper, where somebody asks for them. */
export async function pictures(page, name) {
  const folder = process.env.PORTVOLT_PICTURES;
  if (!folder) return;
  const before = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.evaluate(async () => {
      for (let at = 0; at < document.body.scrollHeight; at += 500) {
        window.scrollTo(0, at);
        await new Promise((later) => setTimeout(later, 40));
      }
      window.scrollTo(0, 0);
    });
    await page.waitForTimeout(300);
    await page.screenshot({ path: `${folder}/${name}_${width}.png`, fullPage: true });
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.waitForTimeout(200);
  await page.screenshot({ path: `${folder}/${name}_dark.png`, fullPage: true });
  await page.emulateMedia({ colorScheme: "light" });
  await page.pdf({ path: `${folder}/${name}.pdf`, format: "A4" });
}

export function equal(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
}

export function holds(truth, what) {
  if (!truth) throw new Error(what);
}
