import { constants } from "node:fs";
import { access, realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { createSqliteReader, createSqliteStore } from "./store/sqlite-store.ts";
import { openStill, sizeOf } from "./store/still-file.ts";
import type { Store } from "./store/store.ts";

/** For what a file is read: as it is now, or with what comes. */
export type Reading = "once" | "following";

/**
 * Opens a file of traces for who only reads. One that may not be written is read all the same, and nothing is left
 * beside it: by the collector's own log while one runs or has been killed, as it stands otherwise. Rejects where SQLite
 * cannot.
 */
export async function openToRead(path: string, reading: Reading): Promise<Store> {
  const file = await realpath(path);
  await access(file, constants.R_OK);
  // SQLite would make a database of it.
  if ((await sizeOf(file)) === 0) throw new Error("there is nothing in it");
  const [log, index] = [`${file}-wal`, `${file}-shm`];
  const logBytes = await sizeOf(log);
  const hasIndex = (await sizeOf(index)) !== undefined;
  const written = [file, dirname(file), ...(logBytes === undefined ? [] : [log]), ...(hasIndex ? [index] : [])];
  if ((await Promise.all(written.map(mayWrite))).every(Boolean)) return createSqliteStore(file);
  if (logBytes !== undefined && hasIndex) return createSqliteReader(file);
  if (logBytes !== undefined && logBytes > 0) {
    throw new Error(
      `it may not be written, and what was stored last is in "${log}", which then cannot be read: ` +
        "copy both to where you may write",
    );
  }
  if (reading === "following") throw new Error("it may not be written, and no collector runs on it: start one first");
  return openStill(file);
}

function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}
