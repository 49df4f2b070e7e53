import { createApp } from "./app.ts";
import { ConfigError } from "./config-error.ts";
import { readPriceFile } from "./cost/price-file.ts";
import { describeError } from "./describe-error.ts";
import { followGateway, readGatewayAddress } from "./gateway/follow-gateway.ts";
import { isLoopback } from "./http/loopback.ts";
import { openStore } from "./open-store.ts";
import { startRetention } from "./retention.ts";
import { inUrl, serve } from "./serve.ts";
import type { Store } from "./store/store.ts";
import { whyUnavailable } from "./store/why-unavailable.ts";

/** What {@link startCollector} takes. Every member may be left out. */
export interface CollectorOptions {
  /** Port to listen on; a free one unless told. */
  readonly port?: number | undefined;
  /** Address or name to listen on; `127.0.0.1` unless told. One that is not of loopback needs an `apiKey`. */
  readonly host?: string | undefined;
  /** What clients and the page's users must bring: at least 16 characters. None unless told. */
  readonly apiKey?: string | undefined;
  /** Names under which others reach the collector, e.g. behind a proxy: `traces.example.com`. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** File of the traces, or `:memory:`; memory unless told. */
  readonly data?: string | undefined;
  /** File of prices that go before those that are known; see `readPriceFile`. */
  readonly prices?: string | undefined;
  /** Address of a ClickHouse database that takes the place of `data`, e.g. `http://user:password@host:8123/traces`. */
  readonly clickhouse?: string | undefined;
  /**
   * Address of an open-source gateway on this machine, whose log is followed: what it tried for calls that it was told the
   * spans of becomes part of their traces, e.g. `http://127.0.0.1:8787`.
   */
  readonly followGateway?: string | undefined;
  /** Largest body of a request, in bytes after decompression; 32 MiB unless told. */
  readonly maxBodyBytes?: number | undefined;
  /** Requests a second of one client; 2,000 unless told, 0 for no limit. */
  readonly maxRequestsPerSecond?: number | undefined;
  /** Traces that started longer ago are forgotten; none are unless told. */
  readonly keepDays?: number | undefined;
  /** The oldest traces are forgotten while the store is larger; none are unless told. */
  readonly maxBytes?: number | undefined;
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

const MIN_KEY_CHARACTERS = 16;
const MIN_BYTES = 10_000_000;

/**
 * Starts a collector in this process.
 * @throws ConfigError when an option cannot be used; the message names it and says what to do
 */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const { port = 0, host = "127.0.0.1", data = ":memory:", quiet = false } = options;
  check(host, port, options);
  const gateway = options.followGateway === undefined ? undefined : readGatewayAddress(options.followGateway);
  const prices = options.prices === undefined ? undefined : readPriceFile(options.prices);
  const store = await openStore({ data, clickhouse: options.clickhouse });
  const onDiagnostic = quiet ? undefined : (line: string) => process.stderr.write(`portkey-traces: ${line}\n`);
  try {
    const allowedHosts = [...(options.allowedHosts ?? []), inUrl(host)];
    const app = createApp({ ...options, prices, allowedHosts, store, onDiagnostic });
    const serving = await serve(app, host, port);
    const stopRetention = startRetention({
      ...options,
      store,
      now: Date.now,
      onFailure: (error) =>
        onDiagnostic?.(
          `old traces could not be forgotten, which is tried again in a minute: ${whyUnavailable(error) ?? describeError(error)}`,
        ),
    });
    const stopFollowing = gateway && followGateway({ gateway, store, say: (line) => onDiagnostic?.(line) });
    const closeAll = async (): Promise<void> => {
      app.close();
      await serving.stop();
      await stopFollowing?.();
      await stopRetention();
      await store.close();
    };
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => (closing ??= closeAll());
    return { url: serving.url, baseURL: `${serving.url}/v1`, port: serving.port, store, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function check(host: string, port: number, { apiKey, allowedHosts = [], keepDays, maxBytes }: CollectorOptions): void {
  if (keepDays !== undefined && !(keepDays > 0)) throw new ConfigError("keep-days", "expected a number above 0");
  if (maxBytes !== undefined && !(maxBytes >= MIN_BYTES)) throw new ConfigError("max-size", "expected at least 10 MB");
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigError("port", "expected a whole number from 0 (any free port) to 65535");
  }
  if (apiKey !== undefined && (apiKey.length < MIN_KEY_CHARACTERS || !/^[\x21-\x7e]*$/.test(apiKey))) {
    throw new ConfigError("api-key", `expected at least ${MIN_KEY_CHARACTERS} characters of ASCII, without spaces`);
  }
  const wrong = allowedHosts.find((name) => !isHostName(name));
  if (wrong !== undefined) throw new ConfigError("allow-host", `"${wrong}" is no name of a host without a port`);
  if (isLoopback(inUrl(host))) return;
  if (!isHostName(inUrl(host))) throw new ConfigError("host", `"${host}" is no address`);
  if (apiKey !== undefined) return;
  throw new ConfigError(
    "host",
    `"${host}" is not a loopback address: others could read the traces. Set an API key (--api-key), or use 127.0.0.1`,
  );
}

function isHostName(name: string): boolean {
  return URL.canParse(`http://${name}`) && new URL(`http://${name}`).host === name.toLowerCase();
}
