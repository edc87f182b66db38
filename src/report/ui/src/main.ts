// One front end, two deliveries: a report file has its data in the page, a server's page asks for them.

import "./style/page.css";
import "./style/print.css";
import { readReport, type Page } from "./data/types";
import { callThem } from "./lib/labels";
import { buildDesign } from "./pages/design";
import { buildInfluence } from "./pages/influence";
import { buildRun } from "./pages/run";
import { buildStudy } from "./pages/study";
import { buildYears } from "./pages/years";
import { startPlanner } from "./planner/app";

/** What places and fleets are called on a page. */
function names(data: Page): Record<string, string> {
  if ("names" in data) return data.names;
  if (data.kind !== "run") return {};
  return Object.fromEntries([...data.sites.map(({ key, name }) => [`site.${key}`, name]), ...data.nodes.map(({ key, name }) => [`node.${key}`, name]), ...Object.entries(data.fleets).map(([key, name]) => [`fleet.${key}`, name])]) as Record<string, string>;
}

function show(page: HTMLElement, data: Page): void {
  callThem(names(data));
  if (data.kind === "years") buildYears(page, data);
  else if (data.kind === "study") buildStudy(page, data);
  else if (data.kind === "design") buildDesign(page, data);
  else if (data.kind === "influence") buildInfluence(page, data);
  else buildRun(page, data);
}

const page = document.getElementById("page");
const data = readReport();
if (page && data) show(page, data);
else if (page) startPlanner(page, show);
