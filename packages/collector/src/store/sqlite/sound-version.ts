/** From this version on Node's own SQLite gives no warning. */
const FIRST_NODE = [24];

/**
 * In SQLite before this version, two connections that write and put the log back into the file at the same moment may
 * damage it (https://sqlite.org/wal.html#walresetbug), as two collectors on one file do now and then. Node had such a
 * one up to 24.14.
 */
const FIRST_SQLITE = [3, 51, 3];

/** Whether Node's own SQLite can be taken, by `process.versions`. */
export function isBuiltinSound({ node, sqlite }: { readonly node: string; readonly sqlite?: string }): boolean {
  return isAtLeast(node, FIRST_NODE) && sqlite !== undefined && isAtLeast(sqlite, FIRST_SQLITE);
}

function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split(".").map(Number);
  const at = least.findIndex((part, index) => parts[index] !== part);
  return at === -1 || (parts[at] ?? 0) > (least[at] ?? 0);
}
