// What planners call the fields of a scenario, and the settings that a run was made with. A field without an entry is
// called by its key.

import { POLICIES } from "../generated/policies";

/** Tables whose rows a form shows, by the kind of their rows. */
export const DEFINITIONS: Record<string, string> = {
  site: "SiteSpec",
  charger: "ChargerSpec",
  node: "NodeSpec",
  storage: "StorageSpec",
  solar: "SolarSpec",
  limit: "LimitSpec",
  fleet: "FleetSpec",
  labor: "LaborSpec",
  terminal: "TerminalSpec",
  equipment_model: "EquipmentModelSpec",
  truck_model: "TruckModelSpec",
  money: "MoneySpec",
  price: "PriceSpec",
  swap: "SwapSpec",
};

/** By definition and key of the schema. */
const LABELS: Record<string, string> = {
  "SiteSpec.limit_kw": "Service capacity",
  "SiteSpec.tariff": "Electricity tariff",
  "SiteSpec.tariff_name": "Rate within the tariff file",
  "SiteSpec.load_kw": "Base load",
  "SiteSpec.queue": "Queue discipline",
  "SiteSpec.behind": "Fed from",
  "SiteSpec.export_limit_kw": "Export limit",
  "SiteSpec.drop_min": "Time to drop or pick up a container",
  "SiteSpec.live_min": "Time of a live unload",
  "SiteSpec.live_share": "Share of live unloads",
  "ChargerSpec.cabinets": "Charger cabinets",
  "ChargerSpec.cabinet_kw": "Power of a cabinet",
  "ChargerSpec.ports": "Charging ports of a cabinet",
  "ChargerSpec.port_kw": "Power of a charging port",
  "ChargerSpec.behind": "Fed from",
  "ChargerSpec.users": "Allowed vehicles",
  "ChargerSpec.efficiency": "Charging efficiency",
  "ChargerSpec.mtbf_h": "Mean time between failures",
  "ChargerSpec.mttr_h": "Mean time to repair",
  "ChargerSpec.reserved_hours": "Hours reserved for home fleets",
  "ChargerSpec.price_usd_per_kwh": "Price to vehicles",
  "ChargerSpec.v2g_kw": "V2G power of a charging port",
  "ChargerSpec.connector": "Connector",
  "ChargerSpec.lot": "Lot of the terminal's plan",
  "ChargerSpec.plug_min": "Time to plug in",
  "ChargerSpec.unplug_min": "Time to unplug",
  "ChargerSpec.staff": "People who plug in",
  "ChargerSpec.stay_plugged": "Vehicles stay plugged in",
  "SiteSpec.load": "Base load from a file (CSV)",
  "SiteSpec.load_map": "Map of that file's columns",
  "SiteSpec.load_by_hour": "Base load by hour (24 or 168 factors)",
  "NodeSpec.site": "Site",
  "NodeSpec.limit_kw": "Limit",
  "NodeSpec.load_kw": "Base load",
  "NodeSpec.behind": "Fed from",
  "LaborSpec.break_groups": "Groups that rest one after the other",
  "LaborSpec.weekday": "Worked hours, weekday",
  "LaborSpec.saturday": "Worked hours, Saturday",
  "LaborSpec.sunday": "Worked hours, Sunday",
  "TerminalSpec.teu_per_year": "Throughput (TEU a year)",
  "TerminalSpec.berths": "Berths",
  "TerminalSpec.calls_per_week": "Vessel calls a week",
  "TerminalSpec.cranes_per_call": "Cranes on a vessel",
  "TerminalSpec.lifts_per_crane_h": "Lifts of a crane in an hour",
  "TerminalSpec.shore_kw": "Shore power of a vessel",
  "TerminalSpec.shore_share": "Share of calls on shore power",
  "TerminalSpec.shore_behind": "Shore power fed from",
  "TerminalSpec.gate_lanes": "Gate lanes",
  "TerminalSpec.gate_min": "Time of a truck at the gate",
  "TerminalSpec.turn_min": "Turn time inside the gate",
  "TerminalSpec.turn_cv": "Spread of the turn time (coefficient of variation)",
  "TerminalSpec.second_move_min": "More time for a second container",
  "AppointmentSpec.per_hour": "Appointments in an hour",
  "AppointmentSpec.early_min": "Let in before the window",
  "AppointmentSpec.late_min": "Let in after the window",
  "AppointmentSpec.off_window_min": "Trucks miss their window by (standard deviation)",
  "AppointmentSpec.no_show_share": "Share of no-shows",
  "GateHoursSpec.weekday": "Gate by hour, weekday (24 factors, 0: closed)",
  "GateHoursSpec.saturday": "Gate by hour, Saturday",
  "GateHoursSpec.sunday": "Gate by hour, Sunday",
  "ShiftSpec.start": "Start (local time)",
  "ShiftSpec.hours": "Length (hours)",
  "ShiftSpec.spread_h": "Trucks start evenly over",
  "ShiftSpec.share": "Share of the fleet's trucks",
  "ShiftSpec.weekday": "Works on a weekday (probability)",
  "ShiftSpec.saturday": "Works on a Saturday (probability)",
  "ShiftSpec.sunday": "Works on a Sunday (probability)",
  "SwapSpec.model": "Equipment whose batteries are swapped",
  "SwapSpec.bays": "Swap bays",
  "SwapSpec.swap_min": "Time of a swap",
  "SwapSpec.spares": "Spare batteries",
  "SwapSpec.ready_soc": "Ready to be taken at (state of charge)",
  "EquipmentModelSpec.per_km_loaded": "Energy use (kWh or gal per km with a container)",
  "EquipmentModelSpec.per_km_empty": "Energy use (kWh or gal per km without one)",
  "EquipmentModelSpec.per_wait_h": "Energy use (kWh or gal per waited hour)",
  "EquipmentModelSpec.nox_g_per_gal": "NOx (g per gal)",
  "EquipmentModelSpec.pm25_g_per_gal": "PM2.5 (g per gal)",
  "EquipmentModelSpec.per_work_h": "Energy use (kWh or gal per worked hour)",
  "EquipmentModelSpec.per_lift": "Energy use (kWh or gal per lift)",
  "EquipmentModelSpec.leave_at_soc": "Leaves work to charge at (state of charge)",
  "EquipmentModelSpec.return_at_soc": "Returns to work at (state of charge)",
  "EquipmentModelSpec.charge_in_breaks": "Charges in breaks",
  "BatterySpec.usable_kwh": "Usable battery energy",
  "TruckModelSpec.loaded_per_km": "Energy use loaded (kWh, gal or kg per km)",
  "TruckModelSpec.empty_per_km": "Energy use with an empty container (per km)",
  "TruckModelSpec.bobtail_per_km": "Energy use without a trailer (per km)",
  "TruckModelSpec.idle_per_h": "Energy use idling (per hour)",
  "TruckModelSpec.cold_per_c": "Rise of use per degree below 15 °C",
  "TruckModelSpec.hot_per_c": "Rise of use per degree above 25 °C",
  "TruckModelSpec.nox_g_per_km": "NOx (g per km)",
  "TruckModelSpec.nox_g_per_idle_h": "NOx idling (g per hour)",
  "TruckModelSpec.pm25_g_per_km": "PM2.5 (g per km)",
  "TruckModelSpec.pm25_g_per_idle_h": "PM2.5 idling (g per hour)",
  "FleetSpec.active_share": "Share of trucks active in a week",
  "FleetSpec.driving_h": "Driving hours in a shift, at most",
  "FleetSpec.home": "Home depot",
  "FleetSpec.start_at": "Trucks without a home start at",
  "StorageSpec.energy_kwh": "Usable energy",
  "StorageSpec.power_kw": "Power",
  "StorageSpec.round_trip": "Round-trip efficiency",
  "StorageSpec.rule": "Control",
  "StorageSpec.cap_kw": "Peak to shave to",
  "StorageSpec.first_soc": "State of charge at the start",
  "StorageSpec.loss_per_cycle": "Capacity lost in a cycle (share)",
  "StorageSpec.loss_per_year": "Capacity lost in a year (share)",
  "StorageSpec.behind": "Fed from",
  "SolarSpec.behind": "Feeds into",
  "SolarSpec.csv": "Output from a file (CSV)",
  "SolarSpec.clearness": "Clearness of the sky by month (12 shares)",
  "ChargingChoice.departures": "What is known of departures",
  "ChargingChoice.departure_error_min": "Error of estimated departures",
  "ChargingChoice.price_horizon_h": "Prices known ahead",
  "ChargingChoice.csv": "File of the plan (CSV)",
  "StorageSpec.reserve_soc": "Reserve for outages (state of charge)",
  "SolarSpec.dc_kw": "Module power (DC)",
  "SolarSpec.ac_kw": "Inverter power (AC)",
  "SolarSpec.tilt_deg": "Tilt",
  "SolarSpec.azimuth_deg": "Azimuth",
  "SolarSpec.performance_ratio": "Performance ratio",
  "PriceSpec.capex_usd_per_kw": "Investment by power",
  "PriceSpec.capex_usd_per_kwh": "Investment by energy",
  "PriceSpec.of": "Price of",
  "PriceSpec.capex_usd": "Investment in one",
  "PriceSpec.life_years": "Life (years)",
  "PriceSpec.upkeep_share": "Yearly upkeep (share of the investment)",
  "PriceSpec.upkeep_usd_per_year": "Upkeep of one",
  "PriceSpec.usd_of": "Year of its dollars",
  "PriceSpec.labor_usd_per_year": "Operating labor of one",
  "PriceSpec.lead_time_months": "Lead time",
  "MoneySpec.years": "Years of the net present value",
  "MoneySpec.discount_rate": "Real discount rate (share a year)",
  "MoneySpec.usd_of": "Results in the dollars of the year",
  "MoneySpec.diesel_usd_per_gal": "Price of diesel",
  "MoneySpec.unmet_haul_usd": "Cost of an unserved haul",
  "MoneySpec.late_haul_usd": "Cost of a late haul",
  "MoneySpec.unserved_hour_usd": "Cost of an equipment hour not served",
  "LimitSpec.on": "Sites or nodes",
  "LimitSpec.kw": "Limit (0: outage)",
  "LimitSpec.from": "From (local time)",
  "LimitSpec.to": "Until (local time)",
  "LimitSpec.hours": "Hours of the day",
  "LimitSpec.days": "Days",
  "LimitSpec.months": "Months (1 to 12)",
  "LimitSpec.reason": "Reason",
};

