// Types of the server's interface, and of what a report holds, from its description (tests/cases/openapi.json), which a
// test of the server keeps current. Run `npm run types` after it has changed.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const description = JSON.parse(readFileSync("../../../tests/cases/openapi.json", "utf8"));

/** The server writes every field, also one that may be null, and this page sends every field. */
function needAll(schema) {
  if (schema === null || typeof schema !== "object") return;
  if (schema.properties) schema.required = Object.keys(schema.properties);
  Object.values(schema).forEach(needAll);
}
needAll(description.components.schemas);

const banner = "// Made by `npm run types` from tests/cases/openapi.json. Do not edit.\n\n";
writeFileSync("src/generated/api.ts", banner + astToString(await openapiTS(description)));
