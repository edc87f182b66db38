// One front end, two deliveries: a report file has its data in the page, a server's page asks for them.

import { readReport, type Report, type Study, type Years } from "./data";
import { startPlanner } from "./planner/app";
import { buildRun } from "./run";
import { buildStudy } from "./study";
import { buildYears } from "./years";

function show(page: HTMLElement, data: Report | Years | Study): void {
  if (data.kind === "years") buildYears(page, data);
  else if (data.kind === "study") buildStudy(page, data);
  else buildRun(page, data);
}

const page = document.getElementById("page");
const data = readReport();
if (page && data) show(page, data);
else if (page) startPlanner(page, show);
