import { sleep } from "./time.mjs";

/** A stream of server-sent events, which may break off as its script says. */
export function openStream(response, { chunkDelayMs, breaks }) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  let words = 0;
  const write = async (text) => {
    await sleep(chunkDelayMs);
    if (!response.destroyed) response.write(text);
  };
  return {
    data: (value) => write(`data: ${JSON.stringify(value)}\n\n`),
    event: (type, value) => write(`event: ${type}\ndata: ${JSON.stringify({ type, ...value })}\n\n`),
    /** Sends one word; answers true where the stream is over because of it. */
    async word(send) {
      if (response.destroyed) return true;
      if (words === 2 && breaks === "connection") {
        // What was written must have left before the connection goes.
        await sleep(20);
        response.destroy();
        return true;
      }
      if (words === 2 && breaks === "error") {
        const error = { message: "scripted stream failure", type: "server_error", code: "scripted_stream" };
        response.end(`data: ${JSON.stringify({ error })}\n\n`);
        return true;
      }
      words += 1;
      await send();
      return false;
    },
    end: () => response.end("data: [DONE]\n\n"),
  };
}
