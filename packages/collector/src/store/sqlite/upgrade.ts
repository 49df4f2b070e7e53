import type { RollUp } from "../roll-up.ts";
import { SLOT_MS } from "../stats.ts";
import type { SqliteDatabase } from "./database.ts";
import { FORGOTTEN } from "./forget.ts";
import { SEARCH_PARTS, tableOf } from "./search-parts.ts";

const SLOT_US = SLOT_MS * 1000;

/** Characters of the words of one span, where nobody has counted them. */
const LIKELY_SIZE = 500;

/**
 * From format 3 to 4. The column for rows stays empty in spans that are there: they are shortened whenever they are read.
 * The index of words lacked what it is asked for: it is made anew, bit by bit. Roll-ups counted failed attempts as errors of
 * their trace: those are taken out again, where there are any.
 */
export function upgradeFormat3(database: SqliteDatabase): void {
  database.exec("ALTER TABLE spans ADD COLUMN row TEXT");
  database.exec("DROP TABLE search; UPDATE search_progress SET indexed = 0");
  const times = database
    .prepare("SELECT min(slot) AS first, max(slot) AS last FROM stats WHERE type = 'attempt' AND errors > 0")
    .get();
  if (typeof times?.["first"] !== "number" || typeof times["last"] !== "number") return;
  const failed = database
    .prepare(
      `SELECT traces.id AS id, count(*) AS attempts
      FROM traces CROSS JOIN spans ON spans.trace = traces.id CROSS JOIN bodies ON bodies.id = spans.body
      WHERE start_us < ? AND start_us + duration_us >= ? AND roll_up ->> '$.errors' > 0
      AND bodies.span ->> '$.type' = 'attempt' AND bodies.span ->> '$.status.code' = 'error' GROUP BY traces.id`,
    )
    .all((times["last"] + 1) * SLOT_US, times["first"] * SLOT_US);
  const get = database.prepare("SELECT roll_up FROM traces WHERE id = ?");
  const put = database.prepare("UPDATE traces SET roll_up = ?, revision = revision + 1 WHERE id = ?");
  for (const { id, attempts } of failed) {
    const rollUp: RollUp = JSON.parse(String(get.get(Number(id))?.["roll_up"]));
    put.run(JSON.stringify({ ...rollUp, errors: rollUp.errors - Number(attempts) }), Number(id));
  }
}

/** From format 4 to 5: the index of words, which was one, becomes the first of its parts. */
export function upgradeFormat4(database: SqliteDatabase): void {
  database.exec(`${SEARCH_PARTS} ${FORGOTTEN}`);
  const last = Number(database.prepare("SELECT indexed FROM search_progress").get()?.["indexed"]);
  database.exec("DROP TABLE search_progress");
  if (last === 0) {
    database.exec("DROP TABLE IF EXISTS search");
    return;
  }
  database
    .prepare(
      `INSERT INTO search_parts (part, first, last, size, spans, dropped)
      SELECT 1, ifnull((SELECT min(id) FROM bodies), 1), ?, count(*) * ?, count(*), 0 FROM search_docsize`,
    )
    .run(last, LIKELY_SIZE);
  database.exec(`ALTER TABLE search RENAME TO ${tableOf({ part: 1 })}`);
}
