import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "src/generated"] },
  js.configs.recommended,
  {
    files: ["src/**/*.ts", "tests/**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A number in a text is the whole point of a report.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // Keys of a scenario are not known to the compiler; `noUncheckedIndexedAccess` asks for what may be missing.
      "@typescript-eslint/dot-notation": "off",
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/consistent-indexed-object-style": "off",
      // An empty text is no value, either.
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { string: true } }],
      eqeqeq: "error",
      "no-restricted-properties": ["error", { property: "innerHTML", message: "names come from anywhere: make elements of text" }, { property: "outerHTML", message: "names come from anywhere: make elements of text" }],
      "max-lines": ["error", 600],
      "max-lines-per-function": ["error", 70],
    },
  },
  { files: ["**/*.mjs", "eslint.config.js"], languageOptions: { globals: { process: "readonly", console: "readonly", window: "readonly", document: "readonly", fetch: "readonly", URL: "readonly", Buffer: "readonly", Event: "readonly", setTimeout: "readonly" } } },
);