const UNITS: Record<string, string> = { kw: "kW", kwh: "kWh", h: "h", min: "min", km: "km", usd: "USD", s: "s", kg: "kg", deg: "°", usd_per_kwh: "USD/kWh", usd_per_kw: "USD/kW", usd_per_year: "USD a year", usd_per_gal: "USD/gal", days: "days", kmh: "km/h", bar: "bar" };

/** What stands before a field and what behind it: `limit_kw` of a site is "Service capacity" and "kW". */
export function labelOf(definition: string, key: string): { text: string; unit: string } {
  const suffixes = Object.keys(UNITS).sort((a, b) => b.length - a.length);
  const suffix = suffixes.find((end) => key === end || key.endsWith(`_${end}`));
  const unit = suffix === undefined ? "" : (UNITS[suffix] ?? "");
  const bare = suffix !== undefined && key !== suffix ? key.slice(0, -suffix.length - 1) : key;
  const plain = bare.replaceAll("_", " ");
  return { text: LABELS[`${definition}.${key}`] ?? plain.charAt(0).toUpperCase() + plain.slice(1), unit };
}

/** A field by its key alone, as the first table that has it calls it; none where no form shows it. */
export function fieldName(key: string): string | null {
  const known = Object.keys(LABELS).find((path) => path.endsWith(`.${key}`));
  return (known === undefined ? OTHER_FIELDS[key] : LABELS[known]) ?? null;
}

