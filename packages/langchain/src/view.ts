import { isMessage, toOpenAIMessage } from "./map/messages.ts";
import { readable } from "./map/readable.ts";
import { withoutData } from "./map/without-data.ts";
import { fieldsOf } from "./read.ts";

/**
 * Stand-ins for LangChain's own objects, wherever they lie inside inputs and outputs: messages in OpenAI's shape,
 * documents, prompt values and generations by what they say, and nothing of clients, models and handlers.
 */
export function viewLangChainObject(value: object, inlineMedia: boolean): unknown {
  if (isMessage(value)) return toOpenAIMessage(value, inlineMedia);
  const fields = fieldsOf(value);
  if (isDocument(value)) {
    const { id, pageContent, metadata } = fields;
    return id === undefined ? { pageContent, metadata } : { id, pageContent, metadata };
  }
  if (isSerializable(value)) {
    if ("messages" in fields) return { messages: fields["messages"] };
    if (typeof fields["value"] === "string") return { value: fields["value"] };
    return `[${value.constructor.name}]`;
  }
  if (isRunnable(value)) return `[${value.constructor.name}]`;
  return inlineMedia ? undefined : readable(() => describedMedia(value), undefined);
}

/** Types of content parts that may hold data, in the forms that providers and LangChain give them. */
const MEDIA: ReadonlySet<string> = new Set(
  "image_url image input_image audio input_audio video file input_file document media".split(" "),
);

/** A content part of a message that is no object of LangChain's yet, as graphs and agents take it. */
function describedMedia(part: object): unknown {
  const { type } = fieldsOf(part);
  if (typeof type !== "string" || !MEDIA.has(type)) return undefined;
  const described = withoutData(part);
  return described === part ? undefined : described;
}

function isDocument(value: object): boolean {
  return "pageContent" in value && "metadata" in value && Object.getPrototypeOf(value) !== Object.prototype;
}

function isSerializable(value: object): boolean {
  return "lc_serializable" in value && "lc_namespace" in value;
}

function isRunnable(value: object): boolean {
  return "lc_runnable" in value && typeof (value as { invoke?: unknown }).invoke === "function";
}
