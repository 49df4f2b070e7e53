import type { AddressInfo } from "node:net";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { createApp } from "./app.ts";
import { ConfigError } from "./config-error.ts";
import { isLoopback } from "./http/loopback.ts";
import { createSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

/** What {@link startCollector} takes. Every member may be left out. */
export interface CollectorOptions {
  /** Port to listen on; a free one unless told. */
  readonly port?: number | undefined;
  /** Loopback address or name; `127.0.0.1` unless told. */
  readonly host?: string | undefined;
  /** File of the traces, or `:memory:`; memory unless told. */
  readonly data?: string | undefined;
  /** Largest body of a request, in bytes after decompression; 32 MiB unless told. */
  readonly maxBodyBytes?: number | undefined;
  /** No word on the standard error output about failures of the collector itself and logs it refused. */
  readonly quiet?: boolean | undefined;
}

/** A collector that listens. */
export interface Collector {
  /** Address of the Traces page, e.g. `http://127.0.0.1:8788`. */
  readonly url: string;
  /** What `PORTKEY_BASE_URL` must be for traces to arrive here: `url` and `/v1`. */
  readonly baseURL: string;
  readonly port: number;
  readonly store: Store;
  /** Answers what is under way, then stops listening and closes the store. May be called twice. */
  close(): Promise<void>;
}

/** How long `close` waits for answers that are under way. */
const CLOSE_GRACE_MS = 2_000;

/**
 * Starts a collector in this process.
 * @throws ConfigError when `port`, `host` or `data` cannot be used; the message says what to do
 */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const { port = 0, host = "127.0.0.1", data = ":memory:", quiet = false, maxBodyBytes } = options;
  checkAddress(host, port);
  const store = await openStore(data);
  const onDiagnostic = quiet ? undefined : (line: string) => process.stderr.write(`portkey-traces: ${line}\n`);
  const app = createApp({ store, maxBodyBytes, onDiagnostic });
  const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
  try {
    await listen(server, host, port);
  } catch (error) {
    await store.close();
    throw explain(error, host, port);
  }
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= stop(server).then(() => store.close()));
  return { ...addressOf(server, host), store, close };
}

function checkAddress(host: string, port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError("port", "expected a whole number from 0 (any free port) to 65535");
  }
  if (isLoopback(inUrl(host))) return;
  throw new ConfigError(
    "host",
    `"${host}" is not a loopback address, and traces are for this machine only: use 127.0.0.1`,
  );
}

async function openStore(data: string): Promise<Store> {
  if (data === "") throw new ConfigError("data", "expected the name of a file, or :memory:");
  try {
    return await createSqliteStore(data);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError("data", `cannot open "${data}": ${reason}. Name another file, or :memory:`);
  }
}

function listen(server: ServerType, host: string, port: number): Promise<void> {
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

function addressOf(server: ServerType, host: string): Pick<Collector, "url" | "baseURL" | "port"> {
  const address = server.address();
  const { port }: Pick<AddressInfo, "port"> = typeof address === "object" && address !== null ? address : { port: 0 };
  const url = `http://${inUrl(host)}:${port}`;
  return { url, baseURL: `${url}/v1`, port };
}

/** An IPv6 address stands in brackets in a URL. */
function inUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function stop(server: ServerType): Promise<void> {
  return new Promise((resolve) => {
    const closeAll = (): void => {
      if ("closeAllConnections" in server) server.closeAllConnections();
    };
    const timer = setTimeout(closeAll, CLOSE_GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    if ("closeIdleConnections" in server) server.closeIdleConnections();
  });
}
