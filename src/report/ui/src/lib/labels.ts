// What planners call the fields of a scenario, and the settings that a run was made with. A field without an entry is
// called by its key.

import { metricLabel } from "../data/metrics";

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
  price: "PriceSpec",
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
  "EquipmentModelSpec.per_work_h": "Energy use (kWh or gal per worked hour)",
  "EquipmentModelSpec.per_lift": "Energy use (kWh or gal per lift)",
  "EquipmentModelSpec.leave_at_soc": "Leaves work to charge at (state of charge)",
  "EquipmentModelSpec.return_at_soc": "Returns to work at (state of charge)",
  "EquipmentModelSpec.charge_in_breaks": "Charges in breaks",
  "BatterySpec.usable_kwh": "Usable battery energy",
  "FleetSpec.active_share": "Share of trucks active in a week",
  "FleetSpec.driving_h": "Driving hours in a shift, at most",
  "FleetSpec.home": "Home depot",
  "StorageSpec.energy_kwh": "Usable energy",
  "StorageSpec.power_kw": "Power",
  "StorageSpec.round_trip": "Round-trip efficiency",
  "StorageSpec.rule": "Control",
  "StorageSpec.cap_kw": "Peak to shave to",
  "StorageSpec.reserve_soc": "Reserve for outages (state of charge)",
  "SolarSpec.dc_kw": "Module power (DC)",
  "SolarSpec.ac_kw": "Inverter power (AC)",
  "SolarSpec.tilt_deg": "Tilt",
  "SolarSpec.azimuth_deg": "Azimuth",
  "SolarSpec.performance_ratio": "Performance ratio",
  "PriceSpec.capex_usd_per_kw": "Investment (USD/kW)",
  "PriceSpec.capex_usd_per_kwh": "Investment (USD/kWh)",
  "PriceSpec.capex_usd": "Investment",
  "PriceSpec.life_years": "Life (years)",
  "PriceSpec.upkeep_share": "Yearly upkeep (share)",
  "PriceSpec.labor_usd_per_year": "Operating labor (USD a year)",
  "PriceSpec.lead_time_months": "Lead time (months)",
  "MoneySpec.years": "Years of the net present value",
  "LimitSpec.on": "Sites or nodes",
  "LimitSpec.kw": "Limit (0: outage)",
  "LimitSpec.from": "From (local time)",
  "LimitSpec.to": "Until (local time)",
  "LimitSpec.hours": "Hours of the day",
  "LimitSpec.reason": "Reason",
};

const UNITS: Record<string, string> = { kw: "kW", kwh: "kWh", h: "h", min: "min", km: "km", usd: "USD", s: "s", kg: "kg", deg: "°", usd_per_kwh: "USD/kWh", days: "days", kmh: "km/h", bar: "bar" };

/** What stands before a field and what behind it: `limit_kw` of a site is "Service capacity" and "kW". */
export function labelOf(definition: string, key: string): { text: string; unit: string } {
  const suffixes = Object.keys(UNITS).sort((a, b) => b.length - a.length);
  const suffix = suffixes.find((end) => key === end || key.endsWith(`_${end}`));
  const unit = suffix === undefined ? "" : (UNITS[suffix] ?? "");
  const bare = suffix !== undefined && key !== suffix ? key.slice(0, -suffix.length - 1) : key;
  const plain = bare.replaceAll("_", " ");
  return { text: LABELS[`${definition}.${key}`] ?? plain.charAt(0).toUpperCase() + plain.slice(1), unit };
}

/** Policies by the names that a scenario has for them. */
const POLICIES: Record<string, string> = {
  uncontrolled: "Uncontrolled (full power at once)",
  equal_share: "Equal share",
  round_robin: "Round robin",
  fcfs: "First come, first served",
  last_come: "Last come, first served",
  edf: "Earliest departure first",
  llf: "Least slack first",
  priority_vehicle_id: "Fixed order of vehicles",
  balanced: "Evenly until departure",
  peak_cap: "Peak shaving",
  price_aware: "Cheapest hours",
  solar_first: "Solar power first",
  schedule: "Plan from a file",
  target_soc_by_duty: "Next duty first",
  nearest_feasible: "Nearest truck that can do it",
  least_empty_km: "Least empty distance",
};

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

