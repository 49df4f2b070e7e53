import type { Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import type { CollectorApp } from "./app.ts";
import { ConfigError } from "./config-error.ts";

/** A server that listens. */
export interface Serving {
  readonly port: number;
  /** Address of the server as a URL, without a slash at its end. */
  readonly url: string;
  /** Answers what is under way, within two seconds, then stops listening. */
  stop(): Promise<void>;
}

const STOP_GRACE_MS = 2_000;

/** Clients that are slow on purpose: how long they may take, and how many there may be. */
const SLOWNESS = { headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 5_000 };

/** How often connections are looked at whose answers end while the server stops. */
const STOP_LOOK_MS = 20;

/** For who asks without `Host`, as load balancers do that speak HTTP/1.0: a name that is nobody's. */
const NO_NAME = "no-name.invalid";

/** Longer than proxies keep idle connections, lest one is closed while a request is on its way. */
const KEEP_ALIVE_MS = 75_000;
const MAX_CONNECTIONS = 1_000;

/** From so many on, connections on which nothing is under way are closed to make room. */
const MANY_CONNECTIONS = 900;

/**
 * Gives an app a socket.
 * @throws ConfigError when the address or the port cannot be had
 */
export async function serve(app: CollectorApp, host: string, port: number): Promise<Serving> {
  const created = createAdaptorServer({
    fetch: app.fetch,
    hostname: NO_NAME,
    overrideGlobalObjects: false,
    serverOptions: SLOWNESS,
  });
  const server = created as Server;
  server.maxConnections = MAX_CONNECTIONS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const sockets = watchSockets(server);
  try {
    await listen(server, host, port);
  } catch (error) {
    throw explain(error, host, port);
  }
  const bound = (server.address() as AddressInfo).port;
  return { port: bound, url: `http://${inUrl(host)}:${bound}`, stop: () => stop(server, sockets) };
}

/** An IPv6 address stands in brackets in a URL. */
export function inUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

/** The open connections. One client must not keep others out by holding some that it does nothing with. */
function watchSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    if (sockets.size >= MANY_CONNECTIONS) server.closeIdleConnections();
  });
  return sockets;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function explain(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return new ConfigError(
        "port",
        `${host}:${port} is in use. Is a collector running? Take another port, or 0 for a free one`,
      );
    case "EACCES":
      return new ConfigError("port", `not allowed to listen on port ${port}. Take one above 1023, or 0 for a free one`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return new ConfigError("host", `"${host}" is no address of this machine: use 127.0.0.1`);
    default:
      return error;
  }
}

function stop(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  // Browsers open connections ahead of what they ask for. To Node these are not idle.
  const closeUnused = (): void => {
    server.closeIdleConnections();
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
  };
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), STOP_GRACE_MS);
    const look = setInterval(closeUnused, STOP_LOOK_MS);
    server.close(() => {
      clearTimeout(timer);
      clearInterval(look);
      resolve();
    });
    closeUnused();
  });
}
