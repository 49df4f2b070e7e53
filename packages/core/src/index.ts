export type { JsonObject, JsonValue } from "./json.ts";
export * from "./span.ts";
