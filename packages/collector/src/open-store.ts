import { ConfigError } from "./config-error.ts";
import { openToRead, type Reading } from "./open-to-read.ts";
import { createSqliteStore } from "./store/sqlite-store.ts";
import type { Store } from "./store/store.ts";

/** Where traces are kept. */
export interface StorePlace {
  /** File of the traces, or `:memory:`. */
  readonly data: string;
  /** Address of a ClickHouse database that takes the place of `data`. */
  readonly clickhouse?: string | undefined;
  /** Of a file that is there, which is only read. */
  readonly reading?: Reading | undefined;
}

/**
 * Opens the store, and makes it where there is none.
 * @throws ConfigError when it cannot be had; the message says why, and holds no password
 */
export async function openStore({ data, clickhouse, reading }: StorePlace): Promise<Store> {
  if (clickhouse !== undefined) return openClickHouse(clickhouse);
  if (data === "") throw new ConfigError("data", "expected the name of a file, or :memory:");
  try {
    return await (reading === undefined ? createSqliteStore(data) : openToRead(data, reading));
  } catch (error) {
    const advice = reading === undefined ? ". Name another file, or :memory:" : "";
    throw new ConfigError("data", `cannot open "${data}": ${reasonOf(error)}${advice}`);
  }
}

async function openClickHouse(address: string): Promise<Store> {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    throw new ConfigError("clickhouse", "expected an address like http://user:password@host:8123/traces");
  }
  try {
    // Loaded by who needs it.
    const { createClickHouseStore } = await import("./store/clickhouse-store.ts");
    return await createClickHouseStore(address);
  } catch (error) {
    throw new ConfigError("clickhouse", `cannot use ${new URL(address).host}: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
