// A program with listeners of its own, or several clients: CASE says which. Records a span and comes to its end.
import { createRequire } from "node:module";
import { createTracing, flushOnExit } from "@portkey-tracing/core";

const { CASE, SINK } = process.env;
const tracing = createTracing({ baseURL: SINK, onDiagnostic: () => undefined });
setInterval(() => undefined, 1_000);
const signalMyself = (signal) => process.kill(process.pid, signal);
const throwSoon = (message, delayMs = 10) =>
  setTimeout(() => {
    throw new RangeError(message);
  }, delayMs);

const exit = (code, text) => {
  console.log(text);
  process.exit(code);
};

const cases = {
  "once for a signal": () => {
    process.once("SIGTERM", () => setTimeout(() => exit(7, "ended by itself"), 300));
    flushOnExit(tracing);
    signalMyself("SIGTERM");
  },
  "once for an error": () => {
    process.once("uncaughtException", ({ message }) => {
      console.log(`handled: ${message}`);
      setTimeout(() => process.exit(0), 300);
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
