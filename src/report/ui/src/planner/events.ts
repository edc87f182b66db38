// Server-sent events, as far as this server uses them.

/** The data of each event. A chunk may end anywhere, also in the middle of a letter; a field may come over several lines. */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value;
    // Lines end with one of three marks; a carriage return may be the first half of one.
    const whole = text.endsWith("\r") ? text.slice(0, -1) : text;
    const blocks = whole.replace(/\r\n?/g, "\n").split("\n\n");
    text = (blocks.pop() ?? "") + text.slice(whole.length);
    for (const block of blocks) {
      const data = block.split("\n").filter((line) => line.startsWith("data:"));
      // A comment keeps the connection alive and has no data.
      if (data.length > 0) yield data.map((line) => line.slice(5).replace(/^ /, "")).join("\n");
    }
  }
}
