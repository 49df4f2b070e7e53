import { isBuiltinSound } from "./sound-version.ts";

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
  readonly DatabaseSync: new (
    path: string,
    options: { readonly defensive: boolean; readonly readOnly: boolean },
  ) => SqliteDatabase;
}

/** True for what SQLite itself fails at; `errstr` says what, in words of SQLite's own. */
export function isSqliteError(error: unknown): error is Error & { readonly errstr?: string } {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
}

/** Undoes what was begun. SQLite has done it already where the disk is full or fails: then there is nothing to undo. */
export function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch (error) {
    if (!isSqliteError(error)) throw error;
  }
}

/** Opens a database file, or `:memory:`. Rejects when it cannot be opened. */
export async function openSqlite(path: string, readOnly: boolean = false): Promise<SqliteDatabase> {
  const { DatabaseSync } = builtinSqlite() ?? (await bundledSqlite());
  // By default the stand-in and Node 25 forbid to take rows out of tables of FTS5, see `clearSomeOfParts`.
  return withPrepared(new DatabaseSync(path, { defensive: false, readOnly }));
}

/** Statements that are kept ready: those of each part of the index of words are its own. */
const MAX_PREPARED = 500;

/** A statement that is asked for again is prepared once. */
function withPrepared(database: SqliteDatabase): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare: (sql) => {
      const known = prepared.get(sql);
      if (known !== undefined) return known;
      const statement = withWholeTexts(database.prepare(sql));
      const [oldest] = prepared.keys();
      if (prepared.size === MAX_PREPARED && oldest !== undefined) prepared.delete(oldest);
      prepared.set(sql, statement);
      return statement;
    },
  };
}

/** The stand-in takes the first NUL of a text for its end, so that two ids would be one: U+FFFD stands for it. */
function withWholeTexts(statement: SqliteStatement): SqliteStatement {
  return {
    run: (...values) => statement.run(...wholeTexts(values)),
    get: (...values) => statement.get(...wholeTexts(values)),
    all: (...values) => statement.all(...wholeTexts(values)),
  };
}

function wholeTexts(values: SqliteValue[]): SqliteValue[] {
  const isCut = values.some((value) => typeof value === "string" && value.includes("\0"));
  return isCut ? values.map((value) => (typeof value === "string" ? value.replaceAll("\0", "\ufffd") : value)) : values;
}

function builtinSqlite(): SqliteModule | undefined {
  if (!isBuiltinSound(process.versions)) return undefined;
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
