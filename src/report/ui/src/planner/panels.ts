// The forms beside the map: what stands at the chosen site, and what holds for the whole scenario.

import { button, choice, element, section } from "../lib/dom";
import { keepFocus } from "../lib/focus";
import { DEFINITIONS, decisionName, labelOf, parameterLabel, plainKey, rowName } from "../lib/labels";
import { Refused, server, type Choice } from "./api";
import { policySections } from "./deciding";
import { freeKey, PLANNER } from "./draft";
import { counts, fleetSections } from "./fleets";
import { definitionAt, fields, numberOf, type Suggestion } from "./form";
import { isTable, tableOf, textOf, type Json, type Table } from "./json";
import { priceSections } from "./pricing";
import { limitable, lotsOf, rowsOf, sheet, sheets, usersOf, type Desk } from "./sheet";

/** Why a file was refused, with what is wrong in it. */
export function refusal(name: string, error: unknown): string {
  const found = error instanceof Refused ? error.problems.map(({ message, help }) => (help ? `${message} (${help})` : message)) : [];
  return `${name} was not taken: ${found.length > 0 ? found.join("; ") : (error as Error).message}`;
}

/** What a planner asks of first; the other fields are behind "More". */
const FIRST: Record<string, string[]> = {
  site: ["limit_kw", "tariff", "load_kw", "queue"],
  charger: ["cabinets", "cabinet_kw", "ports", "behind", "users"],
  node: ["limit_kw", "behind", "load_kw"],
  swap: ["model", "bays", "spares", "swap_min"],
  storage: ["site", "energy_kwh", "power_kw", "rule"],
  solar: ["site", "dc_kw"],
  limit: ["on", "kw", "from", "to", "hours"],
  labor: ["weekday", "saturday", "sunday"],
  terminal: ["teu_per_year", "calls_per_week", "shore_share"],
  equipment_model: ["leave_at_soc", "return_at_soc", "charge_in_breaks"],
};
const NEVER: Record<string, string[]> = { site: ["lat", "lon", "kind", "name"], charger: ["site"], node: ["site"], swap: ["site"], equipment_model: ["name", "class", "powertrain"] };

/** Kinds of days, the first one last: what is none of them comes after all. */
const DAYS = ["sunday", "saturday", "weekday"];

/** Tables of a terminal's row that a planner changes as a whole, and what they are about. */
const OWN_TABLES: [string, string, string][] = [
  ["labor", "Own shifts of this terminal", "Worked hours of this terminal in place of those of all."],
  ["gate_hours", "Own gate hours of this terminal", "How busy its gate is by local hour: 24 factors each, 0 is closed."],
  ["appointments", "Appointments at the gate", "Windows of an hour: each haul books the first one with room."],
];

/** What a field is called, by its path: errors are told so. */
export function fieldTitle(schema: Table, path: string): string {
  const [name = "", row = "", key = "", inner = ""] = path.split(".");
  const decision = `${name}.${row}`;
  if (name === "policy") return `${decisionName(decision)}${key === "" || key === "name" ? "" : `, ${(key === "params" ? parameterLabel(inner) : labelOf("ChargingChoice", key)).text.toLowerCase()}`}`;
  const [table, last] = [path.slice(0, path.lastIndexOf(".")), path.slice(path.lastIndexOf(".") + 1)];
  // Shifts are a list without keys.
  const definition = /^fleet\.[^.]+\.shift\[\d+\]$/.test(table) ? "ShiftSpec" : definitionAt(schema, table);
  const own = fields(schema, definition).find((field) => field.key === last);
  if (!own) return path;
  // A table without rows, such as the shifts of all terminals.
  if (definitionAt(schema, name) !== "") return DEFINITIONS[name] === undefined ? `${own.label} (${plainKey(name)})` : own.label;
  return `${own.label} of ${rowName(name === "terminal" ? "site" : name, row)}`;
}

const TABS: [string, string][] = [
  ["site", "Site and chargers"],
  ["equipment", "Equipment and shifts"],
  ["fleets", "Fleets"],
  ["energy", "Storage and solar"],
  ["limits", "Limits and outages"],
  ["policies", "Control policies"],
  ["prices", "Prices"],
];

