/** What is used of SQLite, in Node's own module or its stand-in alike. */
export interface SqliteDatabase {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

/** A prepared statement. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  get(...values: SqliteValue[]): SqliteRow | undefined;
  all(...values: SqliteValue[]): SqliteRow[];
}

/** A value of a column. */
export type SqliteValue = string | number | null;

/** A row by names of columns. */
export type SqliteRow = Readonly<Record<string, SqliteValue>>;

interface SqliteModule {
  readonly DatabaseSync: new (path: string) => SqliteDatabase;
}

/** From this version on Node's own SQLite gives no warning. */
const FIRST_NODE_WITH_SQLITE = 24;

/** Opens a database file, or `:memory:`. Rejects when it cannot be opened. */
export async function openSqlite(path: string): Promise<SqliteDatabase> {
  const { DatabaseSync } = builtinSqlite() ?? (await bundledSqlite());
  return new DatabaseSync(path);
}

function builtinSqlite(): SqliteModule | undefined {
  if (Number.parseInt(process.versions.node, 10) < FIRST_NODE_WITH_SQLITE) return undefined;
  const builtin: unknown = process.getBuiltinModule("node:sqlite");
  return isSqlite(builtin) ? builtin : undefined;
}

async function bundledSqlite(): Promise<SqliteModule> {
  const bundled: unknown = await import("@photostructure/sqlite");
  if (isSqlite(bundled)) return bundled;
  throw new Error("@photostructure/sqlite has no DatabaseSync");
}

function isSqlite(value: unknown): value is SqliteModule {
  return typeof value === "object" && value !== null && "DatabaseSync" in value;
}
