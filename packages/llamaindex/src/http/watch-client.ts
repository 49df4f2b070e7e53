import type { Observer } from "../observer.ts";
import { hasMethods, isLive, isPromiseLike, type Live, read } from "../shapes.ts";
import { readingFetch } from "./reading-fetch.ts";
import { watchSdk } from "./watch-sdk.ts";

/**
 * Reads token counts where a model's client asks for answers. Called when the model is about to ask: OpenAI's kinds make
 * their client then, Anthropic's kind has it from the start.
 */
export function watchClient(observer: Observer, model: Live): void {
  watchSdk(observer, model);
  const client = isLive(model["lazySession"]) ? read(model, "session") : read(own(model, "session"), "anthropic");
  if (!isPromiseLike(client)) {
    watchFetch(observer, client);
    return;
  }
  client.then(
    (made) => observer.guard(() => watchFetch(observer, made)),
    // The program sees it: it waits for the same promise.
    () => undefined,
  );
}

function own(model: Live, key: string): unknown {
  return Object.getOwnPropertyDescriptor(model, key)?.value;
}

function watchFetch(observer: Observer, client: unknown): void {
  if (hasMethods(client, "fetch")) observer.patches.method(client, "fetch", (fetch) => readingFetch(observer, fetch));
}
