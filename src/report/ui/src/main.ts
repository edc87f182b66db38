import { drawWaits, siteLines, TimeChart } from "./charts";
import { Metrics, readReport, show, type Report, type Site } from "./data";
import { element, section } from "./dom";
import { hydrogenSections } from "./hydrogen";
import { drawMap } from "./map";
import { card, copyButton, provenance } from "./parts";
import { buildYears } from "./years";

function cards(metrics: Metrics): HTMLElement {
  const get = (name: string) => metrics.get(name);
  const share = (part: string, whole: string): number | null => {
    const [a, b] = [get(part), get(whole)];
    return a === null || b === null || b <= 0 ? null : (100 * a) / b;
  };
  const list = element("div", { class: "cards" });
  const hauls = share("hauls_completed", "hauls_requested");
  if (hauls !== null) {
    list.append(card("hauls done of those asked for", `${show(hauls, 1)} %`, hauls < 95));
    list.append(card("hauls late", show(get("hauls_late")), (get("hauls_late") ?? 0) > 0));
    list.append(card("hauls cancelled", show(get("hauls_cancelled")), (get("hauls_cancelled") ?? 0) > 0));
  }
  const work = share("equipment_hours_served", "equipment_hours_required");
  if (work !== null) list.append(card("equipment hours served", `${show(work, 1)} %`, work < 99));
  list.append(card("95 % wait for a port up to", `${show(get("queue_wait_p95_min"))} min`));
  list.append(card("left with less than they asked for", show(get("sessions_unmet")), (get("sessions_unmet") ?? 0) > 0));
  list.append(card("ports taken", `${show(100 * (get("charger_utilization") ?? 0), 1)} %`));
  list.append(card("delivered to batteries", `${show((get("energy_delivered_kwh") ?? 0) / 1000)} MWh`));
  list.append(card("peak of all sites together", `${show((get("peak_kw") ?? 0) / 1000)} MW`));
  list.append(card("through the meters", `${show((get("energy_grid_kwh") ?? 0) / 1000)} MWh`));
  list.append(card("diesel", `${show(get("diesel_gal"))} gal`));
  list.append(card("CO2e at tailpipes", `${show(get("co2e_tailpipe_t"))} t`));
  list.append(card("NOx at tailpipes", `${show(get("nox_kg"))} kg`));
  return list;
}

const COLUMNS: [string, (site: Site, get: (name: string) => number | null) => string][] = [
  ["site", (site) => site.name],
  ["kind", (site) => site.kind],
  ["ports", (site) => String(site.ports)],
  ["sessions", (_, get) => show(get("sessions"), 0)],
  ["left short", (_, get) => show(get("sessions_unmet"), 0)],
  ["wait 95 %, min", (site, get) => (site.ports > 0 ? show(get("queue_wait_p95_min"), 0) : "–")],
  ["ports taken, %", (site, get) => (site.ports > 0 ? show(100 * (get("charger_utilization") ?? 0), 0) : "–")],
  ["peak, kW", (_, get) => show(get("peak_kw"), 0)],
  ["limit, kW", (site) => show(site.limit_kw, 0)],
  ["energy, MWh", (_, get) => show((get("energy_grid_kwh") ?? 0) / 1000, 1)],
];

function siteTable(report: Report, metrics: Metrics, choose: (key: string) => void): HTMLElement {
  const rows = new Map<string, HTMLElement>();
  const rank = (site: Site) => metrics.get("sessions_unmet", `site:${site.key}`) ?? 0;
  const sites = [...report.sites].sort((a, b) => rank(b) - rank(a) || (a.name < b.name ? -1 : 1));
  const body = element("tbody");
  for (const site of sites) {
    const get = (name: string) => metrics.get(name, `site:${site.key}`);
    const row = element("tr", {}, ...COLUMNS.map(([, cell]) => element("td", {}, cell(site, get))));
    row.addEventListener("click", () => choose(site.key));
    rows.set(site.key, row);
    body.append(row);
  }
  const head = element("thead", {}, element("tr", {}, ...COLUMNS.map(([name]) => element("th", { scope: "col" }, name))));
  const table = element("table", { id: "sites" }, head, body);
  document.addEventListener("site", (event) => {
    const key = (event as CustomEvent<string>).detail;
    rows.forEach((row, name) => row.classList.toggle("chosen", name === key));
  });
  return section(
    "All sites",
    "The worst first. A click shows a site's load and queue below.",
    copyButton(table),
    element("div", { class: "scroll", tabindex: "0" }, table),
  );
}

