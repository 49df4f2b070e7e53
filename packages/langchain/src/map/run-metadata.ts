import { type Fields, fieldsOf, listIn, textIn } from "../read.ts";

/** Tags that LangChain and LangGraph set for themselves. */
const INTERNAL_TAG =
  /^(seq:step:\d+|map:key:.*|condition:\d+|branch:.*|retry:attempt:\d+|graph:step:\d+|langsmith:.*|step_\d+)$/;

/** Metadata that the frameworks set for themselves and that says nothing to people. */
const INTERNAL_KEY =
  /^(ls_.*|__.*|lc_.*|versions|checkpoint_ns|langgraph_triggers|langgraph_path|langgraph_request_id|langgraph_auth_.*)$/;

const MAX_REMEMBERED = 4096;

/** Remembers what a pattern says of a text: programs use few, many times. */
function remembered(pattern: RegExp): (text: string) => boolean {
  const answers = new Map<string, boolean>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = pattern.test(text);
    if (answers.size < MAX_REMEMBERED) answers.set(text, answer);
    return answer;
  };
}

const isInternalTag = remembered(INTERNAL_TAG);
const isInternalKey = remembered(INTERNAL_KEY);

/** Tags that the user gave. */
export function toTags(tags: unknown): string[] {
  return listIn(tags).filter((tag) => typeof tag === "string" && !isInternalTag(tag)) as string[];
}

/** True for LangGraph's plumbing (`__start__`, `ChannelWrite<…>`, …). Old versions did not tag all of it. */
export function isHidden(serialized: unknown, tags: unknown, runName: unknown): boolean {
  if (listIn(tags).includes("langsmith:hidden")) return true;
  const [framework, kind] = listIn(fieldsOf(serialized)["id"]);
  if (framework !== "langgraph") return false;
  return kind === "ChannelWrite" || (kind === "RunnableCallable" && runName === "func");
}

/** Metadata that the user gave, LangGraph's node, step, thread and checkpoint, and which attempt of a retry this is. */
export function toMetadata(metadata: unknown, tags: unknown): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  const given = fieldsOf(metadata);
  for (const key in given) {
    if (!isInternalKey(key) && key !== "traceId") kept[key] = given[key];
  }
  const list = listIn(tags);
  const attempt =
    list.length === 0 ? undefined : list.find((tag) => typeof tag === "string" && tag.startsWith("retry:attempt:"));
  if (typeof attempt === "string") kept["retry_attempt"] = attempt.slice("retry:attempt:".length);
  return kept;
}

/** `metadata.traceId` at a call pins the trace id of what that call starts. */
export function toPinnedTraceId(metadata: unknown): string | undefined {
  return textIn(fieldsOf(metadata)["traceId"]);
}

/** Name of a run: what the user called it, else the class. */
export function toName(serialized: unknown, runName: unknown, fallback: string): string {
  const fields: Fields = fieldsOf(serialized);
  return textIn(runName) ?? textIn(fields["name"]) ?? textIn(listIn(fields["id"]).at(-1)) ?? fallback;
}
