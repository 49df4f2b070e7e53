import { isIP, type Socket } from "node:net";
import { buildConnector } from "undici";
import { systemRuntime, type Timer } from "../runtime.ts";
import { createSharedLookup } from "./shared-lookup.ts";

/** How long the server is given to take a connection: a lost packet is sent again after one second. */
export const CONNECT_TIMEOUT_MS = 2_000;

const connect = buildConnector({ timeout: 0, lookup: createSharedLookup() });

/** Opens connections that hold no process. */
export interface Connector {
  readonly connect: buildConnector.connector;
  /** Gives up what is not connected yet. */
  readonly abandon: () => void;
}

/**
 * Sockets that never keep the process alive, not even while a request is under way: who awaits a flush keeps it alive
 * by a timer, and nobody else may. While a socket connects, the process is held whatever the socket says, so that this
 * is bounded, and given up with the request that it is for.
 */
export function createConnector(): Connector {
  const connecting = new Set<Socket>();
  return {
    connect(options, callback) {
      let timer: Timer | undefined;
      const socket = connect(options, (...outcome) => {
        connecting.delete(socket);
        timer?.cancel();
        // With several addresses to choose from, the handle is another one than before.
        socket.unref();
        callback(...outcome);
      }) as unknown as Socket;
      connecting.add(socket);
      socket.unref();
      socket.ref = () => socket;
      const begin = (): void => {
        timer = systemRuntime.schedule(() => socket.destroy(connectTimeout()), CONNECT_TIMEOUT_MS);
      };
      if (isIP(options.hostname) === 0) socket.once("lookup", begin);
      else begin();
      socket.once("connect", () => timer?.cancel());
    },
    abandon: () => {
      for (const socket of connecting) socket.destroy(new Error("the connection was given up"));
    },
  };
}

function connectTimeout(): Error {
  return Object.assign(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`), { code: "ETIMEDOUT" });
}
