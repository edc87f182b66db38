// The hub of a run on the map: what is asked of each site, and the trucks that are under way.

import type { MetricName, Metrics } from "../data/metrics";
import type { Report, Site } from "../data/types";
import { isLimited, limitAt } from "../data/load";
import type { Clock } from "../lib/clock";
import { element } from "../lib/dom";
import { power, show } from "../lib/format";
import { listen, Shared } from "../lib/page";
import { classOf, LOAD_CLASSES, mapLegend, WAIT_CLASSES, type Look } from "./marks";
import { drawTrucks, unpackTrips, Ways, type Trips } from "./trucks";
import { MapView } from "./view";

/** What the map shows of a run: by site, load through its connection (kW) and vehicles that wait, over time. */
export interface RunOnMap {
  report: Report;
  metrics: Metrics;
  carried: Map<string, number[]>;
  waiting: Map<string, number[]>;
}

/** Values behind a look: those of several sites are put together before they are said. */
interface Said {
  site: Site;
  /** Minutes, or percent of a limit. */
  value: number | null;
  text: string;
  waiting: number;
  words: string;
}

/** What a site says of the whole run: the longer of the waits, where it has charging ports and a hydrogen station. */
function sayWhole(site: Site, { report, metrics }: RunOnMap): Said {
  const get = (name: MetricName) => metrics.get(name, `site:${site.key}`);
  const hasStation = report.hydrogen.some((station) => station.site === site.key);
  const waits = [site.ports > 0 ? get("queue_wait_p95_min") : null, hasStation ? get("h2_queue_wait_p95_min") : null].filter((it): it is number => it !== null);
  const wait = waits.length > 0 ? Math.max(...waits) : null;
  const served = [...(site.ports > 0 ? [`${site.ports} charging ports`] : []), ...(hasStation ? ["hydrogen station"] : [])].join(", ");
  const waited = wait === null ? "no visits" : `95th-percentile wait ${show(wait)} min`;
  return {
    site,
    value: wait,
    text: wait !== null && wait >= 1 ? `${Math.round(wait)} min` : "",
    waiting: 0,
    words: `${site.name} (${site.kind}): peak ${power(get("peak_kw"))}, ${served === "" ? "no charging ports" : `${served}, ${waited}`}`,
  };
}

/** What a site says of one time step: load in percent of the limit, or else of the site's own highest. */
function sayStep(site: Site, shown: RunOnMap, step: number): Said {
  const hasLimit = isLimited(site);
  const whole = hasLimit ? (limitAt(site, step) ?? 0) : site.carried_peak_kw;
  const kw = shown.carried.get(site.key)?.[step] ?? 0;
  const waiting = shown.waiting.get(site.key)?.[step] ?? 0;
  const load = whole > 0 ? (100 * kw) / whole : null;
  return {
    site,
    value: load,
    text: load === null || load < 0.5 ? "" : !hasLimit ? power(kw) : `${Math.round(load)} %`,
    waiting,
    words: `${site.name} (${site.kind}): ${power(kw)}${load === null ? "" : `, ${Math.round(load)} % of ${hasLimit ? "its limit" : "its highest"}`}, ${badge(waiting) || "none"} waiting`,
  };
}

const badge = (waiting: number) => (waiting < 0.05 ? "" : show(waiting, waiting < 1 ? 1 : 0));

class RunMap {
  readonly isAtTime = new Shared(false);
  readonly view: MapView;
  trips: Trips | null = null;
  private readonly sites: Map<string, Site>;
  private readonly highest: number;

  constructor(
    private readonly shown: RunOnMap,
    private readonly clock: Clock,
    chosen: Shared<string>,
  ) {
    this.sites = new Map(shown.report.sites.map((site) => [site.key, site]));
    this.highest = Math.max(1, ...shown.report.sites.map((site) => this.peak(site)));
    const ways = new Ways(shown.report.routes);
    this.view = new MapView({
      label: "Map of sites",
      look: (key) => this.look([key]),
      gather: (keys) => this.look(keys),
      choose: (key) => chosen.set(key),
      paint: (canvas, spot, pixel) => drawTrucks(canvas, this.isAtTime.value ? this.trips : null, clock.seconds.value, { spot, pixel, ways }),
    });
    this.view.show(shown.report.sites, shown.report.land, shown.report.background);
    chosen.follow((key) => this.view.choose(key));
    clock.step.follow(() => {
      if (this.isAtTime.value) this.view.draw();
    });
    clock.seconds.follow(() => this.view.paint());
    this.isAtTime.follow(() => this.view.draw());
  }

  private peak(site: Site): number {
    return this.shown.metrics.get("peak_kw", `site:${site.key}`) ?? 0;
  }

