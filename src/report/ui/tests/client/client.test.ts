// Contract: a client that is typed by nothing but the server's own description can do all that the page does: check, run,
// watch, read results in parts and by tag, compare, and hears errors in their one shape. Needs a server that serves
// depot_night at the address in PORTVOLT_ADDRESS.

import createClient from "openapi-fetch";
import { describe, expect, it } from "vitest";
import type { components, paths } from "../../src/generated/api";
import { events } from "../../src/planner/events";

type RunState = components["schemas"]["RunState"];
type Runs = components["schemas"]["Runs"];

const address = process.env["PORTVOLT_ADDRESS"] ?? "";
const client = createClient<paths>({ baseUrl: address.replace(/\/$/, "") });
const draft = { scenario: "depot_night", strategies: [], changes: [] };

/** What came, or the error as the test's failure. */
function good<T>({ data, error }: { data?: T; error?: unknown }): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

async function stream(path: string, signal: AbortSignal | null = null): Promise<AsyncGenerator<string>> {
  const { body } = await fetch(`${address}api/v1/${path}`, { signal });
  if (!body) throw new Error(`no events at ${path}`);
  return events(body);
}

/** The last state of a run; its events end with it. */
async function ended(id: string): Promise<RunState> {
  let last: RunState | null = null;
  for await (const data of await stream(`runs/${id}/events`)) last = JSON.parse(data) as RunState;
  if (!last) throw new Error("no event");
  return last;
}

async function run(): Promise<string> {
  const { id } = good(await client.POST("/api/v1/runs", { body: { ...draft, days: 1, seed: 1 } }));
  expect((await ended(id)).status).toBe("finished");
  return id;
}

describe("a client made from the description", () => {
  it("checks a draft and hears what is wrong with it", async () => {
    const { problems } = good(await client.POST("/api/v1/scenarios/check", { body: { ...draft, changes: [{ path: "site.depot.limit_kw", value: -5 }] } }));
    expect(problems.map(({ field }) => field)).toEqual(["site.depot.limit_kw"]);
  });

  it("hears an error in one shape wherever it comes from", async () => {
    const asked = await Promise.all([
      client.GET("/api/v1/runs/{id}", { params: { path: { id: "nothing-0001" } } }),
      client.POST("/api/v1/runs", { body: { ...draft, scenario: "elsewhere", days: 1, seed: 1 } }),
      client.GET("/api/v1/land", { params: { query: { west: 1000, south: 0, east: 0, north: 0 } } }),
    ]);
    for (const { error, response } of asked) {
      expect(response.ok).toBe(false);
      expect(error).toMatchObject({ schema: 1, problems: [] });
      expect(error?.error).not.toBe("");
    }
  });

  it("runs, hears of it in the list, and reads tables by tag and in parts", async () => {
    const watching = new AbortController();
    const list = await stream("events", watching.signal);
    const next = async () => JSON.parse(String((await list.next()).value)) as Runs;
    const before = (await next()).finished.length;
    const id = await run();
    let runs = await next();
    while (runs.finished.length === before) runs = await next();
    expect(runs.finished[0]?.id).toBe(id);
    watching.abort();
    // A run that is over has its one event, also for who comes late.
    expect((await ended(id)).status).toBe("finished");

    const params = { path: { id, table: "sessions.parquet" } };
    const whole = await client.GET("/api/v1/runs/{id}/tables/{table}", { params, parseAs: "arrayBuffer" });
    const bytes = good(whole);
    const tag = whole.response.headers.get("etag") ?? "";
    const known = await client.GET("/api/v1/runs/{id}/tables/{table}", { params, parseAs: "stream", headers: { "if-none-match": tag } });
    expect(known.response.status).toBe(304);
    const part = await client.GET("/api/v1/runs/{id}/tables/{table}", { params, parseAs: "arrayBuffer", headers: { range: "bytes=0-3", "if-range": tag } });
    expect(part.response.status).toBe(206);
    expect([...new Uint8Array(good(part))]).toEqual([...new Uint8Array(bytes).slice(0, 4)]);
  });

  it("reads results whose numbers are those of the page", async () => {
    const id = good(await client.GET("/api/v1/runs")).finished[0]?.id ?? "";
    const path = { params: { path: { id } } };
    const [results, page] = [good(await client.GET("/api/v1/runs/{id}/results", path)), good(await client.GET("/api/v1/runs/{id}/page", path))];
    if (page.kind !== "run" || !("metrics" in results)) throw new Error("it is no run");
    expect(page.metrics).toEqual(results.metrics);
  });

  it("cancels, and only deletes what is over", async () => {
    const { id } = good(await client.POST("/api/v1/runs", { body: { ...draft, days: 300, seed: 1 } }));
    const path = { params: { path: { id } } };
    expect((await client.DELETE("/api/v1/runs/{id}", path)).response.status).toBe(409);
    good(await client.POST("/api/v1/runs/{id}/cancel", path));
    expect((await ended(id)).status).toBe("cancelled");
    expect((await client.POST("/api/v1/runs/{id}/cancel", path)).response.status).toBe(409);
  });
});

describe("studies by a client made from the description", () => {
  it("compares strategies on the same random days", async () => {
    const variants = [{ name: "as filed", strategies: [], changes: [] }, { name: "half", strategies: [], changes: [{ path: "site.depot.limit_kw", value: 550 }] }];
    const { id } = good(await client.POST("/api/v1/comparisons", { body: { scenario: "depot_night", variants, replications: 2, days: 1, seed: 1, until: null } }));
    expect((await ended(id)).status).toBe("finished");
    const study = good(await client.GET("/api/v1/runs/{id}/results", { params: { path: { id } } }));
    expect("baseline" in study && study.strategies.map(({ name }) => name)).toEqual(["as filed", "half"]);
  });

  it("searches for the best of a few designs, and can ask again", async () => {
    const decide = { "charger.night.cabinets": [12, 14] };
    const body = { ...draft, days: 1, seed: 1, objectives: ["bill_total_usd" as const], decide, constraints: [], confidence: 0.9, budget: { runs: 12, minutes: null, replications: 2 } };
    const { id } = good(await client.POST("/api/v1/searches", { body }));
    expect((await ended(id)).status).toBe("finished");
    const found = good(await client.GET("/api/v1/runs/{id}/results", { params: { path: { id } } }));
    expect("answer" in found && found.answer.best?.settings[0]).toMatch(/^charger\.night\.cabinets=1[24]$/);
    const page = good(await client.GET("/api/v1/runs/{id}/page", { params: { path: { id } } }));
    expect(page.kind === "design" && page.search.answer).toEqual("answer" in found && found.answer);
  });

  it("asks which numbers decide, and cancels", async () => {
    const variants = [{ name: "as filed", strategies: [], changes: [] }];
    const { id } = good(await client.POST("/api/v1/sensitivities", { body: { scenario: "depot_night", variants, metric: "bill_total_usd", replications: 1, points: 16, days: 1, seed: 1 } }));
    good(await client.POST("/api/v1/runs/{id}/cancel", { params: { path: { id } } }));
    expect((await ended(id)).status).toBe("cancelled");
  });
});
