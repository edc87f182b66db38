// The page of a report file: its data lie in the page.

import { readReport } from "./data";
import { buildRun } from "./run";
import { buildStudy } from "./study";
import { buildYears } from "./years";

function build(): void {
  const data = readReport();
  const page = document.getElementById("page");
  if (!page || !data) return;
  if (data.kind === "years") buildYears(page, data);
  else if (data.kind === "study") buildStudy(page, data);
  else buildRun(page, data);
}

build();
