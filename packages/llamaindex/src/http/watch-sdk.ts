import { rawFinishReason } from "../map/chat-answer.ts";
import { toPlainRaw } from "../map/raw.ts";
import type { Observer } from "../observer.ts";
import type { Run } from "../runs.ts";
import { type Callable, hasMethods, isAsyncIterable, isLive, isPromiseLike, type Live, read } from "../shapes.ts";
import { watchStream } from "../streams.ts";
import { currentModelRun } from "./reading-fetch.ts";
import { addReported, toReported } from "./reported.ts";

/**
 * Reads token counts from the answers of clients whose requests cannot be watched: Mistral's and Amazon's. LlamaIndex
 * drops the last part of their streams, which counts the tokens, and the counts of embeddings.
 */
export function watchSdk(observer: Observer, model: Live): void {
  const client = Object.getOwnPropertyDescriptor(model, "client")?.value as unknown;
  if (hasMethods(client, "send") && isLive(client["middlewareStack"])) watchAnswers(observer, client, "send");
  const session = Object.getOwnPropertyDescriptor(model, "session")?.value as unknown;
  if (hasMethods(session, "getClient")) watchMistral(observer, session);
}

function watchMistral(observer: Observer, session: Live): void {
  observer.patches.method(session, "getClient", (getClient) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      const made = getClient.apply(this, args);
      if (!isPromiseLike(made)) return made;
      return made.then((client) => {
        observer.guard(() => {
          const { chat, embeddings } = client as Live;
          if (isLive(chat)) watchAnswers(observer, chat, "stream");
          if (isLive(embeddings)) watchAnswers(observer, embeddings, "create");
        });
        return client;
      });
    };
  });
}

function watchAnswers(observer: Observer, client: Live, method: string): void {
  observer.patches.method(client, method, (ask) => watchAnswer(observer, ask));
}

function watchAnswer(observer: Observer, ask: Callable): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    const run = observer.begin(() => currentModelRun(observer));
    const answer = ask.apply(this, args);
    if (run === undefined || !isPromiseLike(answer)) return answer;
    return answer.then((value) => {
      observer.guard(() => readAnswer(observer, run, value));
      return value;
    });
  };
}

function readAnswer(observer: Observer, run: Run, value: unknown): void {
  const stream = [value, read(value, "body")].find(isAsyncIterable);
  if (stream === undefined) {
    if (run.type === "embedding") tell(observer, run, value);
    return;
  }
  watchStream(stream, {
    inside: (fn) => fn(),
    chunk: (part) => observer.guard(() => tell(observer, run, part)),
    done: () => undefined,
    failed: () => undefined,
    left: () => undefined,
  });
}

function tell(observer: Observer, run: Run, part: unknown): void {
  const raw = toPlainRaw(part);
  const reported = { ...toReported(raw), finishReason: rawFinishReason(raw) };
  if (reported.usage === undefined && reported.finishReason === undefined) return;
  const before = observer.reported.get(run);
  observer.reported.set(
    run,
    run.type === "embedding" ? addReported(before, reported) : { ...before, ...known(reported) },
  );
}

function known(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
