import { isJsonObject, type JsonObject, type JsonValue } from "./json.ts";
import { toSoundId } from "./sound.ts";

/** Metadata of every span, and the trace id that is pinned by option or by metadata. */
export interface PinnedTrace {
  readonly metadata: JsonObject;
  readonly traceId: string | undefined;
}

/** `metadata.traceId` pins the trace id too, as it does in Portkey's Python handlers. */
export function pinnedTrace(option: string | undefined, given: JsonValue | undefined): PinnedTrace {
  const base = isJsonObject(given) ? given : {};
  const { traceId: named, ...metadata } = base;
  const told = toSoundId(named);
  const traceId = toSoundId(option) ?? told;
  const isPinnedByIt = told !== undefined && traceId === told;
  return { metadata: named === undefined || isPinnedByIt ? metadata : base, traceId };
}
