import { sendJson } from "../model-server.mjs";
import { openStream } from "./stream.mjs";

const CREATED = 1_700_000_000;

/** `POST /v1/chat/completions`, whole or as a stream. */
export async function answerChat({ id, body, answer, response }) {
  const head = {
    id: `chatcmpl-${id}`,
    created: CREATED,
    model: `${body.model}-2024-07-18`,
    system_fingerprint: "fp_scripted",
  };
  const toolCalls = answer.calls.map((call, index) => ({
    id: `call_${id}_${index}`,
    type: "function",
    function: call,
  }));
  if (body.stream) return streamChat({ head, body, answer, response, toolCalls });
  const message = {
    role: "assistant",
    content: answer.text,
    refusal: null,
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  };
  const finish_reason = toolCalls.length > 0 ? "tool_calls" : "stop";
  const choices = Array.from({ length: body.n ?? 1 }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason,
  }));
  sendJson(response, 200, {
    ...head,
    object: "chat.completion",
    choices,
    ...(answer.usage ? { usage: answer.usage } : {}),
  });
}

async function streamChat({ head, body, answer, response, toolCalls }) {
  const stream = openStream(response, answer);
  if (answer.empty) return stream.end();
  const frame = { ...head, object: "chat.completion.chunk" };
  const chunk = (delta, finish_reason = null) =>
    stream.data({ ...frame, choices: [{ index: 0, delta, logprobs: null, finish_reason }] });
  await chunk({ role: "assistant", content: toolCalls.length > 0 ? null : "" });
  for (const [index, call] of toolCalls.entries()) {
    if (isMistral(body)) {
      await chunk({ tool_calls: [{ index, ...call }] });
      continue;
    }
    await chunk({
      tool_calls: [{ index, id: call.id, type: "function", function: { name: call.function.name, arguments: "" } }],
    });
    for (const piece of call.function.arguments.match(/.{1,12}/gs) ?? []) {
      await chunk({ tool_calls: [{ index, function: { arguments: piece } }] });
    }
  }
  for (const word of answer.text?.match(/\S+\s*/g) ?? []) if (await stream.word(() => chunk({ content: word }))) return;
  const finish_reason = toolCalls.length > 0 ? "tool_calls" : "stop";
  if (isMistral(body))
    await stream.data({
      ...frame,
      choices: [{ index: 0, delta: { content: "" }, finish_reason }],
      usage: answer.usage,
    });
  else await chunk({}, finish_reason);
  if (body.stream_options?.include_usage && answer.usage)
    await stream.data({ ...frame, choices: [], usage: answer.usage });
  stream.end();
}

/** Mistral sends the calls of tools whole, and counts tokens in the last part, unasked. */
function isMistral(body) {
  return body.model.startsWith("mistral");
}

/** `POST /v1/completions`, whole or as a stream. */
export async function answerCompletion({ id, body, answer, response }) {
  const frame = { id: `cmpl-${id}`, object: "text_completion", created: CREATED, model: body.model };
  if (!body.stream) {
    return sendJson(response, 200, {
      ...frame,
      choices: [choice(answer.text, "stop")],
      ...(answer.usage ? { usage: answer.usage } : {}),
    });
  }
  const stream = openStream(response, answer);
  for (const word of answer.text.match(/\S+\s*/g) ?? []) {
    if (await stream.word(() => stream.data({ ...frame, choices: [choice(word, null)] }))) return;
  }
  await stream.data({ ...frame, choices: [choice("", "stop")] });
  if (body.stream_options?.include_usage && answer.usage)
    await stream.data({ ...frame, choices: [], usage: answer.usage });
  stream.end();
}

function choice(text, finish_reason) {
  return { index: 0, text, logprobs: null, finish_reason };
}
