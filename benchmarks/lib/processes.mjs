import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Switches of tracers that a shell may have set. A measurement knows none. */
const FOREIGN = /^(LANGCHAIN|LANGSMITH|LANGFUSE|OTEL|PORTKEY)_|^NODE_OPTIONS$/;

function start(file, { execArgv = [], env = {} } = {}) {
  const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  const path = fileURLToPath(new URL(file, import.meta.url));
  return fork(path, { execArgv, env: { ...Object.fromEntries(own), NODE_ENV: "production", ...env } });
}

/** Starts a sink on the loopback interface; `stop()` ends it. */
export async function startSink() {
  const child = start("./sink.mjs");
  const [{ port }] = await once(child, "message");
  return {
    url: `http://127.0.0.1:${port}`,
    /** Lets every request fail in this way, see `sink.mjs`; `undefined` ends it. */
    async failWith(fault) {
      child.send({ fault });
      await once(child, "message");
    },
    async stop() {
      child.disconnect();
      await once(child, "exit");
    },
  };
}

/**
 * Runs a task in a fresh process that says what it did by one message, and goes on to its end: by itself, or by a signal
 * once it has said so. One that does not end within `limitMs` is killed.
 */
export async function runToEnd(file, task, { signal, limitMs }) {
  const child = start(file);
  const ended = once(child, "exit");
  child.send(task);
  const [said] = await once(child, "message");
  if (signal !== undefined) child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const began = performance.now();
  await ended;
  clearTimeout(timer);
  return { said, endedAfterMs: performance.now() - began };
}

/** Runs a task in a fresh process; rejects where that ends without an answer. */
export async function runInChild(file, task, { candidate, execArgv = [] } = {}) {
  const env = candidate === undefined ? {} : { BENCH_CANDIDATE: candidate };
  const child = start(file, { execArgv: ["--expose-gc", ...execArgv], env });
  const answered = once(child, "message");
  const ended = once(child, "exit");
  child.send(task);
  const first = await Promise.race([answered, ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`no answer for ${JSON.stringify(task)}`);
  await ended;
  return first[0];
}
