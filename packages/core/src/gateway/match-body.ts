import { isJsonObject, type JsonValue } from "../json.ts";
import type { OpenRun } from "../open-runs.ts";
import type { ModelRequests } from "./model-requests.ts";

/**
 * The one call of a model that still waits for an answer and asks what this request asks: as many messages, with the same
 * text in the last one. None where several do.
 */
export function findByBody(body: string, runs: readonly OpenRun[]): ModelRequests | undefined {
  const waiting = runs.filter((run) => run.requests?.mayAsk === true);
  if (waiting.length === 0) return undefined;
  const asked = fingerprint(parse(body));
  if (asked === undefined) return undefined;
  const [found, second] = waiting.filter((run) => fingerprint(run.input) === asked);
  return second === undefined ? found?.requests : undefined;
}

function fingerprint(request: JsonValue | undefined): string | undefined {
  const { messages } = isJsonObject(request) ? request : {};
  if (!Array.isArray(messages)) return undefined;
  const last = messages.at(-1);
  const content = isJsonObject(last) ? last["content"] : undefined;
  return content === undefined ? undefined : `${messages.length}:${JSON.stringify(content)}`;
}

function parse(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    // A body of another kind says nothing of a call.
    return undefined;
  }
}