/** Fields that no form shows and that warnings name. */
const OTHER_FIELDS: Record<string, string> = {
  tow_min: "Time until a machine is towed",
  usd_per_t: "Price of a tonne",
  weeks: "Weeks that stand for a year",
  groups: "Groups that charge one after the other",
  hours: "Hours of charging",
  lat: "Latitude",
  lon: "Longitude",
  kind: "Kind",
  charging: "Rule of charging",
};

/** Parameters of policies by the names that a scenario has for them. */
const PARAMETERS: Record<string, string> = {
  cap_kw: "Cap of a site (0: the lowest that was enough)",
  margin: "Margin before departure (share)",
  sell_spread_usd_per_kwh: "Price drop that pays V2G export",
  step_kw: "Step of power",
  reserve_soc: "Kept in reserve (state of charge)",
  charge_below_soc: "Goes to charge below (state of charge)",
  charge_to_soc: "Charges up to (state of charge)",
  early_min: "Comes early by at most",
  fuel_below_level: "Goes to fuel below (share of the tank)",
  fuel_to_level: "Fuels up to (share of the tank)",
  restart_level: "Starts again at (share of the storage)",
  reserve_level: "Kept in reserve (share of the storage)",
  wait_min: "Wait that is used to charge, at least",
  within_m: "Distance to a plug, at most",
  swing_soc: "Swing of the threshold (state of charge)",
};

