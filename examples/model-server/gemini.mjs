import { sendJson } from "../model-server.mjs";
import { openStream } from "./stream.mjs";

/** `POST …:generateContent` and `…:streamGenerateContent`. */
export async function answerGemini({ id, answer, response, path }) {
  const counts = answer.usage ?? { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
  const usageMetadata = {
    promptTokenCount: counts.prompt_tokens,
    candidatesTokenCount: counts.completion_tokens,
    totalTokenCount: counts.total_tokens,
    cachedContentTokenCount: 3,
  };
  const toAnswer = (parts, isLast) => ({
    candidates: [{ content: { role: "model", parts }, index: 0, ...(isLast ? { finishReason: "STOP" } : {}) }],
    usageMetadata,
    modelVersion: "gemini-scripted",
    responseId: `gemini-${id}`,
  });
  const calls = answer.calls.map(({ name, arguments: text }) => ({ functionCall: { name, args: JSON.parse(text) } }));
  if (!path.includes(":stream")) {
    return sendJson(response, 200, toAnswer(calls.length > 0 ? calls : [{ text: answer.text }], true));
  }
  const stream = openStream(response, answer);
  const words = answer.text?.match(/\S+\s*/g) ?? [];
  for (const [index, text] of words.entries()) {
    if (await stream.word(() => stream.data(toAnswer([{ text }], index === words.length - 1)))) return;
  }
  if (calls.length > 0) await stream.data(toAnswer(calls, true));
  response.end();
}

/** Gemini's contents in OpenAI's shape. */
export function fromGemini({ contents }) {
  return contents.map(({ role, parts }) => {
    if (parts.some((part) => part.functionResponse !== undefined)) return { role: "tool", content: "" };
    const tool_calls = parts.filter((part) => part.functionCall !== undefined);
    return { role: role === "model" ? "assistant" : "user", content: parts, tool_calls };
  });
}
