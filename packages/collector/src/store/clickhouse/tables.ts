/** A table: how its rows of one key are merged, and how they lie. */
export interface Table {
  readonly name: string;
  readonly columns: string;
  readonly engine: string;
  readonly version?: string;
  readonly layout: string;
  readonly shardBy: string;
}

/** A part is a day's: retention drops whole days where it can. */
const BY_DAY = "PARTITION BY toYYYYMMDD(toDateTime(intDiv(start_us, 1000000), 'UTC'))";

/**
 * Rows that are read in one go. Traces are looked up by ids that lie anywhere: the fewer, the less is read beside what is
 * asked for.
 */
const FEW = "SETTINGS index_granularity = 512";
const VERY_FEW = "SETTINGS index_granularity = 256";

/** Microseconds by the server's clock: that of all collectors together. */
export const ARRIVED = "arrived_us Int64 DEFAULT toUnixTimestamp64Micro(now64(6))";

/**
 * Columns of a span. Times are microseconds. Of rows with the same ids that of the highest version is the span. The index of
 * words holds what four characters stand beside each other.
 */
const SPAN_COLUMNS = `
  trace_id String,
  span_id String,
  version UInt64,
  ${ARRIVED},
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
  total UInt64,
  cached UInt64,
  first_token_us Nullable(Int64),
  name String,
  user String,
  session String,
  facets Array(String),
  row String CODEC(ZSTD(1)),
  words String CODEC(ZSTD(1)),
  body String CODEC(ZSTD(3)),
  INDEX by_arrival arrived_us TYPE minmax GRANULARITY 1,
  INDEX by_words words TYPE ngrambf_v1(4, 8192, 2, 0) GRANULARITY 1`;

/**
 * What is known of a trace without reading its spans. All functions give the same for a row that comes twice. What a
 * replaced span said stays in here: it finds candidates, which are then looked at.
 */
const TRACE_COLUMNS = `
  trace_id String,
  start_us SimpleAggregateFunction(min, Int64),
  end_us SimpleAggregateFunction(max, Int64),
  has_unfinished SimpleAggregateFunction(max, UInt8),
  root_statuses SimpleAggregateFunction(groupUniqArrayArray, Array(String))`;

/**
 * The lists that a trace is part of, in the order of time: that of all, named by an empty text, that of its status and those
 * of its facets. A trace stands in each list as often as inserts said so, at the earliest start that each knew.
 */
const LIST_COLUMNS = `
  list String,
  start_us Int64,
  trace_id String`;

const FEEDBACK_COLUMNS = `
  id String,
  trace_id String,
  value Int8,
  weight Float64,
  metadata String,
  created_ms Int64,
  updated_ms Int64,
  INDEX by_trace trace_id TYPE bloom_filter GRANULARITY 1`;

/** All tables. */
export const TABLES: readonly Table[] = [
  {
    name: "spans",
    columns: SPAN_COLUMNS,
    engine: "ReplacingMergeTree",
    version: "version",
    layout: `${BY_DAY} ORDER BY (trace_id, span_id) ${FEW}`,
    shardBy: "trace_id",
  },
  {
    name: "traces",
    columns: TRACE_COLUMNS,
    engine: "AggregatingMergeTree",
    layout: `ORDER BY trace_id ${VERY_FEW}`,
    shardBy: "trace_id",
  },
  {
    name: "lists",
    columns: LIST_COLUMNS,
    engine: "ReplacingMergeTree",
    layout: `${BY_DAY} ORDER BY (list, start_us, trace_id) ${FEW}`,
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

/** What fills a table whenever spans are inserted. */
export interface View {
  readonly name: string;
  readonly to: string;
  readonly select: string;
}

const TRACES_OF_SPANS = `SELECT
  trace_id,
  min(spans.start_us) AS start_us,
  max(spans.start_us + spans.duration_us) AS end_us,
  max(toUInt8(status = 'unfinished')) AS has_unfinished,
  groupUniqArrayIf(toString(status), is_root) AS root_statuses
FROM spans GROUP BY trace_id`;

/** Lists of traces by their spans, which are still to be grouped. */
export const LISTS_OF_EACH = `SELECT
  arrayJoin(arrayConcat([''], groupUniqArrayIf(concat('status:', toString(status)), is_root), groupUniqArrayArray(facets))) AS list,
  min(spans.start_us) AS start_us,
  trace_id
FROM spans`;

export const VIEWS: readonly View[] = [
  { name: "traces_of_spans", to: "traces", select: TRACES_OF_SPANS },
  { name: "lists_of_spans", to: "lists", select: `${LISTS_OF_EACH} GROUP BY trace_id` },
];
