import { parse } from "../map/raw.ts";
import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { type Callable, hasMethods, isAsyncIterable, isPromiseLike, type Live, read } from "../shapes.ts";
import { PIPES_OF_BYTES, watchStream } from "../streams.ts";
import { addReported, type Reported, ReportedStream, toReported } from "./reported.ts";

/** The part of `fetch` that is relied on: it answers with a promise of a response. */
export type Fetch = Callable;

/**
 * A `fetch` that does what the given one does, and reads token counts from the answers to calls of models. Nothing is
 * copied, buffered or delayed: the response is the same object, and its bytes are seen as the client reads them.
 */
export function readingFetch(observer: Observer, fetch: Fetch): Fetch {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => currentModelRun(observer));
    const answer = fetch.apply(this, args);
    if (run === undefined || !isPromiseLike(answer)) return answer;
    return answer.then((response) => {
      observer.guard(() => watchResponse(observer, run, response));
      return response;
    });
  };
}

/** The call of a model that encloses the code that runs now. */
export function currentModelRun(observer: Observer): Run | undefined {
  const run = observer.runs.current();
  return run?.isOpen === true && (run.type === "llm" || run.type === "embedding") ? run : undefined;
}

function watchResponse(observer: Observer, run: Run, response: unknown): void {
  if (!hasMethods(response, "json", "text") || observer.responses.has(response)) return;
  observer.responses.add(response);
  if (/event-stream/.test(contentType(response))) watchEvents(observer, run, read(response, "body"));
  // The whole answer of a chat reaches the program, and is read there.
  else if (run.type === "embedding") watchJson(observer, run, response);
}

function contentType(response: Live): string {
  const headers = read(response, "headers");
  const type: unknown = hasMethods(headers, "get") ? (headers["get"] as Callable).call(headers, "content-type") : "";
  return typeof type === "string" ? type : "";
}

function watchEvents(observer: Observer, run: Run, body: unknown): void {
  if (!isAsyncIterable(body)) return;
  const stream = new ReportedStream();
  const add = (bytes: unknown): void => {
    if (stream.add(bytes)) observer.reported.set(run, stream.reported);
  };
  watchStream(
    body,
    {
      inside: (fn) => fn(),
      chunk: (bytes) => observer.guard(() => add(bytes)),
      done: () => undefined,
      failed: () => undefined,
      left: () => undefined,
    },
    PIPES_OF_BYTES,
  );
}

function watchJson(observer: Observer, run: Run, response: Live): void {
  const tell = (reported: Reported): void => {
    observer.reported.set(run, addReported(observer.reported.get(run), reported));
  };
  whenRead(observer, response, "json", (body) => tell(toReported(body)));
  whenRead(observer, response, "text", (text) => tell(toReported(parse(text))));
}

/** The program reads a response once, in one of these ways. */
function whenRead(observer: Observer, response: Live, method: string, onValue: (value: unknown) => void): void {
  const original = read(response, method) as Callable;
  const value = function (this: unknown, ...args: unknown[]): unknown {
    const answer = original.apply(this, args);
    if (!isPromiseLike(answer)) return answer;
    return answer.then((body) => {
      observer.guard(() => onValue(body));
      return body;
    });
  };
  Reflect.defineProperty(response, method, { value, writable: true, configurable: true, enumerable: false });
}
