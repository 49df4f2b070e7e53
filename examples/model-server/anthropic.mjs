import { sendJson } from "../model-server.mjs";
import { openStream } from "./stream.mjs";

/** `POST /v1/messages`, whole or as a stream. */
export async function answerAnthropic({ id, body, answer, response }) {
  const head = { id: `msg_${id}`, type: "message", role: "assistant", model: body.model, stop_sequence: null };
  const content = toContent(id, answer);
  const stop_reason = answer.calls.length > 0 ? "tool_use" : "end_turn";
  const counts = answer.usage ?? { prompt_tokens: 0, completion_tokens: 0 };
  const usage = { input_tokens: counts.prompt_tokens - 3, cache_read_input_tokens: 3 };
  if (!body.stream) {
    return sendJson(response, 200, {
      ...head,
      content,
      stop_reason,
      usage: { ...usage, output_tokens: counts.completion_tokens },
    });
  }
  const stream = openStream(response, answer);
  await stream.event("message_start", {
    message: { ...head, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  });
  for (const [index, block] of content.entries()) if (await streamBlock(stream, index, block)) return;
  await stream.event("message_delta", {
    delta: { stop_reason, stop_sequence: null },
    usage: { output_tokens: counts.completion_tokens },
  });
  await stream.event("message_stop", {});
  response.end();
}

function toContent(id, answer) {
  if (answer.calls.length === 0) return [{ type: "text", text: answer.text }];
  return answer.calls.map((call, index) => ({
    type: "tool_use",
    id: `toolu_${id}_${index}`,
    name: call.name,
    input: JSON.parse(call.arguments),
  }));
}

/** True where the stream is over because of its script. */
async function streamBlock(stream, index, block) {
  const delta = (value) => stream.event("content_block_delta", { index, delta: value });
  if (block.type === "text") {
    await stream.event("content_block_start", { index, content_block: { type: "text", text: "" } });
    for (const text of block.text.match(/\S+\s*/g) ?? []) {
      if (await stream.word(() => delta({ type: "text_delta", text }))) return true;
    }
  } else {
    await stream.event("content_block_start", { index, content_block: { ...block, input: {} } });
    await delta({ type: "input_json_delta", partial_json: JSON.stringify(block.input) });
  }
  await stream.event("content_block_stop", { index });
  return false;
}

/** Anthropic's messages in OpenAI's shape. */
export function fromAnthropic({ messages }) {
  return messages.flatMap(({ role, content }) => {
    const parts = typeof content === "string" ? [{ type: "text", text: content }] : content;
    const results = parts.filter((part) => part.type === "tool_result");
    if (results.length > 0) return results.map((part) => ({ role: "tool", content: part.content }));
    return [{ role, content: parts, tool_calls: parts.filter((part) => part.type === "tool_use") }];
  });
}
