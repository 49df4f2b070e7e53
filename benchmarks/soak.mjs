// `npm run bench -- --soak`: a program that goes on for a while, and what its memory does; with `--down`, while nothing
// listens at the endpoint.

import { once } from "node:events";
import { createServer } from "node:net";
import { runInChild, startSink } from "./lib/processes.mjs";
import { toTable } from "./lib/table.mjs";

/** Soaks each handler in turn. */
export async function runSoak({ handlers, seconds, down, candidate }, say) {
  const results = [];
  for (const handler of handlers) {
    const sink = down ? await nobody() : await startSink();
    try {
      const task = { handler, seconds, sinkUrl: sink.url, down };
      results.push({ handler, ...(await runInChild("./soak-child.mjs", task, { candidate })) });
    } finally {
      await sink.stop();
    }
  }
  say(`soak of ${seconds} s${down ? ", nothing listens at the endpoint" : ""}; RSS at each fifth of the time\n`);
  say(toSoakTable(results));
  for (const { handler, stats } of results) if (stats !== undefined) say(`\n${handler}: ${JSON.stringify(stats)}`);
  return { results };
}

function toSoakTable(results) {
  const none = results.find((result) => result.handler === "none");
  const header = ["handler", "spans", "added µs a span", "RSS MB", "peak MB", "live heap MB after", "arrived"];
  return toTable(
    header,
    results.map((result) => [
      result.handler,
      result.spans,
      result === none ? "–" : (result.cpuUs / result.spans - none.cpuUs / none.spans).toFixed(1),
      result.rssMb.map((mb) => mb.toFixed(0)).join(" → "),
      result.peakRssMb.toFixed(0),
      result.liveHeapMb.toFixed(0),
      result.arrived === undefined ? "–" : `${((100 * result.arrived) / result.spans).toFixed(1)} %`,
    ]),
  );
}

/** An address at which nothing listens. */
async function nobody() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return { url: `http://127.0.0.1:${port}`, stop: async () => undefined };
}
