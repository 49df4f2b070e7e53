/** Something that must be finished before the process ends by itself. */
interface Finishable {
  /** Never rejects. */
  finish(timeoutMs: number): Promise<void>;
}

interface NodeProcess {
  on?(event: "beforeExit", listener: () => void): unknown;
}

interface ExitWatch {
  readonly waiting: Set<Finishable>;
}

/** How long a process that has nothing else to do is held for spans that are not sent yet. */
export const EXIT_TIMEOUT_MS = 2_000;

const KEY = Symbol.for("portkey-tracing.exit.v1");

/**
 * Notes whether a client still has work. One that has none is not referenced, so that handlers which are made for a
 * single request can be collected. One listener serves the whole process, and all copies of this module.
 */
export function watchExit(client: Finishable, hasWork: boolean): void {
  const { waiting } = exitWatch();
  if (hasWork) waiting.add(client);
  else waiting.delete(client);
}

function exitWatch(): ExitWatch {
  const shared = globalThis as { [KEY]?: ExitWatch; process?: NodeProcess };
  if (shared[KEY] === undefined) {
    const waiting = new Set<Finishable>();
    shared[KEY] = { waiting };
    shared.process?.on?.("beforeExit", () => finishAll(waiting));
  }
  return shared[KEY];
}

/** Nothing else runs any more: sends what is left. What cannot be sent in time is not tried again. */
function finishAll(waiting: Set<Finishable>): void {
  const clients = [...waiting];
  waiting.clear();
  for (const client of clients) void client.finish(EXIT_TIMEOUT_MS);
}