export class Panels {
  readonly node = element("div", { class: "panel" });
  private readonly tabs = element("div", { class: "tabs", role: "group", "aria-label": "What to change" });
  private readonly body = element("div", { class: "panel" });
  private tab = "site";

  constructor(private readonly desk: Desk) {
    for (const [key, text] of TABS) {
      const made = button(text, () => {
        this.tab = key;
        this.draw();
      });
      made.dataset["tab"] = key;
      this.tabs.append(made);
    }
    this.node.append(this.tabs, this.body);
  }

  /** Opens the tab that has a field. */
  open(path: string): void {
    const table = path.split(".")[0] ?? "";
    const at: Record<string, string> = { site: "site", charger: "site", node: "site", terminal: "equipment", labor: "equipment", equipment_model: "equipment", swap: "equipment", fleet: "fleets", truck_model: "fleets", storage: "energy", solar: "energy", limit: "limits", policy: "policies", money: "prices", price: "prices" };
    this.tab = at[table] ?? this.tab;
    this.draw();
  }

  draw(): void {
    keepFocus(() => {
      const open = new Set([...this.body.querySelectorAll("details[open]")].map((node) => node.id));
      for (const made of this.tabs.querySelectorAll("button")) made.setAttribute("aria-pressed", String(made.dataset["tab"] === this.tab));
      this.body.replaceChildren(...this.sections());
      for (const node of this.body.querySelectorAll("details")) if (open.has(node.id)) node.open = true;
    }, "add-row");
  }

  private sections(): HTMLElement[] {
    if (this.tab === "equipment") return this.equipment();
    if (this.tab === "fleets") return fleetSections(this.desk);
    if (this.tab === "energy") return [this.rows("storage", "Stationary batteries", "What they do beside charging, and how large they are."), this.rows("solar", "Solar", "Photovoltaic arrays and the site that they feed.")];
    if (this.tab === "limits") return [this.rows("limit", "Temporary limits and outages", "A limit on a site or a node for some of the time: a connection that comes later, a curtailment, an outage (0 kW).")];
    if (this.tab === "policies") return policySections(this.desk);
    if (this.tab === "prices") return priceSections(this.desk);
    return this.site();
  }

  /** Fields that are asked of first, and the others behind "More". */
  private both(table: string, path: string, values: Table): HTMLElement[] {
    const suggestions = this.suggestions(table, values);
    // Where a terminal has a plan, where in it the chargers stand is asked first.
    const first = [...(FIRST[table] ?? []), ...("lot" in suggestions ? ["lot"] : [])];
    return sheets(this.desk, path, DEFINITIONS[table] ?? "", values, { first, never: NEVER[table] ?? [], suggestions });
  }

  private suggestions(table: string, values: Table): Record<string, Suggestion[]> {
    const { editing, workspace } = this.desk;
    const sites = rowsOf(editing, "site");
    const site = textOf(values["site"]) || this.desk.chosen();
    const own: Suggestion = ["", "the connection of the site"];
    const behind = [own, ...rowsOf(editing, "node", (node) => node["site"] === site)];
    const priced = ({ name, title, about }: Choice): Suggestion => [name, about === "" ? title : `${title}, ${about}`];
    const beside = this.desk.editing.entry.tariffs.map((choice): Suggestion => [choice.name, `${priced(choice)[1]} (${choice.name}, beside the scenario)`]);
    const tariff = [...workspace.tariffs.map(priced), ...beside];
    if (table === "site") return { tariff, behind: [["", "a connection of its own"], ...sites.filter(([key]) => key !== this.desk.chosen())] };
    const lots = lotsOf(editing, site);
    if (table === "charger") return { behind, users: usersOf(editing), ...(lots.length > 0 ? { lot: lots } : {}) };
    if (table === "storage" || table === "solar") return { site: sites, behind };
    if (table === "node") return { behind };
    if (table === "limit") return { on: limitable(editing) };
    if (table === "terminal") return { shore_behind: [own, ...rowsOf(editing, "node", (node) => node["site"] === this.desk.chosen())] };
    if (table === "swap") return { model: rowsOf(editing, "equipment_model", (model) => isTable(model["battery"])) };
    return {};
  }

