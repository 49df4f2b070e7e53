import { systemRuntime } from "./runtime.ts";

/** One that wants to send before the process ends. Neither promise rejects, and both are bounded. */
interface Client {
  flush(): Promise<unknown>;
  shutdown(): Promise<unknown>;
}

/** Listens for what ends the process, on behalf of all clients. */
export interface ExitGuard {
  add(event: string, client: Client): void;
  remove(event: string, client: Client): void;
}

type Listener = (value: unknown) => void;

/** The part of Node's `process` that is used; there is none in browsers and on the edge. */
interface NodeProcess {
  readonly pid: number;
  exitCode?: unknown;
  on(event: string, listener: Listener): unknown;
  off(event: string, listener: Listener): unknown;
  prependListener(event: string, listener: Listener): unknown;
  rawListeners(event: string): readonly unknown[];
  kill(pid: number, signal: string): unknown;
}

/** Beside the signals, the event that is listened for. */
export const UNCAUGHT = "uncaughtException";

const KEY = Symbol.for("portkey-tracing.exit-guard.v1");

/** The one of this process, which all copies of this module share; `undefined` where there are no signals. */
export function exitGuard(): ExitGuard | undefined {
  const shared = globalThis as { [KEY]?: ExitGuard; process?: Partial<NodeProcess> };
  if (typeof shared.process?.prependListener !== "function" || typeof shared.process.kill !== "function") return;
  shared[KEY] ??= createExitGuard(shared.process as NodeProcess);
  return shared[KEY];
}

/**
 * Each event has one listener, which runs before those of the program, while they can all be seen: `once` takes its own
 * away before it calls it. It stays for as long as a client wants it.
 */
function createExitGuard(node: NodeProcess): ExitGuard {
  const clients = new Map<string, Set<Client>>();
  const listeners = new Map<string, Listener>();
  /** Ends the process without waiting any longer. There once the end has begun. */
  let endNow: (() => void) | undefined;

  const listen = (event: string): void => {
    const listener: Listener = (value) => hear(event, value);
    listeners.set(event, listener);
    node.prependListener(event, listener);
  };

  const leave = (event: string): void => {
    const listener = listeners.get(event);
    if (listener !== undefined) node.off(event, listener);
    listeners.delete(event);
  };

  const hear = (event: string, value: unknown): void => {
    const concerned = [...(clients.get(event) ?? [])];
    if (node.rawListeners(event).some((other) => other !== listeners.get(event))) {
      for (const client of concerned) void client.flush();
    } else if (endNow === undefined) {
      const die = event === UNCAUGHT ? toThrow(value) : () => toKill(event);
      endNow = once(die);
      void Promise.allSettled(concerned.map((client) => client.shutdown())).then(endNow);
    } else if (event !== UNCAUGHT) endNow();
    // A further error changes nothing: the process ends of the first.
  };

  const toKill = (signal: string): void => {
    leave(signal);
    node.kill(node.pid, signal);
  };

  /** Should the program end the process meanwhile, the error is still told, and told by the exit code. */
  const toThrow = (error: unknown): (() => void) => {
    const onExit = (): void => {
      node.exitCode = 1;
      // oxlint-disable-next-line no-console -- what Node itself would have printed
      console.error(error);
    };
    node.on("exit", onExit);
    // Outside of any promise and of any listener, so that Node treats it as the uncaught exception that it was.
    const rethrow = (): never => {
      node.off("exit", onExit);
      leave(UNCAUGHT);
      throw error;
    };
    return () => void systemRuntime.schedule(rethrow, 0, { keepAlive: true });
  };

  return {
    add(event, client) {
      const others = clients.get(event) ?? new Set();
      clients.set(event, others.add(client));
      if (!listeners.has(event)) listen(event);
    },
    remove(event, client) {
      const others = clients.get(event);
      others?.delete(client);
      // While the process ends, nothing else may come first.
      if (others?.size === 0 && endNow === undefined) leave(event);
    },
  };
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