  /** Of several sites the largest value, and the sum of those who wait. */
  private look(keys: string[]): Look {
    const say = (site: Site) => (this.isAtTime.value ? sayStep(site, this.shown, this.clock.step.value) : sayWhole(site, this.shown));
    const sites = keys.map((key) => this.sites.get(key)).filter((site): site is Site => site !== undefined);
    const said = sites.map(say).sort((a, b) => (b.value ?? -1) - (a.value ?? -1));
    const [first] = said;
    const classes = this.isAtTime.value ? LOAD_CLASSES : WAIT_CLASSES;
    const text = first?.text ?? "";
    return {
      radius: 5 + 11 * Math.sqrt(Math.max(0, ...sites.map((site) => this.peak(site))) / this.highest),
      shade: classOf(first?.value ?? null, classes),
      text: said.length > 1 && text !== "" ? `up to ${text}` : text,
      // The longest waits or highest loads first, then the largest peaks.
      rank: (text === "" ? 0 : (first?.value ?? 0)) + Math.max(0, ...sites.map((site) => this.peak(site))) / (2 * this.highest),
      name: said.length > 1 ? `${first?.site.name ?? ""} and ${said.length - 1} more` : (first?.site.name ?? ""),
      badge: badge(said.reduce((sum, it) => sum + it.waiting, 0)),
      words: said.length > 1 ? `${said.length} sites, zoom in to see them apart. ${said.slice(0, 3).map((it) => it.words).join("; ")}` : (first?.words ?? ""),
    };
  }
}

/** Whole run or one time: two radio buttons, and the legend that goes with each. */
function modes(map: RunMap, clock: Clock, report: Report): HTMLElement[] {
  const kinds = new Set(report.sites.map(({ kind }) => kind));
  const legend = element("div");
  let isByHand = false;
  const radio = (isAtTime: boolean, text: string) => {
    const input = element("input", { type: "radio", name: "map-mode" });
    input.addEventListener("change", () => {
      isByHand = true;
      map.isAtTime.set(isAtTime);
    });
    map.isAtTime.follow((now) => (input.checked = now === isAtTime));
    return element("label", {}, input, ` ${text}`);
  };
  // Somebody who moves the time wants to see that time; but who has chosen keeps what was chosen.
  clock.seconds.follow((now) => {
    if (!isByHand && now > 0) map.isAtTime.set(true);
  });
  const choice = element("fieldset", { class: "modes" }, element("legend", {}, "Marks show"), radio(false, "waits of the whole run"), radio(true, "load at the time chosen"));
  const where = report.routes.length > 0 ? "along the roads of the map where it has a way, and else on straight lines" : "on straight lines, for the scenario has no map of roads";
  const plans = report.background.areas.length > 0 ? " Outlines: yards, and plans of terminals when zoomed in; a plan in metres lies around its site with the quay to the south." : "";
  const trucks = report.legs.count > 0 ? ` Trucks on trips: filled dot loaded, hollow ring empty. They are drawn ${where}; trips to depots, chargers and hydrogen stations are left out.` : "";
  map.isAtTime.follow((isAtTime) =>
    legend.replaceChildren(
      isAtTime
        ? mapLegend(kinds, LOAD_CLASSES, "%", `Shade and %: load, in percent of the connection's limit; without a limit, of the site's own peak. Black badge: vehicles waiting.${plans}${trucks}`)
        : mapLegend(kinds, WAIT_CLASSES, "min", "Shade and minutes: 95th-percentile wait for a charging port or at a hydrogen station. White: no visits. Size: peak load." + plans),
    ),
  );
  return [choice, legend];
}

/** The map with its buttons. `trips` come later: unpacking must not hold up the first view. */
export function drawMap(shown: RunOnMap, clock: Clock, chosen: Shared<string>, whenTrips: (trips: Trips) => void): HTMLElement {
  const { report } = shown;
  const map = new RunMap(shown, clock, chosen);
  const [choice, legend] = modes(map, clock, report);
  const terminals = report.sites.filter((site) => site.kind === "terminal").map(({ key }) => key);
  const harbour = terminals.length > 0 && terminals.length < report.sites.length ? { text: "Terminals", keys: terminals } : undefined;
  const buttons = element("div", { class: "buttons" }, ...map.view.buttons(harbour), element("span", { class: "legend" }, "Drag to move; Ctrl and wheel to zoom."));
  if (choice) buttons.append(choice);
  // On paper there is no bar that says it.
  const time = element("p", { class: "print-only" });
  clock.step.follow(() => (time.textContent = `Time of the map: ${clock.label()}`));
  map.isAtTime.follow((isAtTime) => time.toggleAttribute("hidden", !isAtTime));
  const notes = report.legs.one_in > 1 ? [element("p", { class: "legend" }, `One truck in ${report.legs.one_in} is drawn.`)] : [];
  void unpackTrips(report.legs).then((trips) => {
    if (!trips) return;
    map.trips = trips;
    map.view.paint();
    whenTrips(trips);
  });
  listen("beforeprint", () => map.view.paint());
  return element("div", {}, buttons, map.view.node, ...(legend ? [legend] : []), time, ...notes);
}
