import http from "node:http";
import type { AddressInfo } from "node:net";

/** Stands between clients and a server: passes requests on, or answers them itself. */
export interface Relay {
  readonly baseURL: string;
  /** A status that requests get in place of the server's answer; none where it gives `undefined`. */
  answerWith(decide: Decide): void;
  close(): Promise<void>;
}

type Decide = (index: number) => number | undefined;

const passAll: Decide = () => undefined;

/** Starts a relay on a free port of 127.0.0.1; `target` is the server's base URL, and the relay's has the same path. */
export async function startRelay(target: string): Promise<Relay> {
  const { hostname, port, pathname } = new URL(target);
  let decide: Decide = passAll;
  let count = 0;
  const server = http.createServer((incoming, outgoing) => {
    const status = decide(count++);
    if (status !== undefined) {
      incoming.resume();
      incoming.on("end", () => outgoing.writeHead(status).end());
      return;
    }
    const headers = { ...incoming.headers, host: `${hostname}:${port}` };
    const passed = http.request({ hostname, port, path: incoming.url, method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    // A client that is killed leaves in the middle of its request.
    passed.on("error", () => outgoing.destroy());
    incoming.on("error", () => passed.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    answerWith: (next) => {
      decide = next;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