/** A sentence of the program with its code names in words: strategies in backticks, and metrics. */
export function plainWords(text: string): string {
  const named = text.replace(/`([^`]+)` did/g, (_, name: string) => `${strategyName(name)} did`);
  return named.replace(/\b[a-z0-9]+(?:_[a-z0-9]+)+\b/g, metricLabel);
}

export const plainKey = (key: string) => key.replaceAll("_", " ");

/** What a setting is about, with its unit: `site.depot.limit_kw` is the service capacity of depot, in kW. */
function settingName(path: string): { text: string; unit: string } {
  const [table = "", row = "", key = "", inner = ""] = path.split(".");
  const definition = DEFINITIONS[table];
  if (table === "policy") return { text: row === "charging" ? "Charging control" : row === "dispatch" ? "Dispatch of trucks" : row === "yard" ? "Control of the yard" : `Policy of ${plainKey(row)}`, unit: "" };
  if (table === "background") return { text: "Map under the sites", unit: "" };
  if (table === "time" && row === "days") return { text: "Days", unit: "" };
  // One table for the whole scenario, without rows.
  if (table === "labor") return labelOf("LaborSpec", row);
  if (table === "money" && key === "") return labelOf("MoneySpec", row);
  if (definition === undefined || key === "") return { text: "", unit: "" };
  if (inner === "usable_kwh") return { text: `Usable battery energy of ${plainKey(row)}`, unit: "kWh" };
  // A number of things by name, such as the units of a model.
  if (inner !== "") return { text: `Units of ${plainKey(inner)} at ${plainKey(row)}`, unit: "" };
  const { text, unit } = labelOf(definition, key);
  return { text: `${text} of ${plainKey(row)}`, unit };
}

/** A list of TOML as people write one. */
const listText = (value: string) => value.replace(/^\[(.*)\]$/, "$1").replaceAll('"', "");

/** The fields of a new row, as TOML writes it on one line, in words. */
function rowText(table: string, value: string): string {
  const plain = value.replace(/sources = \{[^}]*\},? ?/g, "");
  const parts = [...plain.matchAll(/(\w+) = ("[^"]*"|\[[^\]]*\]|[^,{}]+)/g)];
  const told = parts.map(([, key = "", part = ""]) => {
    const { text, unit } = labelOf(DEFINITIONS[table] ?? "", key);
    return `${text.toLowerCase()} ${listText(part.trim())}${unit === "" ? "" : ` ${unit}`}`;
  });
  return told.join(", ");
}

/** A setting of a run, `path=value`, in words; one of which there is nothing to say as it is. */
export function settingText(setting: string): string {
  const at = setting.indexOf("=");
  const [path, value] = at < 0 ? [setting, ""] : [setting.slice(0, at), setting.slice(at + 1).replace(/^"(.*)"$/, "$1")];
  const group = /^charger\.([^.]+)$/.exec(path);
  const [cabinets, kw, site] = [/cabinets = (\d+)/, /cabinet_kw = ([\d.]+)/, /site = "([^"]+)"/].map((part) => part.exec(value)?.[1]);
  if (group && cabinets && kw && site) return `New chargers ${plainKey(group[1] ?? "")}: ${cabinets} cabinets of ${kw} kW at ${plainKey(site)}`;
  const row = /^([a-z_]+)\.([^.]+)$/.exec(path);
  if (row && value.startsWith("{")) return `New ${plainKey(row[1] ?? "")} ${plainKey(row[2] ?? "")}: ${rowText(row[1] ?? "", value)}`;
  if (value === "" && row) return `${plainKey(row[2] ?? "")} (${plainKey(row[1] ?? "")}) is taken out`;
  const { text, unit } = settingName(path);
  if (text === "") return setting;
  const shown = path.startsWith("policy.") ? policyName(value) : listText(value);
  return value === "" ? `${text}: not set` : `${text}: ${shown}${unit === "" ? "" : ` ${unit}`}`;
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