/** What stands before a parameter of a policy and what behind it. */
export function parameterLabel(name: string): { text: string; unit: string } {
  const { text, unit } = labelOf("", name);
  return { text: PARAMETERS[name] ?? text, unit };
}

/** What decides, by the tables of a scenario. */
const DECISIONS: Record<string, string> = {
  "policy.charging": "Charging control",
  "policy.dispatch": "Dispatch of trucks",
  "policy.yard": "Control of the yard",
  "policy.hydrogen": "Supply of hydrogen",
  "transition.adoption": "Purchase of vehicles",
  "transition.build_out": "Build-out of chargers and grid",
};

export const decisionName = (setting: string): string => DECISIONS[setting] ?? plainKey(setting.split(".").pop() ?? setting);

/** Names of places and fleets, by their paths in the scenario that is shown, such as `site.depot`. */
let called: Record<string, string> = {};

/** From now on places and fleets are told by these names. */
export function callThem(names: Record<string, string>): void {
  called = names;
}

/** What people call a row of a table, such as a site. */
export const rowName = (table: string, row: string): string => called[`${table}.${row}`] ?? plainKey(row);

export function policyName(name: string): string {
  const known = POLICIES[name];
  const plain = name.replaceAll("_", " ");
  return known ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** A strategy as people call it: a name that is a setting, a policy or an overlay in words, and one that somebody gave as it is. */
export function strategyName(name: string): string {
  const parts = name.split("+").map((part) => {
    if (part === "bau") return "Base case";
    if (part.includes("=")) return settingText(part);
    if (POLICIES[part] !== undefined) return policyName(part);
    return /^[a-z0-9_]+$/.test(part) ? policyName(part) : part;
  });
  return parts.join(", ");
}

export const plainKey = (key: string) => key.replaceAll("_", " ");

/** What a setting is about, with its unit: `site.depot.limit_kw` is the service capacity of depot, in kW. */
function settingName(path: string): { text: string; unit: string } {
  const [table = "", row = "", key = "", inner = "", last = ""] = path.split(".");
  const definition = DEFINITIONS[table];
  const decision = `${table}.${row}`;
  if (DECISIONS[decision] !== undefined) {
    if (key === "" || key === "name" || key === "plugin") return { text: decisionName(decision), unit: "" };
    const { text, unit } = key === "params" ? parameterLabel(inner) : labelOf("ChargingChoice", key);
    return { text: `${decisionName(decision)}, ${text.charAt(0).toLowerCase()}${text.slice(1)}`, unit };
  }
  if (table === "background") return { text: "Map under the sites", unit: "" };
  if (table === "time" && row === "days") return { text: "Days", unit: "" };
  // One table for the whole scenario, without rows.
  if (table === "labor") return labelOf("LaborSpec", row);
  if (table === "money" && key === "") return labelOf("MoneySpec", row);
  if (definition === undefined || key === "") return { text: "", unit: "" };
  const of = rowName(table === "terminal" ? "site" : table, row);
  const lot = /^[^.]+\.[^.]+\.plan\.lots\.([^.]+)\.(at_m|size_m)$/.exec(path);
  if (lot) return { text: `${lot[2] === "at_m" ? "Middle" : "Size"} of charging lot ${plainKey(lot[1] ?? "")} at ${of}`, unit: "m" };
  if (inner === "usable_kwh") return { text: `Usable battery energy of ${of}`, unit: "kWh" };
  const nested = NESTED[key];
  if (table === "terminal" && nested !== undefined && inner !== "" && last === "") {
    const { text, unit } = labelOf(nested, inner);
    return { text: `${text} at ${of}`, unit };
  }
  // A number of things by name, such as the units of a model.
  if (inner !== "") return { text: `Units of ${plainKey(inner)} at ${of}`, unit: "" };
  const { text, unit } = labelOf(definition, key);
  return { text: `${text} of ${of}`, unit };
}

/** Tables in the row of a terminal. */
const NESTED: Record<string, string> = { labor: "LaborSpec", gate_hours: "GateHoursSpec", appointments: "AppointmentSpec" };

/** A path of something with a price, such as `charger.night`, in words; other text as it is. */
function thing(part: string): string {
  const [, table = "", row = ""] = /^([a-z_]+)\.([A-Za-z_]\w*)$/.exec(part) ?? [];
  return DEFINITIONS[table] === undefined ? part : `${plainKey(table)} ${rowName(table, row)}`;
}

/** A list of TOML as people write one, with the names of places and fleets. */
function listText(value: string): string {
  const named = (part: string) => called[part] ?? called[`site.${part}`] ?? called[`node.${part}`] ?? called[`fleet.${part}`] ?? called[`equipment_model.${part}`] ?? called[`truck_model.${part}`] ?? thing(part);
  return value.replace(/^\[(.*)\]$/, "$1").replaceAll('"', "").split(", ").map(named).join(", ");
}

/** The fields of a new row, as TOML writes it on one line, in words. */
function rowText(table: string, value: string): string {
  const plain = value.replace(/sources = \{[^}]*\},? ?/g, "");
  const parts = [...plain.matchAll(/(\w+) = ("[^"]*"|\[[^\]]*\]|[^,{}]+)/g)];
  return newRow(table, parts.map(([, key = "", part = ""]) => [key, part.trim()]));
}

/** The fields of a new row in words: keys and values as text. */
export function newRow(table: string, parts: [string, string][]): string {
  const told = parts.map(([key, part]) => {
    const { text, unit } = labelOf(DEFINITIONS[table] ?? "", key);
    return `${text.toLowerCase()} ${listText(part)}${unit === "" ? "" : ` ${unit}`}`;
  });
  return told.join(", ");
}

/** Shifts as TOML or JSON writes them, in words: when each starts and how long it is. */
function shiftsText(value: string): string {
  const part = (shift: string, key: string) => new RegExp(`"?${key}"?\\s*[=:]\\s*"?([^",}]+)`).exec(shift)?.[1]?.trim() ?? "";
  return [...value.matchAll(/\{[^}]*\}/g)].map(([shift]) => `${part(shift, "start")} for ${part(shift, "hours")} h`).join(", ");
}

/** A setting of a run, `path=value`, in words; one of which there is nothing to say as it is. */
export function settingText(setting: string): string {
  const at = setting.indexOf("=");
  const [path, value] = at < 0 ? [setting, ""] : [setting.slice(0, at), setting.slice(at + 1).replace(/^"(.*)"$/, "$1")];
  const group = /^charger\.([^.]+)$/.exec(path);
  const [cabinets, kw, site] = [/cabinets = (\d+)/, /cabinet_kw = ([\d.]+)/, /site = "([^"]+)"/].map((part) => part.exec(value)?.[1]);
  if (group && cabinets && kw && site) return `New chargers ${plainKey(group[1] ?? "")}: ${cabinets} cabinets of ${kw} kW at ${rowName("site", site)}`;
  const row = /^([a-z_]+)\.([^.]+)$/.exec(path);
  const price = /^price\.[^.]+$/.test(path) ? /of = (\[[^\]]*\])/.exec(value)?.[1] : undefined;
  const named = /^(fleet|site)\.([^.]+)$/.exec(path);
  if (named && value.startsWith("{")) return `New ${named[1]} ${/name = "([^"]*)"/.exec(value)?.[1] ?? plainKey(named[2] ?? "")}`;
  if (price !== undefined) return `New price of ${listText(price)}`;
  if (row && value.startsWith("{")) return `New ${plainKey(row[1] ?? "")} ${plainKey(row[2] ?? "")}: ${rowText(row[1] ?? "", value)}`;
  if (path === "money" && value === "") return "Prices of a year are taken out";
  const ofFleet = /^fleet\.([^.]+)\.shift$/.exec(path);
  if (ofFleet && value !== "") return `Shifts of ${rowName("fleet", ofFleet[1] ?? "")}: ${shiftsText(value)}`;
  const { text, unit } = settingName(path);
  if (value === "" && row && text === "") return `${rowName(row[1] ?? "", row[2] ?? "")} (${plainKey(row[1] ?? "")}) is taken out`;
  if (text === "") return setting;
  const shown = isPolicyName(path) ? policyName(value) : listText(value);
  return value === "" ? `${text}: not set` : `${text}: ${shown}${unit === "" ? "" : ` ${unit}`}`;
}

