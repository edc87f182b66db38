// Contract: server-sent events come out whole, however the network cuts them.

import { describe, expect, it } from "vitest";
import { timeLeft } from "../../src/planner/watch";
import { events } from "../../src/planner/events";

async function read(chunks: Uint8Array[]): Promise<string[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      chunks.forEach((chunk) => controller.enqueue(chunk));
      controller.close();
    },
  });
  const out: string[] = [];
  for await (const data of events(body)) out.push(data);
  return out;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const TEXT = 'id: 1\nevent: state\ndata: {"at":"Zürich"}\n\n: still here\n\nid: 2\ndata: a\ndata: b\n\nid: 3\ndata: not whole';

describe("events", () => {
  it("come one by one; comments are none, and what is not whole does not come", async () => {
    expect(await read([bytes(TEXT)])).toEqual(['{"at":"Zürich"}', "a\nb"]);
  });

  it("are the same wherever a chunk ends, also within a letter", async () => {
    const all = bytes(TEXT);
    for (let cut = 0; cut <= all.length; cut += 1) expect(await read([all.slice(0, cut), all.slice(cut)])).toEqual(['{"at":"Zürich"}', "a\nb"]);
  });

  it("may end their lines as Windows does", async () => {
    const all = bytes("data: a\r\n\r\ndata: b\r\n\r\n");
    for (let cut = 0; cut <= all.length; cut += 1) expect(await read([all.slice(0, cut), all.slice(cut)])).toEqual(["a", "b"]);
  });
});

describe("time left", () => {
  it("is told once something is known", () => {
    expect(timeLeft(1000, 10, 100)).toBe("");
    expect(timeLeft(10_000, 0, 100)).toBe("");
    expect(timeLeft(10_000, 50, 100)).toBe("less than a minute left");
    expect(timeLeft(60_000, 10, 100)).toBe("about 9 min left");
    expect(timeLeft(3_600_000, 10, 100)).toBe("about 9 h left");
    expect(timeLeft(10_000, 100, 100)).toBe("");
  });
});
