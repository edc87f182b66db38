// Talks to the server that gave this page: JSON there and back, progress as server-sent events. The types are made from
// the server's own (npm run types).

import type { Background, Page } from "../data/types";
import type { components } from "../generated/api";
import type { Land } from "../map/view";
import type { Json, Table } from "./json";
import { events } from "./events";

type Schemas = components["schemas"];

export type ScenarioEntry = Schemas["ScenarioEntry"];
export type Workspace = Schemas["WorkspaceView"];
export type Choice = Schemas["Choice"];
export type Decisions = Schemas["Decisions"];
export type PolicyChoice = Decisions["policies"][number];
/** One change of a scenario; `null` takes the key out. */
export type Change = Omit<Schemas["Change"], "value"> & { value: Json };
/** The plan of a site, to be drawn. */
export type PlanView = Schemas["PlanView"];
export type Draft = Omit<Schemas["Draft"], "changes"> & { changes: Change[] };
export type RunRequest = Omit<Schemas["RunRequest"], "changes"> & { changes: Change[] };
export type Variant = Omit<Schemas["Variant"], "changes"> & { changes: Change[] };
export type ComparisonRequest = Omit<Schemas["ComparisonRequest"], "variants"> & { variants: Variant[] };
/** Some values of one place, or a range of numbers. */
export type Choices = Json[] | { from: number; to: number; step: number };
export type Constraint = Schemas["ConstraintSpec"];
export type SearchRequest = Omit<Schemas["SearchRequest"], "changes" | "decide"> & { changes: Change[]; decide: Record<string, Choices> };
export type SensitivityRequest = Omit<Schemas["SensitivityRequest"], "variants"> & { variants: Variant[] };
/** What is wrong at one place of a scenario. */
export type Problem = Schemas["ScenarioError"];
/** A file of the planner's own, as it is sent, as it is read, and what came of it. */
export type FileAsked = Schemas["FileRequest"];
export type FileView = Schemas["FileView"];
export type FileUsed = Omit<Schemas["FileUsed"], "changes"> & { changes: Change[] };
export type Headline = Schemas["Headline"];
export type Asked = ComparisonRequest | RunRequest | SearchRequest | SensitivityRequest;
export type RunState = Omit<Schemas["RunState"], "request"> & { request: Asked };
export type FinishedRun = Omit<Schemas["RunEntry"], "request"> & { request: Asked | null };

// Each kind of request has a field that no other has.
export const isComparison = (asked: Asked): asked is ComparisonRequest => "until" in asked;
export const isSearch = (asked: Asked): asked is SearchRequest => "decide" in asked;
export const isSensitivity = (asked: Asked): asked is SensitivityRequest => "points" in asked;
/** A run, and no study of many. */
export const isRun = (asked: Asked): asked is RunRequest => !isComparison(asked) && !isSearch(asked) && !isSensitivity(asked);

/** Was it made by a command that makes a run, and no study of many? */
export const isOneRun = ({ command }: Pick<FinishedRun, "command">) => !["compare", "optimize", "sensitivity", "sweep"].includes(command);

/** What the server says when something cannot be done. */
export class Refused extends Error {
  constructor(
    message: string,
    readonly problems: Problem[],
    readonly status: number,
  ) {
    super(message);
  }
}

/** Between attempts to reach the server. */
const AGAIN_MS = 2000;
const TOKEN = "portvolt-token";
let token: string | null = null;
let needToken: () => void = () => undefined;

/** Calls back when the server asks for a token. */
export function whenTokenIsAsked(act: () => void): void {
  needToken = act;
}

/** The token is kept for this tab only. */
export function setToken(text: string): void {
  token = text;
  try {
    sessionStorage.setItem(TOKEN, text);
  } catch {
    // It stays in this page then.
  }
}

/** Text of an address; as it is where its percent signs mean nothing. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The token came behind the `#` of the address. */
export function keepToken(): void {
  try {
    token = sessionStorage.getItem(TOKEN) ?? token;
  } catch {
    // What this page has of it stays.
  }
  const given = /^#token=(.+)$/.exec(location.hash);
  if (!given) return;
  setToken(decoded(given[1] ?? ""));
  history.replaceState(null, "", "#/");
}

/** A header cannot carry every letter; such a token is not right anyway. */
function authorization(): Record<string, string> {
  return token !== null && /^[\x21-\x7e]+$/.test(token) ? { authorization: `Bearer ${token}` } : {};
}

async function ask(method: string, path: string, body?: unknown, signal: AbortSignal | null = null): Promise<Response> {
  const headers = authorization();
  if (body !== undefined) headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body), signal });
  } catch {
    throw new Refused("the server does not answer; was it stopped?", [], 0);
  }
  if (response.ok) return response;
  if (response.status === 401) needToken();
  const told = (await response.json().catch(() => ({}))) as { error?: string; problems?: Problem[] };
  throw new Refused(told.error ?? `the server said ${response.status}`, told.problems ?? [], response.status);
}

