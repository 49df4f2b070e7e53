import { ARRIVED, LISTS_OF_EACH, TABLES, type Table, VIEWS } from "./tables.ts";

/** How the tables are made. */
export interface SchemaOptions {
  /**
   * Name of the cluster, for tables that are replicated on it and distributed over its shards by trace. The macros `{shard}`
   * and `{replica}` must be defined on its servers.
   */
  readonly cluster?: string | undefined;
}

/**
 * What tables of spans of earlier versions do not have. What a tree shows is empty in rows that are there; what a list shows
 * they have in one text, which stays.
 */
const ADDED = [
  "ADD COLUMN IF NOT EXISTS row String CODEC(ZSTD(1))",
  "ADD COLUMN IF NOT EXISTS total UInt64 DEFAULT JSONExtractUInt(roll_up, 'totalTokens')",
  "ADD COLUMN IF NOT EXISTS first_token_us Nullable(Int64) DEFAULT JSONExtract(roll_up, 'firstTokenUs', 'Nullable(Int64)')",
  "ADD COLUMN IF NOT EXISTS name String DEFAULT JSONExtractString(roll_up, 'head', 'name')",
  "ADD COLUMN IF NOT EXISTS user String DEFAULT JSONExtractString(roll_up, 'user', 'value')",
  "ADD COLUMN IF NOT EXISTS session String DEFAULT JSONExtractString(roll_up, 'session', 'value')",
  `MODIFY COLUMN ${ARRIVED}`,
].join(", ");

/** Said of the table of lists once the traces of earlier versions are in it. */
const COMPLETE = "complete";

/** The statements that make the tables where they are not there, and bring older ones up to this version, in order. */
export function schemaOf({ cluster }: SchemaOptions = {}): string[] {
  const [on, local] = cluster === undefined ? ["", ""] : [` ON CLUSTER ${cluster}`, "_local"];
  const engine = cluster === undefined ? engineOf : replicated;
  return [
    ...TABLES.map((table) => createTable(table, `${table.name}${local}`, engine(table), on)),
    `ALTER TABLE spans${local}${on} ${ADDED}`,
    ...VIEWS.map(({ name, to, select }) => {
      const from = select.replace("FROM spans", `FROM spans${local} AS spans`);
      return `CREATE MATERIALIZED VIEW IF NOT EXISTS ${name}${on} TO ${to}${local} AS ${from}`;
    }),
    ...(cluster === undefined ? [] : distributed(cluster, on)),
    fillLists(`lists${local}`),
    `ALTER TABLE lists${local}${on} MODIFY COMMENT '${COMPLETE}'`,
  ];
}

function distributed(cluster: string, on: string): string[] {
  return [
    ...TABLES.map(({ name, shardBy }) => {
      const engine = `Distributed(${cluster}, currentDatabase(), ${name}_local, cityHash64(${shardBy}))`;
      return `CREATE TABLE IF NOT EXISTS ${name}${on} AS ${name}_local ENGINE = ${engine}`;
    }),
    `ALTER TABLE spans${on} ${ADDED}`,
  ];
}

/** Earlier versions had no lists. What comes meanwhile is in them already. */
function fillLists(table: string): string {
  const comment = `SELECT comment FROM system.tables WHERE database = currentDatabase() AND name = '${table}'`;
  return `INSERT INTO lists ${LISTS_OF_EACH} WHERE (${comment}) <> '${COMPLETE}' GROUP BY trace_id
    SETTINGS max_partitions_per_insert_block = 0, optimize_aggregation_in_order = 1`;
}

function createTable({ columns, layout }: Table, name: string, engine: string, on: string): string {
  return `CREATE TABLE IF NOT EXISTS ${name}${on} (${columns}\n) ENGINE = ${engine} ${layout}`;
}

function engineOf({ engine, version = "" }: Table): string {
  return `${engine}(${version})`;
}

function replicated({ name, engine, version }: Table): string {
  const path = `'/clickhouse/tables/{shard}/{database}/${name}', '{replica}'`;
  return `Replicated${engine}(${[path, version].filter((part) => part !== undefined).join(", ")})`;
}
