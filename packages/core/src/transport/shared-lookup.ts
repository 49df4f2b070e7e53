import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import { systemRuntime } from "../runtime.ts";

type Found = string | LookupAddress[];
type Callback = (error: NodeJS.ErrnoException | null, address: Found, family?: number) => void;

/** Finds the addresses of a name, as `dns.lookup` does. */
export type Lookup = (hostname: string, options: LookupOptions, callback: Callback) => void;

/** A failure that took so long is one of the resolver, not of the name. */
const SLOW_MS = 1_000;
/** For so long such a name is not asked for again. */
const PAUSE_MS = 10_000;

/**
 * The system's lookup cannot be called off: it takes one of four threads, and holds the process, until the resolver
 * gives up. So each name is asked for once at a time, however often the request behind it is given up and repeated, and
 * not again soon after the resolver gave up.
 */
export function createSharedLookup(ask: Lookup = systemLookup, now: () => number = () => systemRuntime.now()): Lookup {
  const waiting = new Map<string, Callback[]>();
  const failures = new Map<string, { readonly error: NodeJS.ErrnoException; readonly untilMs: number }>();
  return (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options.family, options.hints, options.all]);
    const failure = failures.get(key);
    if (failure !== undefined && now() < failure.untilMs) {
      process.nextTick(callback, failure.error, "");
      return;
    }
    failures.delete(key);
    const others = waiting.get(key);
    if (others !== undefined) {
      others.push(callback);
      return;
    }
    const callbacks = [callback];
    waiting.set(key, callbacks);
    const startedMs = now();
    ask(hostname, options, (error, address, family) => {
      waiting.delete(key);
      if (error !== null && now() - startedMs >= SLOW_MS) failures.set(key, { error, untilMs: now() + PAUSE_MS });
      for (const each of callbacks) each(error, address, family);
    });
  };
}
