export { type AppOptions, type CollectorApp, createApp } from "./app.ts";
export { ConfigError } from "./config-error.ts";
export { type Collector, type CollectorOptions, startCollector } from "./start-collector.ts";
export { type SchemaOptions, schemaOf as clickHouseSchema } from "./store/clickhouse/schema.ts";
export { createClickHouseStore } from "./store/clickhouse-store.ts";
export { createSqliteStore } from "./store/sqlite-store.ts";
export type { StatRow } from "./store/stats.ts";
export type {
  ArrivedTraces,
  Feedback,
  FeedbackSummary,
  ModelUsage,
  Pruned,
  Retention,
  SpanPage,
  Store,
  TraceFilter,
  TraceList,
  TraceListQuery,
  TracePosition,
  TraceStatus,
  TraceSummary,
} from "./store/store.ts";
