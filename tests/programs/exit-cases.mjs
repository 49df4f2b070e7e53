// A program with listeners of its own, or several clients: CASE says which. Records a span and comes to its end.
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { createTracing, flushOnExit } from "@portkey-tracing/core";

const { CASE, SINK } = process.env;
// The interval sends nothing within the time of a test: a flush does.
const tracing = createTracing({ baseURL: SINK, onDiagnostic: () => undefined, batch: { flushIntervalMs: 3_600_000 } });
setInterval(() => undefined, 1_000);
const signalMyself = (signal) => process.kill(process.pid, signal);
const throwSoon = (message, delayMs = 10) =>
  setTimeout(() => {
    throw new RangeError(message);
  }, delayMs);

/** What the program has to do once it was told: something that lasts until its spans are sent, and no longer than 20 s. */
const onceSent = async (code, text) => {
  for (let turn = 0; turn < 2_000 && tracing.stats().pending > 0; turn++) await sleep(10);
  console.log(text);
  process.exit(code);
};

const cases = {
  "once for a signal": () => {
    process.once("SIGTERM", () => void onceSent(7, "ended by itself"));
    flushOnExit(tracing);
    signalMyself("SIGTERM");
  },
  "once for an error": () => {
    process.once("uncaughtException", ({ message }) => {
      void onceSent(0, `handled: ${message}`);
    });
    flushOnExit(tracing);
    throwSoon("of the program's");
  },
  "two clients": () => {
    // The second is of another copy of the package.
    const copy = createRequire(import.meta.url)("@portkey-tracing/core");
    const second = copy.createTracing({ baseURL: SINK });
    flushOnExit(tracing);
    copy.flushOnExit(second);
    second.span("of the second", () => 42);
    tracing.record({ kind: "start", runId: "left-open", type: "chain", name: "left open" }, { source: "Langchain" });
    if (process.env.END === "throw") throwSoon("of two");
    else signalMyself("SIGTERM");
  },
  "a signal that is survived": () => {
    process.on("SIGINT", () => {
      tracing.span("later", () => 42);
      signalMyself("SIGTERM");
    });
    flushOnExit(tracing);
    signalMyself("SIGINT");
  },
  "two errors": () => {
    flushOnExit(tracing, { timeoutMs: 500 });
    throwSoon("the first");
    throwSoon("the second", 100);
  },
  "an error, then exit(0)": () => {
    flushOnExit(tracing);
    throwSoon("the first");
    setTimeout(() => process.exit(0), 100);
  },
  "two signals": () => {
    flushOnExit(tracing, { timeoutMs: 2 ** 30 });
    signalMyself("SIGINT");
    setTimeout(() => signalMyself("SIGTERM"), 100);
  },
  "undone in part": () => {
    flushOnExit(createTracing({ baseURL: SINK }))();
    flushOnExit(tracing);
    signalMyself("SIGTERM");
  },
};

tracing.span("work", () => 42);
cases[CASE]();
