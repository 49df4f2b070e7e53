import { crc32 } from "node:zlib";
import { sendJson } from "../model-server.mjs";

/** `POST /model/{model}/invoke` and `…/invoke-with-response-stream`, for Anthropic's models and Amazon's own. */
export function answerBedrock({ id, answer, response, path }) {
  const { prompt_tokens, completion_tokens } = answer.usage ?? { prompt_tokens: 0, completion_tokens: 0 };
  if (!path.endsWith("-stream")) {
    return sendJson(response, 200, {
      id: `msg_${id}`,
      role: "assistant",
      content: [{ type: "text", text: answer.text }],
      stop_reason: "end_turn",
      usage: { input_tokens: prompt_tokens, output_tokens: completion_tokens },
    });
  }
  response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
  for (const text of answer.text.match(/\S+\s*/g) ?? []) {
    response.write(toFrame({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text } }));
  }
  const metrics = { inputTokenCount: prompt_tokens, outputTokenCount: completion_tokens };
  response.end(toFrame({ type: "message_stop", "amazon-bedrock-invocationMetrics": metrics }));
}

/** A message of Amazon's event streams: lengths, headers, a payload, and two checksums. */
function toFrame(event) {
  const payload = Buffer.from(JSON.stringify({ bytes: Buffer.from(JSON.stringify(event)).toString("base64") }));
  const headers = Buffer.concat([
    toHeader(":event-type", "chunk"),
    toHeader(":content-type", "application/json"),
    toHeader(":message-type", "event"),
  ]);
  const frame = Buffer.alloc(12 + headers.length + payload.length + 4);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(headers.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  headers.copy(frame, 12);
  payload.copy(frame, 12 + headers.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return frame;
}

function toHeader(name, value) {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(value.length);
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), size, Buffer.from(value)]);
}
