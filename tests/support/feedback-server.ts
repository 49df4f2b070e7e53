import http from "node:http";
import { listenOnOwnPort } from "./own-port.ts";

/** One request that the server took. */
export interface TakenFeedback {
  readonly method: string;
  readonly path: string;
  readonly body: { readonly value: number; readonly metadata?: { readonly name?: string } };
}

/** Portkey's feedback API on a real socket, that can be down for a while. It keeps what it takes. */
export interface FeedbackServer {
  readonly baseURL: string;
  readonly taken: readonly TakenFeedback[];
  /** A status in place of success, by the number of the request; none where it gives `undefined`. */
  answerWith(decide: Decide): void;
  /** Nobody listens any more. */
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

type Decide = (index: number) => number | undefined;

const acceptAll: Decide = () => undefined;

/** Starts it on a port of its own of 127.0.0.1. */
export async function startFeedbackServer(): Promise<FeedbackServer> {
  const taken: TakenFeedback[] = [];
  let decide = acceptAll;
  let count = 0;
  const server = http.createServer((incoming, outgoing) => {
    let text = "";
    incoming.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    incoming.on("end", () => {
      const { method = "", url: path = "" } = incoming;
      const status = decide(count++);
      if (status !== undefined) return void outgoing.writeHead(status).end();
      if (path.includes("/feedback")) taken.push({ method, path, body: JSON.parse(text) as TakenFeedback["body"] });
      outgoing.end(JSON.stringify({ status: "success", feedback_ids: [`id-${taken.length}`] }));
    });
    // A client that is killed leaves in the middle of its request.
    incoming.on("error", () => outgoing.destroy());
  });
  // Only clients let go of connections, so that no request of theirs is reset by chance.
  server.keepAliveTimeout = 0;
  const port = await listenOnOwnPort(server);
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    taken,
    answerWith: (next) => {
      decide = next;
    },
    start: () => new Promise((resolve) => server.listen(port, "127.0.0.1", resolve)),
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
