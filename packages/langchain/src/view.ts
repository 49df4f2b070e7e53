import { isMessage, toOpenAIMessage } from "./map/messages.ts";
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
  return isRunnable(value) ? `[${value.constructor.name}]` : undefined;
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
