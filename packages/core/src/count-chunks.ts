import { addUsage } from "./add-usage.ts";
import type { TokenEvent } from "./event.ts";
import { isJsonObject, type JsonValue } from "./json.ts";
import type { OpenRun } from "./open-runs.ts";
import type { Usage } from "./span.ts";

/** Takes down what a chunk counts. */
export function countChunk(run: OpenRun, usage: Usage, counts: TokenEvent["counts"]): void {
  if (counts === "so-far") {
    run.usage = usage;
    return;
  }
  const sum = addUsage(run.usage, usage);
  const isWhole = run.begun > 0 && usage.completion_tokens >= run.begun;
  run.usage = isWhole ? lessCompletion(sum, run.begun) : sum;
  if (isWhole) run.toldTwice += run.begun;
  run.begun = counts === "begun" ? usage.completion_tokens : isWhole ? 0 : run.begun;
}

/**
 * The answer with the counts of its chunks, where the framework has added these up wrongly: it counts the beginning of the
 * completion twice, or its total is not that of its parts and the chunks' is. In all other cases the answer's own counts
 * stay: a framework need not hand on every chunk.
 */
export function withCountsOfChunks(run: OpenRun, answer: JsonValue | undefined): JsonValue | undefined {
  const counted = run.usage;
  if (counted === undefined || run.model === undefined || !isJsonObject(answer)) return answer;
  const { usage: given } = answer;
  if (!isJsonObject(given) || given["prompt_tokens"] !== counted.prompt_tokens) return answer;
  const completion = Number(given["completion_tokens"]);
  const isTwice = run.toldTwice > 0 && completion - counted.completion_tokens === run.toldTwice;
  const isOff = given["total_tokens"] !== counted.prompt_tokens + completion;
  const isSound = counted.total_tokens === counted.prompt_tokens + counted.completion_tokens;
  return isSound && (isTwice || isOff) ? { ...answer, usage: { ...counted } } : answer;
}

function lessCompletion(usage: Usage, tokens: number): Usage {
  return {
    ...usage,
    completion_tokens: usage.completion_tokens - tokens,
    total_tokens: usage.total_tokens - tokens,
  };
}
