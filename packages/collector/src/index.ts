export { type AppOptions, type CollectorApp, createApp } from "./app.ts";
export { ConfigError } from "./config-error.ts";
export { type Collector, type CollectorOptions, startCollector } from "./start-collector.ts";
export { createSqliteStore } from "./store/sqlite-store.ts";
export type {
  InsertOutcome,
  Store,
  TraceList,
  TraceListQuery,
  TracePosition,
  TraceSummary,
} from "./store/store.ts";
