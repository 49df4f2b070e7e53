export { MAX_GATEWAY_ATTEMPTS, toAttemptSpanId, toGatewayAttemptId } from "./attempt-id.ts";
export { fromLogRecord, type LogContext, type LogReading } from "./from-log-record.ts";
export { parseIsoDate } from "./iso-date.ts";
export { type LogProblem, MAX_NAME_CHARACTERS } from "./log-fields.ts";
export type { LogRecord, TracingExtension, WireMetadata } from "./log-record.ts";
export { MAX_METADATA_CHARACTERS, RESERVED_METADATA_KEYS, toLogRecord } from "./to-log-record.ts";
