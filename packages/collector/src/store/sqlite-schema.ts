import type { SqliteDatabase } from "./sqlite.ts";

/**
 * `spans` is narrow: what lists, filters and sums need. `span_bodies` holds the whole spans. `traces` is kept up to date
 * with each insert, so that the list reads one row a trace; `models` and `head` are JSON. Times are microseconds:
 * nanoseconds would not fit a number.
 */
const TABLES = `
CREATE TABLE spans (
  id INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL,
  span_id TEXT NOT NULL,
  parent_span_id TEXT,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  source TEXT NOT NULL,
  status TEXT NOT NULL,
  start_us INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  provider TEXT,
  model TEXT,
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  total_tokens INTEGER,
  UNIQUE (trace_id, span_id)
) STRICT;

CREATE TABLE span_bodies (
  id INTEGER PRIMARY KEY REFERENCES spans (id) ON DELETE CASCADE,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE traces (
  trace_id TEXT PRIMARY KEY,
  start_us INTEGER NOT NULL,
  end_us INTEGER NOT NULL,
  spans INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  total_tokens INTEGER NOT NULL,
  models TEXT NOT NULL,
  head TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX traces_by_start ON traces (start_us DESC, trace_id DESC);
`;

/** Counts the changes of a trace: its number of spans stays the same when one is replaced. */
const REVISIONS = "ALTER TABLE traces ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;";

/** Each leads from the format of its place in the list to the next one. None is ever changed: files were written by it. */
const STEPS: readonly string[] = [TABLES, REVISIONS];

/**
 * Makes the database ready. Write-ahead log and full synchronisation: what was acknowledged survives the end of the
 * process and of the machine. Two collectors on one file wait for each other. A file of an older format is brought up to
 * this one.
 */
export function prepareDatabase(database: SqliteDatabase): void {
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
  database.exec("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;");
  database.exec("BEGIN IMMEDIATE");
  const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
  if (version < STEPS.length) {
    for (const step of STEPS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${STEPS.length}`);
  }
  database.exec("COMMIT");
  if (version > STEPS.length) throw new Error(`written by a newer version of portkey-traces (format ${version})`);
}
