import http from "node:http";
import { createParser } from "eventsource-parser";

/** A connection that is read. `ended` resolves, and never rejects, once there will be nothing more. */
export interface EventStream {
  readonly ended: Promise<StreamEnd>;
  close(): void;
}

/** Why a stream has ended: it was answered with that status, or broke off after it was answered well. */
export type StreamEnd = { readonly code: "refused"; readonly status: number } | { readonly code: "broken" };

export interface EventStreamOptions {
  readonly url: URL;
  /** Characters of one event; the connection is given up beyond it. */
  readonly maxCharacters: number;
  /** Silence after which it is given up. */
  readonly idleMs: number;
  readonly onOpen: () => void;
  readonly onEvent: (name: string | undefined, data: string) => void;
}

/**
 * Reads server-sent events. Follows no redirect and no proxy, so that it is `url` and nothing else that is asked; keeps no
 * process alive.
 */
export function openEventStream({ url, maxCharacters, idleMs, onOpen, onEvent }: EventStreamOptions): EventStream {
  const request = http.get(url, { agent: new http.Agent(), headers: { accept: "text/event-stream" } });
  const ended = new Promise<StreamEnd>((resolve) => {
    const end = (reason: StreamEnd): void => {
      request.destroy();
      resolve(reason);
    };
    request.setTimeout(idleMs, () => end({ code: "broken" }));
    request.once("socket", (socket) => socket.unref());
    request.on("error", () => end({ code: "broken" }));
    request.once("close", () => end({ code: "broken" }));
    request.once("response", (response) => {
      const { statusCode = 0, headers } = response;
      const isStream = headers["content-type"]?.startsWith("text/event-stream") === true;
      if (statusCode !== 200 || !isStream) return end({ code: "refused", status: statusCode });
      onOpen();
      let waiting = 0;
      const parser = createParser({
        onEvent: ({ event, data }) => {
          waiting = 0;
          onEvent(event, data);
        },
      });
      response.setEncoding("utf8");
      response.on("error", () => end({ code: "broken" }));
      response.on("data", (text: string) => {
        waiting += text.length;
        parser.feed(text);
        if (waiting > maxCharacters) end({ code: "broken" });
      });
    });
  });
  return { ended, close: () => request.destroy() };
}