const json = async <T>(method: string, path: string, body?: unknown) => (await (await ask(method, path, body)).json()) as T;
const named = (id: string) => encodeURIComponent(id);

export type Runs = Omit<Schemas["Runs"], "open" | "finished"> & { open: RunState[]; finished: FinishedRun[] };

interface Checked {
  problems: Problem[];
  doubts: string[];
  decisions: string[];
  document: Table | null;
}

export const server = {
  workspace: () => json<Workspace>("GET", "workspace"),
  schema: () => json<Table>("GET", "schema"),
  runs: () => json<Runs>("GET", "runs"),
  copy: (template: string, name: string) => json<{ path: string }>("POST", "scenarios", { template, name }),
  check: (draft: Draft) => json<Checked>("POST", "scenarios/check", draft),
  save: (draft: Draft, name: string) => json<{ path: string; text: string }>("POST", "scenarios/save", { ...draft, name }),
  file: async (scenario: string) => (await ask("GET", `scenarios/file?scenario=${named(scenario)}`)).text(),
  start: (draft: Draft, days: number | null, seed: number) => json<RunState>("POST", "runs", { ...draft, days, seed }),
  compare: (request: ComparisonRequest) => json<RunState>("POST", "comparisons", request),
  search: (request: SearchRequest) => json<RunState>("POST", "searches", request),
  sensitivity: (request: SensitivityRequest) => json<RunState>("POST", "sensitivities", request),
  state: (id: string) => json<RunState>("GET", `runs/${named(id)}`),
  cancel: (id: string) => json<RunState>("POST", `runs/${named(id)}/cancel`),
  finish: (id: string) => json<RunState>("POST", `runs/${named(id)}/finish`),
  drop: (id: string) => json<RunState>("DELETE", `runs/${named(id)}`),
  page: (id: string) => json<Page>("GET", `runs/${named(id)}/page`),
  report: async (id: string) => (await ask("GET", `runs/${named(id)}/report.html`)).blob(),
  tables: (id: string) => json<string[]>("GET", `runs/${named(id)}/tables`),
  table: async (id: string, file: string) => (await ask("GET", `runs/${named(id)}/tables/${named(file)}`)).blob(),
  putTariff: (scenario: string, name: string, text: string) => json<{ path: string }>("POST", "scenarios/tariff", { scenario, name, text }),
  readFile: (file: FileAsked) => json<FileView>("POST", "files/read", file),
  useFile: (use: Schemas["FileUse"]) => json<FileUsed>("POST", "files/use", use),
  plan: (asked: Draft & { site: string }) => json<PlanView>("POST", "scenarios/plan", asked),
  background: (draft: Draft) => json<Background>("POST", "scenarios/map", draft),
  putBackground: (scenario: string, name: string, text: string) => json<{ path: string }>("POST", "scenarios/background", { scenario, name, text }),
  land: (box: Record<"west" | "south" | "east" | "north", number>) => json<Land>("GET", `land?west=${box.west}&south=${box.south}&east=${box.east}&north=${box.north}`),
};

/** A signal may fire while something else is waited for, which the compiler does not know. */
export const isCut = (signal: AbortSignal): boolean => signal.aborted;

/** Hears of each state of a run until it is over or `cut` fires. Comes back after a broken connection, of which `lose` hears. */
export async function follow(id: string, cut: AbortSignal, hear: (state: RunState) => void, lose: () => void): Promise<void> {
  let seen = 0;
  while (!cut.aborted) {
    const headers = { ...authorization(), "last-event-id": String(seen) };
    try {
      const response = await fetch(`/api/v1/runs/${named(id)}/events`, { headers, signal: cut });
      if (!response.ok || !response.body) {
        hear(await server.state(id));
        return;
      }
      for await (const data of events(response.body)) {
        const state = JSON.parse(data) as RunState;
        seen = state.version;
        hear(state);
        if (state.status !== "queued" && state.status !== "running") return;
      }
    } catch (error) {
      if (isCut(cut)) return;
      if (error instanceof Refused && error.status !== 0) throw error;
      lose();
    }
    await new Promise((later) => setTimeout(later, 1000));
  }
}

/** Hears of the list of runs, now and whenever it changes, until `cut` fires. Comes back after a broken connection. */
export async function followRuns(cut: AbortSignal, hear: (runs: Runs) => void, lose: (error: Error) => void): Promise<void> {
  while (!cut.aborted) {
    try {
      const response = await ask("GET", "events", undefined, cut);
      if (response.body) for await (const data of events(response.body)) hear(JSON.parse(data) as Runs);
    } catch (error) {
      if (isCut(cut)) return;
      lose(error as Error);
    }
    await new Promise((later) => setTimeout(later, AGAIN_MS));
  }
}

/** Gives the person a file. */
export function download(name: string, content: Blob | string): void {
  const blob = typeof content === "string" ? new Blob([content], { type: "application/toml" }) : content;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
