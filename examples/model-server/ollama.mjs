import { sendJson } from "../model-server.mjs";
import { sleep } from "./time.mjs";

/** `POST /api/chat`, whole or as lines of JSON. */
export async function answerOllama({ body, answer, response }) {
  const head = { model: body.model, created_at: "2025-01-01T00:00:00Z" };
  const tool_calls = answer.calls.map(({ name, arguments: text }) => ({
    function: { name, arguments: JSON.parse(text) },
  }));
  const last = {
    ...head,
    done: true,
    done_reason: "stop",
    prompt_eval_count: answer.usage?.prompt_tokens,
    eval_count: answer.usage?.completion_tokens,
  };
  const whole = {
    role: "assistant",
    content: answer.text ?? "",
    ...(tool_calls.length > 0 ? { tool_calls } : {}),
  };
  if (body.stream === false) return sendJson(response, 200, { ...last, message: whole });
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  for (const content of answer.text?.match(/\S+\s*/g) ?? []) {
    await sleep(answer.chunkDelayMs);
    response.write(`${JSON.stringify({ ...head, done: false, message: { role: "assistant", content } })}\n`);
  }
  response.end(`${JSON.stringify({ ...last, message: { ...whole, content: "" } })}\n`);
}