/** Does a path name a policy, and no number of one? */
const isPolicyName = (path: string) => DECISIONS[path.replace(/\.name$/, "")] !== undefined;

/** A sentence of the program with the names of places and fleets in the place of their keys. */
export function plainNames(text: string): string {
  return text.replace(/`([^`]+)`/g, (quoted, key: string) => {
    const name = listText(key);
    return name === key ? quoted : name;
  });
}

/** Settings in words, without the notes on where numbers come from. */
export function settingTexts(settings: string[]): string[] {
  return settings.filter((setting) => !/^source\.|\.sources\./.test(setting)).map(settingText);
}

/** Numbers that no form shows, by their table and key. */
const NUMBERS: Record<string, string> = {
  "travel.traffic": "Slowdown by traffic, by hour",
  "travel.freeway_kmh": "Speed on freeways (km/h)",
  "travel.arterial_kmh": "Speed on arterial roads (km/h)",
  "travel.local_kmh": "Speed on local streets (km/h)",
  "travel.circuity": "Road distance over straight distance",
  "travel.arterial_up_to_km": "Longest trip by arterial roads (km)",
  "travel.local_up_to_km": "Longest trip by local streets (km)",
  "travel.arterial_energy_factor": "Energy on arterial roads over freeways",
  "travel.local_energy_factor": "Energy on local streets over freeways",
  "travel.energy_cv": "Spread of the energy of trips",
  "truck_model.bobtail_per_km": "Energy or fuel per km without a trailer",
  "truck_model.empty_per_km": "Energy or fuel per km with an empty container",
  "truck_model.loaded_per_km": "Energy or fuel per km with a loaded container",
  "truck_model.idle_per_h": "Energy or fuel per idle hour",
  "truck_model.cold_per_c": "Rise of use per degree below 15 °C",
  "truck_model.hot_per_c": "Rise of use per degree above 25 °C",
  "weather.mean_c": "Mean temperature of the months (°C)",
  "weather.daily_range_c": "Daily range of temperature (°C)",
};

/** A number of a scenario by its path, in words: `truck_model.semi.loaded_per_km` is the use with a load of semi. */
export function numberName(path: string): string {
  const keys = path.split(".");
  const own = NUMBERS[`${keys[0] ?? ""}.${keys.at(-1) ?? ""}`];
  if (own !== undefined) return keys.length > 2 ? `${own}, ${keys.slice(1, -1).map((part) => plainKey(part)).join(", ")}` : own;
  const known = settingText(`${path}=1`);
  const at = known.indexOf(": ");
  if (at > 0) return known.slice(0, at);
  const words = path.split(".").map((part) => plainKey(part).replace(/\[(\d+)\]/g, (_, place: string) => ` ${Number(place) + 1}`));
  const [table = "", ...rest] = words;
  const key = rest.pop() ?? table;
  const { text } = labelOf("", key.replaceAll(" ", "_"));
  return `${text}${rest.length > 0 ? ` of ${rest.join(", ")}` : ""} (${table})`;
}
