import { type ErrorEvent, type SpanError, toSpanError } from "@portkey-tracing/core";
import { type Fields, fieldsOf, listIn } from "../read.ts";
import { readable } from "./readable.ts";

/** The texts of aborts that LangChain and LangGraph report as errors without a name of their own. */
const ABORT_MESSAGE =
  /^(Abort(ed|Error)?|Request was aborted\.?|This operation was aborted|The operation was aborted)$/;

/** How a run that did not return has ended. LangGraph's control flow travels as errors, and is none. Never throws. */
export function toRunError(
  runId: string,
  error: unknown,
  withStacks = true,
): ErrorEvent | { kind: "end"; runId: string } {
  const interruption = readable(() => toBubbleUp(runId, fieldsOf(error)), undefined);
  if (interruption !== undefined) return interruption;
  return {
    kind: "error",
    runId,
    status: "error",
    error: withKnownStatus(withStacks ? toSpanError(error) : withoutStacks(toSpanError(error))),
  };
}

function withoutStacks({ stack: _stack, cause, ...rest }: SpanError): SpanError {
  return cause === undefined ? rest : { ...rest, cause: withoutStacks(cause) };
}

function toBubbleUp(runId: string, fields: Fields): ErrorEvent | { kind: "end"; runId: string } | undefined {
  if (fields["is_bubble_up"] !== true) return undefined;
  if (fields["name"] === "ParentCommand") return { kind: "end", runId };
  if (fields["name"] === "GraphDrained")
    return { kind: "error", runId, status: "interrupted", value: fields["reason"] };
  const value = listIn(fields["interrupts"]).map((interrupt) => fieldsOf(interrupt)["value"]);
  return { kind: "error", runId, status: "interrupted", value: value.length === 1 ? value[0] : value };
}

/** What LangGraph stopped says so by its text or its name alone. */
function withKnownStatus(error: SpanError): SpanError {
  if (error.type === "NodeTimeoutError") return { ...error, httpStatus: 408 };
  const isAbort = error.type === "Error" && error.httpStatus === undefined && ABORT_MESSAGE.test(error.message);
  return isAbort ? { ...error, type: "AbortError", httpStatus: 499 } : error;
}

/** Input of a tool: LangChain hands it over as JSON text. */
export function toToolInput(input: unknown): unknown {
  if (typeof input !== "string" || !/^\s*[[{]/.test(input)) return input;
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}
