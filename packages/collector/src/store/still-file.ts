import { stat } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { ConfigError } from "../config-error.ts";
import { createSqliteReader } from "./sqlite-store.ts";
import type { Store } from "./store.ts";

/**
 * Opens a file that nobody has open: SQLite need not look whether anybody does, for which it would have to make files. Where
 * somebody came to write it meanwhile, `close` rejects with a `ConfigError`.
 */
export async function openStill(file: string): Promise<Store> {
  const before = await versionOf(file);
  const store = await createSqliteReader(`${pathToFileURL(file).href}?immutable=1`);
  const close = async (): Promise<void> => {
    await store.close();
    if ((await versionOf(file)) !== before) {
      throw new ConfigError(
        "data",
        `"${file}" was written while it was read: what was read may be wrong, read it again`,
      );
    }
  };
  return { ...store, close };
}

async function versionOf(file: string): Promise<string> {
  const { ino, size, mtimeMs } = await stat(file);
  return `${ino}.${size}.${mtimeMs}.${(await sizeOf(`${file}-wal`)) ?? "none"}`;
}

/** Bytes of a file; `undefined` where there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? undefined : Promise.reject(error)),
  );
}
