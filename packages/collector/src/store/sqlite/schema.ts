import { rollBack, type SqliteDatabase } from "./database.ts";
import { DURATION_BUCKET } from "./durations.ts";
import { FORGOTTEN } from "./forget.ts";
import { SEARCH_PARTS } from "./search-parts.ts";
import { upgradeFormat3, upgradeFormat4 } from "./upgrade.ts";

/** Formats 1 and 2, as files have them: what is read of them when they are brought up to this one. */
const OLD_FORMATS = 2;

const FORMAT = 5;

/**
 * `traces` has a row a trace, kept up to date with each insert, so that the list reads no spans; `roll_up` is JSON.
 * `spans` is narrow and lies in the order of traces, so that a trace is one range of it, whatever its ids look like:
 * traces are numbered as they come; its `row` is what a tree shows of a span. `bodies` has whole spans as JSON, in the
 * order of arrival, and the parts of `search_parts` their words. `facets` finds traces, `stats` sums up spans by five
 * minutes. Times are microseconds: nanoseconds would not fit a number.
 */
const TABLES = `
CREATE TABLE traces (
  id INTEGER PRIMARY KEY,
  trace_id TEXT NOT NULL UNIQUE,
  start_us INTEGER NOT NULL,
  duration_us INTEGER NOT NULL,
  status TEXT NOT NULL,
  revision INTEGER NOT NULL,
  roll_up TEXT NOT NULL
) STRICT;
CREATE INDEX traces_by_start ON traces (start_us DESC, trace_id DESC, duration_us, status);

CREATE TABLE spans (
  trace INTEGER NOT NULL,
  span_id TEXT NOT NULL,
  body INTEGER NOT NULL,
  is_unfinished INTEGER NOT NULL, -- or provisional in another way
  row TEXT, -- none where format 3 wrote it
  PRIMARY KEY (trace, span_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE bodies (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  trace INTEGER NOT NULL,
  span TEXT NOT NULL
) STRICT;

${SEARCH_PARTS}
${FORGOTTEN}

CREATE TABLE facets (
  facet TEXT NOT NULL,
  trace INTEGER NOT NULL,
  PRIMARY KEY (facet, trace)
) STRICT, WITHOUT ROWID;

CREATE TABLE stats (
  slot INTEGER NOT NULL,
  type TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  spans INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  prompt INTEGER NOT NULL,
  completion INTEGER NOT NULL,
  cached INTEGER NOT NULL,
  PRIMARY KEY (slot, type, provider, model, bucket)
) STRICT, WITHOUT ROWID;

CREATE TABLE feedback (
  id TEXT PRIMARY KEY,
  trace_id TEXT NOT NULL,
  value INTEGER NOT NULL,
  weight REAL NOT NULL,
  metadata TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX feedback_by_trace ON feedback (trace_id, created_ms);
`;

/** Made where they are not there: files that were written before have none of them. */
const LATER_INDEXES = `
CREATE INDEX IF NOT EXISTS feedback_by_update ON feedback (updated_ms);
CREATE INDEX IF NOT EXISTS traces_by_duration ON traces (${DURATION_BUCKET}, id, duration_us) WHERE revision > 0;
CREATE INDEX IF NOT EXISTS traces_not_ok ON traces (status) WHERE status <> 'ok';
`;

/** What a connection keeps in memory. */
const READING = `
PRAGMA temp_store = MEMORY;
PRAGMA cache_size = -65536;
`;

/** Pages of the log with which a commit puts them back into the file; where nothing waits for it, it does so with fewer. */
const LOG_PAGES = 4_000;
const LOG_PAGES_AT_LEISURE = 1_000;

/**
 * How a connection behaves: committed is durable, and two collectors on one file wait for each other. The way of
 * vacuuming has a meaning for files that are still empty: room that retention makes can then be given back bit by bit.
 */
const CONNECTION = `
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA foreign_keys = OFF;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = ${LOG_PAGES};
${READING}
`;

/**
 * Makes a connection ready, and the file where it is new or of an older format: its spans are read, one by one, and handed
 * to `insert`. Throws where a newer version wrote it.
 */
export function prepareDatabase(database: SqliteDatabase, insert: (spans: readonly string[]) => void): void {
  database.exec("PRAGMA busy_timeout = 10000");
  refuseOthers(database);
  database.exec(CONNECTION);
  database.exec("BEGIN IMMEDIATE");
  try {
    const version = formatOf(database);
    if (version < FORMAT) bringUp(database, version, insert);
    database.exec(LATER_INDEXES);
    database.exec("COMMIT");
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** Makes a connection ready that writes nothing. Throws where another version wrote the file. */
export function prepareReading(database: SqliteDatabase): void {
  database.exec("PRAGMA busy_timeout = 10000");
  refuseOthers(database);
  const format = formatOf(database);
  if (format === 0) throw new Error("there is nothing in it");
  if (format < FORMAT) {
    throw new Error(
      `written by an older version of portkey-traces (format ${format}): this one has to write to read it`,
    );
  }
  database.exec(READING);
}

/** Does work that nobody waits for: of the log, what has gathered since the last such work is put back with it. */
export function workAtLeisure<T>(database: SqliteDatabase, work: () => T): T {
  database.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES_AT_LEISURE}`);
  try {
    return work();
  } finally {
    database.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
  }
}

/** Throws for a file that this version cannot read, before anything in it is changed. */
function refuseOthers(database: SqliteDatabase): void {
  const names = database
    .prepare("SELECT name FROM sqlite_master")
    .all()
    .map((row) => row["name"]);
  if (names.length > 0 && !(names.includes("traces") && (names.includes("bodies") || names.includes("span_bodies")))) {
    throw new Error("it is the database of something else");
  }
  const format = formatOf(database);
  if (format > FORMAT) throw new Error(`written by a newer version of portkey-traces (format ${format})`);
}

function formatOf(database: SqliteDatabase): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

function bringUp(database: SqliteDatabase, version: number, insert: (spans: readonly string[]) => void): void {
  if (version > OLD_FORMATS) {
    if (version === 3) upgradeFormat3(database);
    upgradeFormat4(database);
    database.exec(`PRAGMA user_version = ${FORMAT}`);
    return;
  }
  const isOld = version > 0 && version <= OLD_FORMATS;
  if (isOld) {
    database.exec("ALTER TABLE span_bodies RENAME TO old_bodies; DROP TABLE spans; DROP TABLE traces");
  }
  database.exec(TABLES);
  database.exec(`PRAGMA user_version = ${FORMAT}`);
  if (!isOld) return;
  const page = database.prepare("SELECT id, body FROM old_bodies WHERE id > ? ORDER BY id LIMIT 500");
  let last = -1;
  for (let rows = page.all(last); rows.length > 0; rows = page.all(last)) {
    insert(rows.map((row) => String(row["body"])));
    last = Number(rows.at(-1)?.["id"]);
  }
  database.exec("DROP TABLE old_bodies");
}
