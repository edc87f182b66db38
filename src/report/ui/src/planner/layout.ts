// The map on which a layout is edited: groups of chargers are handles that can be dragged to another site.

import { element, svg } from "../lib/dom";
import { mapLegend, type Look } from "../map/marks";
import type { Background } from "../data/types";
import { MapView, NO_BACKGROUND, type Extra, type Land, type Place } from "../map/view";
import type { Editing } from "./draft";
import { textOf } from "./json";

const HANDLE = 11;
const RADIUS = 8;

/** Chargers of a group, and where it stands. */
interface Group {
  key: string;
  ports: number;
}

export class LayoutMap {
  readonly node: HTMLElement;
  private readonly view: MapView;
  private readonly sites = element("select", { id: "site-choice" });
  private readonly legend = element("div");
  private background = NO_BACKGROUND;

  constructor(
    private readonly editing: Editing,
    private readonly land: Land,
    choose: (site: string) => void,
    move: (charger: string, site: string) => void,
  ) {
    const home = (charger: string) => textOf(editing.value(`charger.${charger}.site`));
    this.view = new MapView({
      label: "Map of sites and chargers",
      look: (key) => this.look([key]),
      gather: (keys) => this.look(keys),
      choose,
      beside: (key, x, y) => this.groups(key).map((group, number) => handle(group, x + 20 + number * 2.4 * HANDLE, y + 16)),
      handles: { home, drop: move, click: (charger) => choose(home(charger)) },
    });
    this.sites.addEventListener("change", () => {
      choose(this.sites.value);
      this.view.reveal(this.sites.value);
    });
    const buttons = element("div", { class: "buttons" }, ...this.view.buttons(), element("label", { for: "site-choice" }, "Site"), this.sites);
    this.node = element("div", { class: "layout" }, buttons, this.view.node, this.legend, element("p", { class: "legend" }, "Drag the map to move it; Ctrl and wheel to zoom. Yellow: a group of chargers with its number of charging ports; drag it to another site."));
  }

  draw(site: string): void {
    const places = this.places();
    const rows = places.map(({ key, name }): [string, string] => [key, name]).sort((a, b) => a[1].localeCompare(b[1]));
    const listed = JSON.stringify(rows);
    if (this.sites.dataset["listed"] !== listed) {
      this.sites.dataset["listed"] = listed;
      this.sites.replaceChildren(...rows.map(([key, name]) => element("option", { value: key }, name)));
      this.legend.replaceChildren(mapLegend(new Set(places.map(({ kind }) => kind)), [], "", ""));
    }
    this.sites.value = site;
    this.view.show(places, this.land, this.background);
    this.view.choose(site);
  }

  /** What lies under the sites from now on. */
  lay(background: Background): void {
    this.background = background;
    this.draw(this.sites.value);
  }

  private places(): Place[] {
    const sites = this.editing.rows("site").map(([key, site]) => ({ key, name: textOf(site["name"]) || key, kind: textOf(site["kind"]), lat: Number(site["lat"]), lon: Number(site["lon"]) }));
    return sites.filter((site) => Number.isFinite(site.lat) && Number.isFinite(site.lon));
  }

  private groups(site: string): Group[] {
    const groups = this.editing.rows("charger").filter(([, row]) => row["site"] === site && row["cabinets"] !== 0);
    return groups.map(([key, row]) => ({ key, ports: Number(row["cabinets"] ?? 0) * Number(row["ports"] ?? 1) }));
  }

  private look(keys: string[]): Look {
    const ports = keys.flatMap((key) => this.groups(key)).reduce((sum, group) => sum + group.ports, 0);
    const words = (key: string) => {
      const limit = this.editing.value(`site.${key}.limit_kw`);
      const name = textOf(this.editing.value(`site.${key}.name`)) || key;
      return `${name}, ${textOf(this.editing.value(`site.${key}.kind`))}${typeof limit === "number" ? `, service capacity ${limit.toLocaleString("en-US")} kW` : ""}`;
    };
    const first = keys[0] ?? "";
    return {
      radius: RADIUS,
      shade: null,
      text: keys.length > 1 && ports > 0 ? `${ports} charging ports` : "",
      badge: "",
      words: keys.length > 1 ? `${keys.length} sites, zoom in to see them apart: ${keys.slice(0, 4).map(words).join("; ")}` : words(first),
    };
  }
}

/** A plug with its number of charging ports. */
function handle({ key, ports }: Group, x: number, y: number): Extra {
  const group = svg("g", { transform: `translate(${x},${y})`, class: "handle", "data-handle": key });
  group.append(svg("title", {}, `${key}: ${ports} charging ports; drag it to another site`));
  group.append(svg("rect", { x: -HANDLE, y: -HANDLE * 0.8, width: 2 * HANDLE, height: 1.6 * HANDLE, rx: 3, fill: "#fff4d6", stroke: "#8a6100" }));
  group.append(svg("text", { x: 0, y: 4, "font-size": 11, "text-anchor": "middle", "pointer-events": "none", fill: "#16202a" }, String(ports)));
  return { node: group, box: [x - HANDLE, y - HANDLE, x + HANDLE, y + HANDLE] };
}
