import { createHash } from "node:crypto";
import { defineConfig, type Plugin } from "vite";
import { viteSingleFile } from "vite-plugin-singlefile";

/// Allows exactly the one inlined script, whatever the data says.
function contentSecurityPolicy(): Plugin {
  return {
    name: "content-security-policy",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type !== "asset" || !file.fileName.endsWith(".html")) continue;
          const html = String(file.source);
          const script = /<script type="module"[^>]*>([\s\S]*?)<\/script>/.exec(html);
          if (!script) throw new Error("the page has no inlined script");
          const hash = createHash("sha256").update(script[1]).digest("base64");
          file.source = html.replace("SCRIPT_HASH", `sha256-${hash}`);
        }
      },
    },
  };
}

export default defineConfig({
  plugins: [viteSingleFile(), contentSecurityPolicy()],
  build: { outDir: "dist", emptyOutDir: true, rollupOptions: { input: "report.html" } },
});
