import { sendJson } from "../model-server.mjs";
import { openStream } from "./stream.mjs";

/** `POST /v1/responses`, whole or as a stream. */
export async function answerResponse({ id, body, answer, response }) {
  const whole = toResponse({ id, body, answer });
  if (!body.stream) return sendJson(response, 200, whole);
  const stream = openStream(response, answer);
  let sequence_number = 0;
  const event = (type, value) => stream.event(type, { sequence_number: sequence_number++, ...value });
  await event("response.created", { response: { ...whole, status: "in_progress", output: [], usage: null } });
  for (const [output_index, item] of whole.output.entries()) {
    const started =
      item.type === "message" ? { ...item, status: "in_progress", content: [] } : { ...item, arguments: "" };
    await event("response.output_item.added", { output_index, item: started });
    if (item.type === "message") await streamText(stream, event, { item, output_index, text: answer.text });
    else
      await event("response.function_call_arguments.done", {
        item_id: item.id,
        output_index,
        arguments: item.arguments,
      });
    await event("response.output_item.done", { output_index, item });
  }
  await event("response.completed", { response: whole });
  response.end();
}

async function streamText(stream, event, { item, output_index, text }) {
  const place = { item_id: item.id, output_index, content_index: 0 };
  await event("response.content_part.added", { ...place, part: { type: "output_text", text: "", annotations: [] } });
  for (const delta of text.match(/\S+\s*/g) ?? []) {
    if (await stream.word(() => event("response.output_text.delta", { ...place, delta }))) return;
  }
  await event("response.output_text.done", { ...place, text });
}

function toResponse({ id, body, answer }) {
  const message = {
    type: "message",
    id: `msg_${id}`,
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: answer.text, annotations: [] }],
  };
  const calls = answer.calls.map((call, index) => ({
    type: "function_call",
    id: `fc_${id}_${index}`,
    call_id: `call_${id}_${index}`,
    status: "completed",
    ...call,
  }));
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: 1_700_000_000,
    status: "completed",
    model: `${body.model}-2024-07-18`,
    output: calls.length > 0 ? calls : [message],
    output_text: answer.text ?? "",
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    tools: [],
    usage: answer.usage === undefined ? null : toUsage(answer.usage),
  };
}

function toUsage(usage) {
  return {
    input_tokens: usage.prompt_tokens,
    output_tokens: usage.completion_tokens,
    total_tokens: usage.total_tokens,
    input_tokens_details: { cached_tokens: usage.prompt_tokens_details.cached_tokens },
    output_tokens_details: { reasoning_tokens: usage.completion_tokens_details.reasoning_tokens },
  };
}
