import { defineConfig } from "vitest/config";

// Tests of the client need a server, whose address they are given.
const isServed = process.env["PORTVOLT_ADDRESS"] !== undefined;

export default defineConfig({
  test: isServed
    ? { environment: "node", include: ["tests/client/**/*.test.ts"], testTimeout: 600_000 }
    : { environment: "happy-dom", include: ["tests/unit/**/*.test.ts"] },
});
