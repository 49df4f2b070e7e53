/** What SQLite says when its file or its disk is to blame. */
const SQLITE = [
  "database or disk is full",
  "disk I/O error",
  "database is locked",
  "attempt to write a readonly database",
  "unable to open database file",
  "database disk image is malformed",
];

/** What ClickHouse says when it is: too many questions, too slow, no connection, memory, room or replica, too many parts. */
const CLICKHOUSE = ["159", "202", "203", "209", "210", "225", "236", "241", "242", "243", "252", "285", "319", "999"];

/** A connection failed. */
const SYSTEM = /^E(CONN\w+|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)$/;
const TIMEOUT = "Timeout error.";

/**
 * Why a store failed, where that is about the store alone and not about what it was given, so that trying again later may
 * help; in words that hold nothing of what was given. `undefined` for any other failure.
 */
export function whyUnavailable(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error ? String(error.code) : "";
  if (code === "ERR_SQLITE_ERROR") return SQLITE.find((text) => error.message.includes(text));
  if (CLICKHOUSE.includes(code)) return `ClickHouse answered with its error ${code}`;
  if (SYSTEM.test(code)) return code;
  return error.message === TIMEOUT ? "ClickHouse did not answer in time" : undefined;
}
