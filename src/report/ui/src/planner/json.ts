// Values of a scenario's document, as the server gives them.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Table = { [key: string]: Json };

export function isTable(json: Json | undefined): json is Table {
  return json !== null && typeof json === "object" && !Array.isArray(json);
}

/** A table, empty where it is none. */
export function tableOf(json: Json | undefined): Table {
  return isTable(json) ? json : {};
}

/** What a field shows of a value: nothing of one that is missing. */
export function textOf(json: Json | undefined): string {
  if (json === undefined || json === null) return "";
  if (Array.isArray(json)) return json.map(textOf).join(", ");
  return typeof json === "object" ? JSON.stringify(json) : String(json);
}

/** The value of a dotted path. */
export function lookUp(document: Table, path: string): Json | undefined {
  let at: Json | undefined = document;
  for (const key of path.split(".")) {
    // A policy may be a bare name instead of a table with a name.
    if (typeof at === "string" && key === "name" && path.startsWith("policy.")) return at;
    if (!isTable(at)) return undefined;
    at = at[key];
  }
  return at;
}

export function isEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => isEqual(item, b[at]));
  if (!isTable(a) || !isTable(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isEqual(a[key], b[key]));
}

/** A table with one value of it changed, or taken out (`null`); tables on the way are made. */
export function changed(table: Table, [key = "", ...inner]: string[], value: Json): Table {
  if (inner.length > 0) return { ...table, [key]: changed(tableOf(table[key]), inner, value) };
  if (value !== null) return { ...table, [key]: value };
  return Object.fromEntries(Object.entries(table).filter(([known]) => known !== key));
}
