// Minifying drops licence headers, so the licences of what is bundled go beside the page.
import { readFileSync, writeFileSync } from "node:fs";

const bundled = [
  ["echarts", "LICENSE"],
  ["echarts", "NOTICE"],
  ["zrender", "LICENSE"],
  ["tslib", "LICENSE.txt"],
];
const texts = bundled.map(([name, file]) => {
  const { version } = JSON.parse(readFileSync(`node_modules/${name}/package.json`, "utf8"));
  return `${name} ${version}: ${file}\n\n${readFileSync(`node_modules/${name}/${file}`, "utf8")}`;
});
writeFileSync("dist/THIRD-PARTY-LICENSES.txt", texts.join("\n\n" + "-".repeat(80) + "\n\n"));