function build(): void {
  const data = readReport();
  const page = document.getElementById("page");
  if (!page || !data) return;
  if (data.kind === "years") buildYears(page, data);
  else if (data.kind === "run") buildRun(page, data);
}

function buildRun(page: HTMLElement, report: Report): void {
  const metrics = new Metrics(report.metrics);
  document.title = `${report.title} – Portvolt`;
  const choose = (key: string) => document.dispatchEvent(new CustomEvent("site", { detail: key }));

  const hub = new TimeChart(report.times, "kW", "Load of all sites over time, by kind");
  const load = new TimeChart(report.times, "kW", "Load of one site over time");
  const queue = new TimeChart(report.times, "waiting", "Vehicles that wait for a port over time");
  const hauls = new TimeChart(report.times, "hauls", "Hauls done and late over time");
  const waits = drawWaits(report);
  const hydrogen = hydrogenSections(report, metrics);
  const chosen = element("select", { "aria-label": "Site" });
  for (const site of report.sites) chosen.append(element("option", { value: site.key }, site.name));
  chosen.addEventListener("change", () => choose(chosen.value));

  page.replaceChildren(
    element("h1", {}, report.title),
    element("p", {}, report.description),
    element("p", {}, `${report.days} days from ${report.start}. Times are local; each step of the charts is ${report.bucket_s / 60} minutes.`),
    cards(metrics),
    section("The hub", "Mean load of all sites together, by kind of load.", hub.node),
    section(
      "Where",
      "Shape: square terminal, diamond depot, circle public station, triangle warehouse, pentagon yard or rail. Size: peak. Darker and numbered: longer waits for a port.",
      drawMap(report, metrics, choose),
    ),
    section("One site", "Its load with the limit of its connection, and how many vehicles wait for a port.", chosen, load.node, queue.node),
    element(
      "div",
      { class: "row" },
      section("Waits for a port", "All vehicles, by how long they waited before plug-in.", waits.node),
      section("Hauls", "Hauls handed over in each step, and of them after they were due.", hauls.node),
    ),
    ...hydrogen.nodes,
    siteTable(report, metrics, choose),
    provenance(report),
  );

  hub.draw([
    { name: "charging", data: report.hub.charging, stack: "all", area: true },
    { name: "equipment on the grid", data: report.hub.equipment, stack: "all", area: true },
    { name: "shore power", data: report.hub.shore, stack: "all", area: true },
    { name: "other", data: report.hub.other, stack: "all", area: true },
    { name: "hydrogen", data: report.hub.hydrogen, stack: "all", area: true },
  ]);
  hydrogen.draw();
  waits.draw();
  hauls.draw([{ name: "done", data: report.hauls.done }, { name: "late", data: report.hauls.late }]);
  document.addEventListener("site", (event) => {
    const site = report.sites.find((candidate) => candidate.key === (event as CustomEvent<string>).detail);
    if (!site) return;
    chosen.value = site.key;
    load.draw(siteLines(site), site.limit_kw);
    queue.draw([{ name: "waiting", data: site.waiting, area: true }]);
  });
  const get = (name: string, site: Site) => metrics.get(name, `site:${site.key}`) ?? 0;
  const more = (name: string, a: Site, b: Site) => get(name, b) - get(name, a);
  const [busiest] = [...report.sites].sort(
    (a, b) => more("energy_charging_kwh", a, b) || more("energy_grid_kwh", a, b),
  );
  if (busiest) choose(busiest.key);
}

build();
