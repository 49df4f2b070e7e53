export type { LogRecord, TracingExtension, WireMetadata } from "./log-record.ts";
export { MAX_METADATA_CHARACTERS, RESERVED_METADATA_KEYS, toLogRecord } from "./to-log-record.ts";
