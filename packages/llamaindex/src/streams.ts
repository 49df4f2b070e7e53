import { type Callable, isAsyncIterable, isLive, isPromiseLike, type Live, read } from "./shapes.ts";

/** What is told of a stream, from its first pull to its end. Exactly one of `done`, `failed`, `left` comes last. */
export interface StreamEvents {
  readonly inside: <R>(fn: () => R) => R;
  readonly chunk: (value: unknown) => void;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
  /** The reader stopped before the end. */
  readonly left: () => void;
}

/** Methods that read a stream past all others. The branches of a tee of bytes would lose a way to be read. */
const PIPES = ["pipeThrough", "pipeTo", "tee"] as const;

/** Those of them that suit a stream of bytes, too. */
export const PIPES_OF_BYTES: readonly string[] = ["pipeThrough", "pipeTo"];

/**
 * Watches a stream that the program will read. The stream stays the same object: only its methods are replaced, as own
 * properties. False where that cannot be done.
 */
export function watchStream(stream: unknown, events: StreamEvents, pipes: readonly string[] = PIPES): boolean {
  if (!isAsyncIterable(stream)) return false;
  const once = endingOnce(events);
  // A generator is its own iterator, and every way of reading it passes by these methods.
  if (typeof read(stream, "next") === "function") return watchIterator(stream, once);
  replace(stream, "getReader", (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const reader = original.apply(this, args);
      if (isLive(reader)) watchPulls(reader, "read", "cancel", once);
      return reader;
    };
  });
  for (const way of pipes) replace(stream, way, (original) => pipeWatched(stream, original, way !== "tee"));
  replace(stream, "cancel", (original) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      // A stream that has a reader refuses to be cancelled by others.
      if (read(stream, "locked") === false) once.left();
      return original.apply(this, args);
    };
  });
  replace(stream, "values", (original) => iterateWatched(original, once));
  return replace(stream, Symbol.asyncIterator, (original) => iterateWatched(original, once));
}

function iterateWatched(iterate: Callable, events: StreamEvents): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const iterator = iterate.apply(this, args);
    // A stream that is not cancelled with its iterator can be read on.
    const leaves = read(args[0], "preventCancel") !== true;
    if (isLive(iterator)) watchIterator(iterator, leaves ? events : { ...events, left: () => undefined });
    return iterator;
  };
}

/**
 * A pipe reads past all methods of a stream, so it is given one that reads by them, chunk for chunk. When it is through,
 * it lets the stream go, unless it is a tee.
 */
function pipeWatched(stream: Live, pipe: Callable, letsGo: boolean): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    // A stream that is not cancelled with its pipe can be read on.
    const isPlain = this === stream && read(stream, "locked") === false && read(args[1], "preventCancel") !== true;
    if (!isPlain) return pipe.apply(this, args);
    const reader = (stream as unknown as ReadableStream<unknown>).getReader();
    const letGo = (): void => {
      if (letsGo) reader.releaseLock();
    };
    const through = new ReadableStream<unknown>(
      {
        async pull(controller) {
          const { done, value } = await reader.read().catch((error: unknown) => {
            letGo();
            throw error;
          });
          if (!done) return controller.enqueue(value);
          letGo();
          controller.close();
        },
        cancel: (reason) => reader.cancel(reason).finally(letGo),
      },
      { highWaterMark: 0 },
    );
    return pipe.apply(through, args);
  };
}

function watchIterator(iterator: Live, events: StreamEvents): boolean {
  replace(iterator, "throw", (original) => leaveWatched(original, events));
  return watchPulls(iterator, "next", "return", events);
}

/** Watches the method that pulls the next chunk, and the one that leaves the stream. */
function watchPulls(source: Live, pull: string, leave: string, events: StreamEvents): boolean {
  const pulled = (result: unknown): void => {
    if (read(result, "done") === true) events.done();
    else events.chunk(read(result, "value"));
  };
  replace(source, leave, (original) => leaveWatched(original, events));
  return replace(source, pull, (original) => follow(original, events, pulled));
}

function leaveWatched(leave: Callable, events: StreamEvents): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    events.left();
    return leave.apply(this, args);
  };
}

function follow(original: Callable, events: StreamEvents, onResult: (result: unknown) => void): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const result = events.inside(() => original.apply(this, args));
    if (!isPromiseLike(result)) return result;
    return result.then(
      (value) => {
        onResult(value);
        return value;
      },
      (error: unknown) => {
        events.failed(error);
        throw error;
      },
    );
  };
}

function endingOnce(events: StreamEvents): StreamEvents {
  let ended = false;
  const once = (tell: () => void): void => {
    if (ended) return;
    ended = true;
    tell();
  };
  return {
    inside: events.inside,
    chunk: (value) => {
      if (!ended) events.chunk(value);
    },
    done: () => once(events.done),
    failed: (error) => once(() => events.failed(error)),
    left: () => once(events.left),
  };
}

function replace(target: Live, key: string | symbol, wrap: (original: Callable) => Callable): boolean {
  const original = read(target, key);
  if (typeof original !== "function") return false;
  const value = wrap(original as Callable);
  return Reflect.defineProperty(target, key, { value, writable: true, configurable: true, enumerable: false });
}
