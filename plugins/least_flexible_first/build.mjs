// node build.mjs TOOLS WIT OUT: makes a component of app.js with componentize-qjs, which is installed in TOOLS.
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [tools, wit, out] = process.argv.slice(2);
const found = createRequire(resolve(tools, "package.json")).resolve("componentize-qjs");
const { componentize } = await import(pathToFileURL(found));
const source = new URL("app.js", import.meta.url);
const { component } = await componentize({
  witPath: wit,
  jsSource: await readFile(source, "utf8"),
  jsPath: source.pathname,
  world: "charging",
  sync: true,
  stubWasi: true,
});
await writeFile(out, component);
