import { type Storage, sharedStorage } from "../async-storage.ts";
import type { ModelRequests } from "./model-requests.ts";

/** The call to a model that the code which runs now works for. Linked from the inside out, one for each client. */
export interface CallScope {
  readonly owner: object;
  readonly requests: ModelRequests;
  readonly outer: CallScope | undefined;
}

/** Requests that have been looked at already are made inside this. */
const SEEN = Symbol.for("portkey-tracing.seen-request");

type Stored = CallScope | typeof SEEN;

let isPrepared = false;

/**
 * True where following an async context costs next to nothing. Node before 24 does it by hooks on every promise of the
 * process from the first context on: a third more for each span of a program that had none yet.
 */
export function isContextCheap(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  const node = process?.versions?.node;
  return node === undefined || Number.parseInt(node, 10) >= 24;
}

function storage(): Storage<Stored> | undefined {
  const shared = sharedStorage<Stored>("calls.v1");
  if (!isPrepared && shared !== undefined) {
    isPrepared = true;
    // Node 20: the first `enterWith` of a storage that was never run reaches code which is suspended already.
    shared.run(SEEN, () => undefined);
  }
  return shared;
}

/** The call around the code that runs now; `seen` where its requests are looked at by `portkeyFetch`. */
export function currentCall(owner: object): ModelRequests | "seen" | undefined {
  const stored = storage()?.getStore();
  if (stored === SEEN) return "seen";
  let scope: CallScope | undefined = stored;
  while (scope !== undefined && scope.owner !== owner) scope = scope.outer;
  return scope?.requests;
}

/** Lets what the code does from here on belong to a call. Only in code that serves this one call. */
export function enterCall(owner: object, requests: ModelRequests): void {
  const current = storage();
  if (current?.enterWith === undefined) return;
  try {
    current.enterWith({ owner, requests, outer: outerOf(owner, current.getStore()) });
  } catch {
    // Cloudflare's storage has the method, and throws: there calls are known by `portkeyFetch` alone.
  }
}

/** Runs a function as part of a call. */
export function runInCall<R>(owner: object, requests: ModelRequests, fn: () => R): R {
  const current = storage();
  if (current === undefined) return fn();
  return current.run({ owner, requests, outer: outerOf(owner, current.getStore()) }, fn);
}

/** Runs a function whose requests are not to be looked at again. */
export function runAsSeen<R>(fn: () => R): R {
  const current = storage();
  return current === undefined ? fn() : current.run(SEEN, fn);
}

/** Scopes of other clients, without those whose call is over: chains stay as short as there are clients. */
function outerOf(owner: object, stored: Stored | undefined): CallScope | undefined {
  if (stored === undefined || stored === SEEN) return undefined;
  const outer = outerOf(owner, stored.outer);
  return stored.owner === owner || stored.requests.hasEnded ? outer : { ...stored, outer };
}
