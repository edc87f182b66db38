// What the tests of pages share: a browser that reports every error and every request that leaves the page's own place.

import { chromium } from "playwright-core";

const PROGRAM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic"];

/** Runs `work` on a fresh page; fails on console errors, page errors and requests that `isOwn` does not know. */
export async function onPage(isOwn, work, size = { width: 1280, height: 900 }) {
  const browser = await chromium.launch({ executablePath: PROGRAM, args: QUIET });
  const wrong = [];
  try {
    const context = await browser.newContext({ viewport: size, acceptDownloads: true });
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

export function equal(found, wanted, what) {
  if (found !== wanted) throw new Error(`${what}: ${JSON.stringify(found)} is not ${JSON.stringify(wanted)}`);
}

export function holds(truth, what) {
  if (!truth) throw new Error(what);
}
