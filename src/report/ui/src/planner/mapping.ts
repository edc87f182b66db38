// How a file of the planner's own is read, as a person chooses it: the mapping file that `portvolt import --map` takes, and the
// reader's words for a page that has no command line.

import type { components } from "../generated/api";

export type FileKind = components["schemas"]["FileKind"];

/** What a person chose; all else is as the file says it. */
export interface Mapping {
  settings: Record<string, string>;
  columns: Record<string, string>;
  places: Record<string, string>;
}

export const noMapping = (): Mapping => ({ settings: {}, columns: {}, places: {} });

/** Something that a mapping says of a whole table. */
export interface Setting {
  key: string;
  label: string;
  /** Where it is not asked of all tables. */
  kinds?: FileKind[];
  /** Value and words; none: it is typed. The first says what holds where nothing is chosen. */
  choices?: [string, string][];
  /** Values that are offered beside what may be typed. */
  offered?: string[];
  about?: string;
}

const ZONES = ["America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "Europe/London", "Europe/Berlin", "UTC"];
/** Kinds whose columns can be chosen. */
const MAPPED: FileKind[] = ["load", "sessions", "hauls"];

export const SETTINGS: Setting[] = [
  { key: "zone", label: "Time zone of its times", offered: ZONES, about: "Empty: as the file says, else America/Los_Angeles. UTC is for times without clock changes." },
  { key: "dates", label: "Dates such as 3/4/2025", choices: [["", "as the file shows"], ["month-first", "month first: 4 March"], ["day-first", "day first: 3 April"]] },
  { key: "decimal", label: "Decimals", choices: [["", "as the file shows"], [".", "point: 10.5"], [",", "comma: 10,5"]] },
  { key: "unit", label: "Unit of the values", kinds: ["load", "sessions"], choices: [["", "as the file says"], ["kWh", "kWh, energy of each row"], ["Wh", "Wh, energy of each row"], ["MWh", "MWh, energy of each row"], ["kW", "kW, mean power"], ["W", "W, mean power"], ["MW", "MW, mean power"]] },
  { key: "stamps", label: "A time marks", kinds: ["load"], choices: [["", "as the file shows"], ["start", "the start of its interval"], ["end", "the end of its interval"]] },
  { key: "gaps", label: "Missing intervals", kinds: ["load"], choices: [["", "are an error"], ["zero", "no load"], ["hold", "the reading before"]] },
  { key: "cumulative", label: "The values are", kinds: ["load"], choices: [["", "as the file shows"], ["false", "of each interval"], ["true", "what a register shows, which counts on"]] },
  { key: "start", label: "First day of a list without times", kinds: ["load"], about: "Such as 2025-01-01." },
  { key: "header_line", label: "Line of the header", about: "From 1; empty: it is looked for." },
  { key: "delimiter", label: "Between cells", choices: [["", "as the file shows"], [",", "comma"], [";", "semicolon"], ["\t", "tab"], ["|", "|"]] },
];

/** What a column can hold, in the words of a page, with its unit. */
const ROLES: Record<string, string> = {
  start: "Start of the interval (date and time)",
  end: "End of the interval (date and time)",
  date: "Date, with the time beside it",
  time: "Time of the day",
  hour: "Number of the hour",
  period: "Start and end in one cell",
  value: "Power or energy (kW, kWh)",
  export: "Fed into the grid (kW, kWh)",
  unit: "Unit, in each row",
  arrive: "Plugged in (date and time)",
  depart: "Unplugged (date and time)",
  duration: "Or how long plugged in (h, min or hh:mm:ss)",
  charging_time: "How long it charged (h, min or hh:mm:ss)",
  energy_kwh: "Energy (kWh)",
  charger_id: "Charger",
  port_id: "Port of the charger",
  vehicle_id: "Vehicle",
  session_id: "Session",
  max_kw: "Highest power (kW)",
  origin: "From",
  destination: "To",
  ready: "Ready, at the earliest (date and time)",
  due: "Due, at the latest (date and time)",
  container: "Container: loaded or empty",
  fleet: "The only fleet that may take it",
  quantity: "Number of containers (said, not read)",
};

/** What a role is called; `about` is the reader's own text. */
export function roleLabel(role: string, about: string): string {
  return ROLES[role] ?? about.charAt(0).toUpperCase() + about.slice(1).replaceAll("`", "");
}

/** What can be said of a table of a kind. */
export function settingsOf(kind: FileKind): Setting[] {
  return MAPPED.includes(kind) ? SETTINGS.filter(({ kinds }) => kinds === undefined || kinds.includes(kind)) : [];
}

/** Text as a basic string of TOML, of which JSON's is nearly one. */
const quoted = (text: string) => JSON.stringify(text).replaceAll("\u007f", "\\u007F");
const BARE = /^[A-Za-z0-9_-]+$/;
const keyOf = (text: string) => (BARE.test(text) ? text : quoted(text));
/** Settings that are no text. */
const NO_TEXT = ["header_line", "cumulative"];

/** The mapping file; empty where nothing was chosen. */
export function mapText({ settings, columns, places }: Mapping): string {
  const given = (table: Record<string, string>) => Object.entries(table).filter(([, value]) => value !== "");
  const value = (key: string, text: string) => (NO_TEXT.includes(key) && /^(\d+|true|false)$/.test(text) ? text : quoted(text));
  const lines = given(settings).map(([key, text]) => `${key} = ${value(key, text)}\n`);
  const table = (name: string, rows: [string, string][]) => (rows.length === 0 ? "" : `\n[${name}]\n${rows.map(([key, text]) => `${keyOf(key)} = ${quoted(text)}\n`).join("")}`);
  return (lines.join("") + table("columns", given(columns)) + table("places", given(places))).replace(/^\n/, "");
}

/** Options of the command line, and what the page calls them. */
const ON_PAGE: [RegExp, string][] = [
  [/say what the columns are in a mapping file \(--map\); `portvolt import \w+ FILE --write-map map\.toml` makes one to fill in/, "choose them under “Columns”"],
  [/name them under \[columns\] of a mapping file \(--map\): .*/, "choose them under “Columns”"],
  [/name one with `columns\.value` in a mapping file/, "choose one under “Columns”"],
  [/`?--unit(?: (\w+))?`?/g, "“Unit of the values”"],
  [/`?--zone(?: [\w/]+)?`?/g, "“Time zone of its times”"],
  [/`?--dates(?: [\w-]+)?`?/g, "“Dates such as 3/4/2025”"],
  [/`?--stamps(?: \w+)?`?/g, "“A time marks”"],
  [/`?--gaps(?: \w+)?`?/g, "“Missing intervals”"],
  [/`?--first-day(?: [\d-]+)?`?/g, "“First day of a list without times”"],
  [/`?--due-after-h(?: \w+)?`?/g, "“Due after it is ready”"],
  [/`decimal = "," ?` or `decimal = "\."` in a mapping file/g, "“Decimals”"],
  [/`decimal = ","` in a mapping file/g, "“Decimals”"],
  [/in a mapping file `cumulative = true` takes its differences, `cumulative = false` its values/, "say under “The values are” whether they are of each interval or of a register"],
  [/`sheet` in a mapping file/g, "“Sheet”"],
  [/\[places\] of a mapping file/g, "“Places”"],
  [/\bin a mapping file\b/g, "under “How it is written”"],
  [/\bof the mapping\b/g, "that was chosen"],
];

/** A reader's message for the page: what it says of the command line is here called by its field. */
export function onPage(message: string): string {
  return ON_PAGE.reduce((text, [known, words]) => text.replace(known, words), message);
}

/** The name of a file without its ending, as a name that the folder takes. */
export function stemOf(name: string): string {
  const stem = name.replace(/\.[A-Za-z0-9]{1,5}$/, "").normalize("NFKD").replace(/[^A-Za-z0-9_-]+/g, "_").replace(/^[_-]+|[_-]+$/g, "").slice(0, 60);
  return stem === "" ? "file" : stem;
}
