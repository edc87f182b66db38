// Talks to the server that gave this page: JSON there and back, progress as server-sent events.

import type { Report, Study, Years } from "../data";

export interface ScenarioEntry {
  path: string;
  title: string;
  description: string;
  is_transition: boolean;
  strategies: string[];
}

export interface Workspace {
  folder: string;
  scenarios: ScenarioEntry[];
  /** Further ones that are not listed. */
  scenarios_left_out: number;
  templates: string[];
  tariffs: string[];
  /** Name and what it does. */
  charging: [string, string][];
  dispatch: string[];
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Table = { [key: string]: Json };

/** One change of a scenario; `null` takes the key out. */
export interface Change {
  path: string;
  value: Json;
}

export interface Draft {
  scenario: string;
  strategies: string[];
  changes: Change[];
}

/** What was asked for. */
export interface RunRequest extends Draft {
  days: number | null;
  seed: number;
}

export interface Problem {
  file: string;
  line: number;
  field: string;
  message: string;
  help: string | null;
}

export interface RunState {
  id: string;
  version: number;
  status: "queued" | "running" | "finished" | "failed" | "cancelled" | "interrupted";
  done: number;
  of: number;
  unit: string;
  message: string;
  title: string;
  request: RunRequest;
}

export interface FinishedRun {
  id: string;
  title: string;
  command: string;
  scenario: string;
  overlays: string[];
  settings: string[];
  seed: number;
  finished_unix_s: number;
  /** What was asked for; null where the run was not made on this page. */
  request: RunRequest | null;
}

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

const TOKEN = "portvolt-token";
let token: string | null = null;
let needToken: () => void = () => {};

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

async function ask(method: string, path: string, body?: unknown): Promise<Response> {
  const headers = authorization();
  if (body !== undefined) headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
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

export const server = {
  workspace: () => json<Workspace>("GET", "workspace"),
  schema: () => json<Table>("GET", "schema"),
  runs: () => json<{ open: RunState[]; finished: FinishedRun[]; finished_left_out: number }>("GET", "runs"),
  copy: (template: string, name: string) => json<{ path: string }>("POST", "scenarios", { template, name }),
  check: (draft: Draft) => json<{ problems: Problem[]; doubts: string[]; document: Table | null }>("POST", "scenarios/check", draft),
  save: (draft: Draft, name: string) => json<{ path: string; text: string }>("POST", "scenarios/save", { ...draft, name }),
  file: async (scenario: string) => (await ask("GET", `scenarios/file?scenario=${named(scenario)}`)).text(),
  start: (draft: Draft, days: number | null, seed: number) => json<RunState>("POST", "runs", { ...draft, days, seed }),
  state: (id: string) => json<RunState>("GET", `runs/${named(id)}`),
  cancel: (id: string) => json<RunState>("DELETE", `runs/${named(id)}`),
  page: (id: string) => json<Report | Years | Study>("GET", `runs/${named(id)}/page`),
  report: async (id: string) => (await ask("GET", `runs/${named(id)}/report.html`)).blob(),
  tables: (id: string) => json<string[]>("GET", `runs/${named(id)}/tables`),
  table: async (id: string, table: string) => (await ask("GET", `runs/${named(id)}/tables/${named(table)}.parquet`)).blob(),
};

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
      for await (const state of states(response.body)) {
        seen = state.version;
        hear(state);
        if (state.status !== "queued" && state.status !== "running") return;
      }
    } catch (error) {
      if (cut.aborted) return;
      if (error instanceof Refused && error.status !== 0) throw error;
      lose();
    }
    await new Promise((later) => setTimeout(later, 1000));
  }
}

async function* states(body: ReadableStream<Uint8Array>): AsyncGenerator<RunState> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data:"));
      if (data) yield JSON.parse(data.slice(5)) as RunState;
    }
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