  private site(): HTMLElement[] {
    const { editing } = this.desk;
    const key = this.desk.chosen();
    const values = editing.rows("site").find(([known]) => known === key)?.[1];
    if (!values) return [element("p", {}, "Choose a site on the map.")];
    const groups = editing.rows("charger").filter(([, row]) => row["site"] === key);
    return [
      section(textOf(values["name"]) || key, "The site's electrical service and what its electricity costs.", ...this.both("site", `site.${key}`, values), this.upload(key)),
      section("Charger groups", groups.length === 0 ? "None at this site." : "Each group is a number of identical cabinets.", ...groups.map(([charger, row]) => this.group(charger, row)), button("Add chargers here", () => this.addChargers())),
      this.rows("node", "Feeders and transformers", "What stands between the connection of this site and its chargers, each with a limit of its own.", (row) => row["site"] === key),
    ];
  }

  /** A tariff of the planner's own: a file of the Utility Rate Database. */
  private upload(site: string): HTMLElement {
    const { editing, say } = this.desk;
    const input = element("input", { id: `upload:${site}`, type: "file", accept: ".json,application/json", "aria-describedby": `upload:${site}:wrong` });
    const wrong = element("span", { class: "wrong", id: `upload:${site}:wrong`, role: "alert" });
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      if (!file) return;
      wrong.textContent = "";
      void (async () => {
        try {
          const { path } = await server.putTariff(editing.entry.path, file.name, await file.text());
          this.desk.workspace = await server.workspace();
          editing.entry = this.desk.workspace.scenarios.find((entry) => entry.path === editing.entry.path) ?? editing.entry;
          editing.set(`site.${site}.tariff`, path);
          this.desk.restructure();
          say(`The tariff ${path} is beside the scenario now and chosen for this site.`);
        } catch (error) {
          wrong.textContent = refusal(file.name, error);
        }
      })();
    });
    return element("p", { class: "legend" }, element("label", { for: input.id }, "Your own tariff (JSON of the OpenEI Utility Rate Database): "), input, wrong);
  }

  private group(charger: string, row: Table): HTMLElement {
    const count = element("input", { id: `move-count:${charger}`, size: "3", inputmode: "numeric", value: textOf(row["cabinets"]) || "1", "aria-label": `cabinets of ${plainKey(charger)} to move` });
    const others = this.validSites(row).filter(([key]) => key !== row["site"]);
    const target = element("select", { id: `move-to:${charger}`, "aria-label": `site to move ${plainKey(charger)} to` }, ...others.map(([key, name]) => element("option", { value: key }, name)));
    const main = element("div", {}, ...this.both("charger", `charger.${charger}`, row));
    main.addEventListener("input", (event) => {
      const input = event.target as HTMLInputElement;
      const cabinets = input.id === `field:charger.${charger}.cabinets` ? numberOf(input.value) : undefined;
      if (cabinets !== undefined) count.value = String(cabinets);
    });
    const move = button("Move", () => this.split(charger, numberOf(count.value) ?? 0, target.value));
    move.id = `move:${charger}`;
    move.title = `cabinets of ${charger}`;
    const remove = button("Delete", () => {
      this.desk.editing.remove(`charger.${charger}`);
      this.desk.restructure();
    }, `delete ${charger}`);
    remove.className = "delete";
    remove.id = `delete:${charger}`;
    const moving = others.length > 0 ? [element("div", { class: "bar" }, "Move", count, "cabinets to", target, move)] : [element("p", { class: "legend" }, "No other site has vehicles that may use these chargers.")];
    return element("fieldset", {}, element("legend", { title: charger }, plainKey(charger)), main, ...moving, element("div", { class: "apart" }, remove));
  }

  /** Sites at which those who may use a group of chargers come by: equipment charges at its own terminal. */
  validSites(row: Table): Suggestion[] {
    const { editing } = this.desk;
    const users = Array.isArray(row["users"]) ? row["users"].map(textOf) : [];
    const models = new Set(editing.rows("equipment_model").map(([key]) => key));
    const isOfEquipment = users.length > 0 && users.every((user) => models.has(user));
    const works = (site: string) => users.some((user) => tableOf(editing.value(`terminal.${site}.equipment`))[user] !== undefined);
    const sites = editing.rows("site").map(([key, site]): Suggestion => [key, textOf(site["name"]) || key]);
    return isOfEquipment ? sites.filter(([key]) => works(key)) : sites;
  }

  /** Chargers go behind the connection of their new site: a node of the old one is not there. */
  move(charger: string, site: string): void {
    const { editing } = this.desk;
    const row = editing.rows("charger").find(([key]) => key === charger)?.[1] ?? {};
    const name = textOf(editing.value(`site.${site}.name`)) || site;
    if (!this.validSites(row).some(([key]) => key === site)) {
      this.desk.say(`None of the vehicles that may use ${charger} work at ${name}.`, true);
      this.desk.restructure();
      this.desk.choose(textOf(row["site"]));
      return;
    }
    const [place, behind] = [`charger.${charger}.site`, `charger.${charger}.behind`];
    const isBack = editing.before(place) === site;
    editing.set(place, site);
    editing.set(behind, isBack ? (editing.before(behind) ?? null) : null);
    const text = `${charger} moved to ${name}`;
    editing.together(text, [place, behind]);
    this.desk.choose(site);
    this.desk.restructure();
    this.desk.say(text);
  }

  /** Some cabinets of a group become a group of their own at another site. */
  private split(charger: string, count: number, site: string): void {
    const { editing } = this.desk;
    const row = editing.rows("charger").find(([key]) => key === charger)?.[1];
    const all = Number(row?.["cabinets"] ?? 0);
    if (!row || !Number.isInteger(count) || count < 1 || count > all) {
      this.desk.say(`choose 1 to ${all} cabinets`, true);
      return;
    }
    if (count === all) {
      this.move(charger, site);
      return;
    }
    const rest = Object.fromEntries(Object.entries(row).filter(([key]) => key !== "behind"));
    // What is copied keeps its source; how many there are was decided here.
    const sources = { ...tableOf(rest["sources"]), cabinets: PLANNER };
    const [from, to] = [`charger.${charger}`, `charger.${freeKey(`${charger}_at_${site}`, editing.taken("charger"))}`];
    editing.set(`${from}.cabinets`, all - count);
    editing.set(to, { ...rest, cabinets: count, site, sources });
    const text = `${count} of ${all} cabinets of ${charger} moved to ${textOf(editing.value(`site.${site}.name`)) || site}`;
    editing.together(text, [`${from}.cabinets`, to], { from, to });
    this.desk.choose(site);
    this.desk.restructure(`field:${to}.cabinets`);
    this.desk.say(text);
  }

  private addChargers(): void {
    const { editing } = this.desk;
    const chosen = this.desk.chosen();
    const groups = editing.rows("charger");
    const like = groups.find(([, row]) => row["site"] === chosen) ?? groups[0];
    const users: Json = like?.[1]["users"] ?? ["public"];
    const key = freeKey(`${chosen}_chargers`, editing.taken("charger"));
    editing.set(`charger.${key}`, { cabinets: 1, cabinet_kw: 150, ports: 1, efficiency: 0.92, users, site: chosen });
    this.desk.restructure(`field:charger.${key}.cabinets`);
  }

  private equipment(): HTMLElement[] {
    const { editing } = this.desk;
    const all = editing.rows("terminal");
    // Of many terminals the chosen one is shown.
    const own = all.filter(([key]) => key === this.desk.chosen());
    const terminals = (own.length > 0 ? own : all.slice(0, 1)).map(([key, row]) =>
      section(
        textOf(editing.value(`site.${key}.name`)) || key,
        "Units of each kind of equipment, and the work that asks for them.",
        counts(this.desk, `terminal.${key}.equipment`, "equipment_model"),
        ...this.both("terminal", `terminal.${key}`, row),
        ...OWN_TABLES.map(([inner, title, about]) => this.ownTable(key, row, inner, title, about)),
      ),
    );
    const batteries = editing.rows("equipment_model").filter(([, model]) => isTable(model["battery"]));
    const models = batteries.map(([key, model]) =>
      element(
        "fieldset",
        {},
        element("legend", {}, textOf(model["name"]) || key),
        this.battery(`equipment_model.${key}.battery`, tableOf(model["battery"])),
        ...this.both("equipment_model", `equipment_model.${key}`, model),
      ),
    );
    const labor = tableOf(editing.document["labor"]);
    if (terminals.length === 0) return [element("p", {}, "This scenario has no terminals.")];
    return [
      ...(all.length > 1 ? [this.otherTerminals(all)] : []),
      ...terminals,
      section("Shifts and breaks", "Worked hours of all terminals, such as 08:00-12:00, 13:00-17:00. What lies between two of them is a break.", ...this.both("labor", "labor", labor)),
      ...(models.length > 0 ? [section("Batteries", "Of equipment that charges.", ...models)] : []),
      ...(editing.rows("swap").length > 0 ? [this.rows("swap", "Battery swap", "Bays and spare batteries of the equipment that swaps.", undefined, false)] : []),
    ];
  }

  /** Which terminal the form shows. */
  private otherTerminals(all: [string, Table][]): HTMLElement {
    const name = (key: string) => textOf(this.desk.editing.value(`site.${key}.name`)) || plainKey(key);
    const { node, select } = choice("Terminal", all.map(([key]): [string, string] => [key, name(key)]), (key) => this.desk.choose(key));
    select.id = "terminal-choice";
    select.value = all.some(([key]) => key === this.desk.chosen()) ? this.desk.chosen() : (all[0]?.[0] ?? "");
    return node;
  }

  /** A table of a terminal's row, which stands in the place of one of the whole scenario. */
  private ownTable(terminal: string, row: Table, inner: string, title: string, about: string): HTMLElement {
    const { desk } = this;
    const path = `terminal.${terminal}.${inner}`;
    const values = row[inner];
    const add = button("Add", () => {
      desk.editing.set(path, this.freshOf(inner));
      desk.restructure();
    }, `Add: ${title}`);
    const remove = button("Take out", () => {
      desk.editing.remove(path);
      desk.restructure();
    }, `Take out: ${title}`);
    remove.className = "delete";
    const shown = fields(desk.schema, definitionAt(desk.schema, path)).sort((a, b) => DAYS.indexOf(b.key) - DAYS.indexOf(a.key));
    const parts = isTable(values) ? [sheet(desk, path, shown, values), remove] : [add];
    return element("details", { id: `own:${path}` }, element("summary", {}, isTable(values) ? title : `${title}: none`), element("p", { class: "legend" }, about), ...parts);
  }

  /** What holds for all terminals, to be changed for one of them. */
  private freshOf(inner: string): Table {
    const { editing } = this.desk;
    if (inner === "labor") return Object.fromEntries(Object.entries(tableOf(editing.document["labor"])).filter(([key]) => key !== "sources"));
    if (inner === "appointments") return { per_hour: 100 };
    const volumes = tableOf(editing.value("freight.volumes"));
    return Object.fromEntries(["weekday", "saturday", "sunday"].map((day) => [day, volumes[`gate_${day}`] ?? []]));
  }

  private battery(path: string, values: Table): HTMLElement {
    return sheet(this.desk, path, fields(this.desk.schema, "BatterySpec").filter(({ key }) => key === "usable_kwh"), values);
  }

  /** Rows of a table of the scenario, to change, add and delete. */
  private rows(table: string, title: string, about: string, isShown: (row: Table) => boolean = () => true, canAdd = true): HTMLElement {
    const { editing } = this.desk;
    const groups = editing.rows(table).filter(([, row]) => isShown(row)).map(([key, row]) => {
      const remove = button("Delete", () => {
        editing.remove(`${table}.${key}`);
        this.desk.restructure();
      }, `delete ${key}`);
      remove.className = "delete";
      return element("fieldset", {}, element("legend", { title: key }, plainKey(key)), ...this.both(table, `${table}.${key}`, row), remove);
    });
    const add = button("Add", () => {
      const key = freeKey(`${this.desk.chosen()}_${table}`, editing.taken(table));
      editing.set(`${table}.${key}`, this.fresh(table));
      this.desk.restructure();
    }, `Add to ${title}`);
    return section(title, about, ...groups, ...(groups.length === 0 ? [element("p", {}, "None.")] : []), ...(canAdd ? [add] : []));
  }

  private fresh(table: string): Table {
    const site = this.desk.chosen();
    if (table === "storage") return { site, energy_kwh: 1000, power_kw: 500, round_trip: 0.88 };
    if (table === "solar") return { site, dc_kw: 500 };
    if (table === "node") return { site, limit_kw: 1000 };
    return { on: [site], kw: 0, hours: "16:00-21:00" };
  }
}
