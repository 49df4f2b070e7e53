/** How the tables are made. */
export interface SchemaOptions {
  /**
   * Name of the cluster, for tables that are replicated on it and distributed over its shards by trace. The macros `{shard}`
   * and `{replica}` must be defined on its servers.
   */
  readonly cluster?: string | undefined;
}

/** Columns of a span. Times are microseconds. Of rows with the same ids that of the highest version is the span. */
const SPAN_COLUMNS = `
  trace_id String,
  span_id String,
  version UInt64,
  arrived_us Int64,
  start_us Int64,
  duration_us Int64,
  status LowCardinality(String),
  is_root Bool,
  type LowCardinality(String),
  provider LowCardinality(String),
  model LowCardinality(String),
  bucket UInt16,
  errors UInt8,
  prompt UInt64,
  completion UInt64,
  cached UInt64,
  facets Array(String),
  roll_up String CODEC(ZSTD(1)),
  row String CODEC(ZSTD(1)),
  words String CODEC(ZSTD(1)),
  body String CODEC(ZSTD(3))`;

/** Finds what has arrived, and parts in which words do not occur. */
const SPAN_INDEXES = `,
  INDEX by_arrival arrived_us TYPE minmax GRANULARITY 1,
  INDEX by_words words TYPE ngrambf_v1(4, 65536, 2, 0) GRANULARITY 1`;

/**
 * What is known of a trace without reading its spans. All functions give the same for a row that comes twice. What a
 * replaced span said stays in here: it finds candidates, which are then looked at.
 */
const TRACE_COLUMNS = `
  trace_id String,
  start_us SimpleAggregateFunction(min, Int64),
  end_us SimpleAggregateFunction(max, Int64),
  has_unfinished SimpleAggregateFunction(max, UInt8),
  root_statuses SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
  facets SimpleAggregateFunction(groupUniqArrayArray, Array(String))`;

const TRACES_OF_SPANS = `SELECT
  trace_id,
  min(spans.start_us) AS start_us,
  max(spans.start_us + spans.duration_us) AS end_us,
  max(toUInt8(status = 'unfinished')) AS has_unfinished,
  groupUniqArrayIf(toString(status), is_root) AS root_statuses,
  groupUniqArrayArray(spans.facets) AS facets
FROM spans GROUP BY trace_id`;

const FEEDBACK_COLUMNS = `
  id String,
  trace_id String,
  value Int8,
  weight Float64,
  metadata String,
  created_ms Int64,
  updated_ms Int64,
  INDEX by_trace trace_id TYPE bloom_filter GRANULARITY 1`;

/** A table: how its rows of one key are merged, and how they lie. */
interface Table {
  readonly name: string;
  readonly columns: string;
  readonly indexes?: string;
  readonly engine: string;
  readonly version?: string;
  readonly layout: string;
  readonly shardBy: string;
}

/** Spans lie by day, so that retention drops whole days; feedback does not outlive its trace, see \`prune\`. */
const TABLES: readonly Table[] = [
  {
    name: "spans",
    columns: SPAN_COLUMNS,
    indexes: SPAN_INDEXES,
    engine: "ReplacingMergeTree",
    version: "version",
    layout: "PARTITION BY toYYYYMMDD(toDateTime(intDiv(start_us, 1000000), 'UTC')) ORDER BY (trace_id, span_id)",
    shardBy: "trace_id",
  },
  {
    name: "traces",
    columns: TRACE_COLUMNS,
    engine: "AggregatingMergeTree",
    layout: "ORDER BY trace_id",
    shardBy: "trace_id",
  },
  {
    name: "feedback",
    columns: FEEDBACK_COLUMNS,
    engine: "ReplacingMergeTree",
    version: "updated_ms",
    layout: "ORDER BY id",
    shardBy: "id",
  },
];

/** What a tree shows of a span: a column that tables of earlier versions do not have, empty in rows that are there. */
const ADD_ROW = "ADD COLUMN IF NOT EXISTS row String CODEC(ZSTD(1)) AFTER roll_up";

/** The statements that make the tables where they are not there, and bring older ones up to this version, in order. */
export function schemaOf({ cluster }: SchemaOptions = {}): string[] {
  if (cluster === undefined) {
    return [
      ...TABLES.map((table) => createTable(table, table.name, engineOf(table), "")),
      `ALTER TABLE spans ${ADD_ROW}`,
      `CREATE MATERIALIZED VIEW IF NOT EXISTS traces_of_spans TO traces AS ${TRACES_OF_SPANS}`,
    ];
  }
  const on = ` ON CLUSTER ${cluster}`;
  const local = TRACES_OF_SPANS.replace("FROM spans", "FROM spans_local AS spans");
  return [
    ...TABLES.map((table) => createTable(table, `${table.name}_local`, replicated(table), on)),
    `ALTER TABLE spans_local${on} ${ADD_ROW}`,
    `CREATE MATERIALIZED VIEW IF NOT EXISTS traces_of_spans${on} TO traces_local AS ${local}`,
    ...TABLES.map(({ name, shardBy }) => {
      const engine = `Distributed(${cluster}, currentDatabase(), ${name}_local, cityHash64(${shardBy}))`;
      return `CREATE TABLE IF NOT EXISTS ${name}${on} AS ${name}_local ENGINE = ${engine}`;
    }),
    `ALTER TABLE spans${on} ${ADD_ROW}`,
  ];
}

function createTable({ columns, indexes = "", layout }: Table, name: string, engine: string, on: string): string {
  return `CREATE TABLE IF NOT EXISTS ${name}${on} (${columns}${indexes}\n) ENGINE = ${engine} ${layout}`;
}

function engineOf({ engine, version = "" }: Table): string {
  return `${engine}(${version})`;
}

function replicated({ name, engine, version }: Table): string {
  const path = `'/clickhouse/tables/{shard}/{database}/${name}', '{replica}'`;
  return `Replicated${engine}(${[path, version].filter((part) => part !== undefined).join(", ")})`;
}
