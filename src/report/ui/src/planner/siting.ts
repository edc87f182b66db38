// A place that the file does not have: a window that asks where it is and what it is; all else follows in its form.

import { element } from "../lib/dom";
import { plainKey } from "../lib/labels";
import { askFor } from "./dialog";
import { freeKey, type Editing } from "./draft";
import { fields, numberOf } from "./form";
import { textOf, type Table } from "./json";

/** What most new sites are. */
const USUAL_KIND = "depot";

/** Key of a name: its letters and digits. */
const keyOf = (name: string) => name.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "") || "site";

/** Asks; null where it was cancelled. The place that is offered is that of the site `near`. */
export function askSite(editing: Editing, schema: Table, near: string): Promise<{ key: string; site: Table } | null> {
  const input = (id: string, text: string, value: string) => ({ field: element("input", { id, value, autocomplete: "off" }), label: element("label", { for: id }, text) });
  const place = (key: string) => textOf(editing.value(`site.${near}.${key}`));
  const [name, lat, lon] = [input("site-name", "Name", ""), input("site-lat", "Latitude, degrees north", place("lat")), input("site-lon", "Longitude, degrees east", place("lon"))];
  const kinds = fields(schema, "SiteSpec").find(({ key }) => key === "kind")?.choices ?? [];
  const kind = element("select", { id: "site-kind" }, ...kinds.map((word) => element("option", { value: word }, plainKey(word))));
  kind.value = USUAL_KIND;
  const shown = [name, lat, lon].flatMap(({ label, field }) => [label, field]);
  const read = (): { key: string; site: Table } | string => {
    const [north, east, plain] = [numberOf(lat.field.value), numberOf(lon.field.value), name.field.value.trim()];
    if (plain === "") return "It needs a name.";
    if (north === undefined || east === undefined || Math.abs(north) > 90 || Math.abs(east) > 180) return "Latitude from -90 to 90, longitude from -180 to 180.";
    return { key: freeKey(keyOf(plain), editing.taken("site")), site: { name: plain, kind: kind.value, lat: north, lon: east } };
  };
  return askFor({ title: "Add a site", fields: [...shown, element("label", { for: kind.id }, "Kind of place"), kind], act: "Add", read });
}
