import { sendJson } from "../model-server.mjs";
import { sleep } from "./time.mjs";

const DIMENSIONS = 64;

/** `POST /v1/embeddings`: texts that share words lie near each other, so that retrieval finds what it should. */
export async function answerEmbeddings(body, response, { delayMs, failure }) {
  await sleep(delayMs);
  if (failure !== undefined) {
    return sendJson(response, failure, { error: { message: `scripted failure ${failure}`, type: "scripted_error" } });
  }
  // Mistral has a name of its own for them.
  const inputs = [body.input ?? body.inputs].flat();
  const data = inputs.map((text, index) => {
    const vector = embed(String(text));
    const embedding =
      body.encoding_format === "base64" ? Buffer.from(new Float32Array(vector).buffer).toString("base64") : vector;
    return { object: "embedding", index, embedding };
  });
  const tokens = 3 * inputs.length;
  sendJson(response, 200, {
    id: "embeddings-1",
    object: "list",
    model: body.model,
    data,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

function embed(text) {
  const vector = Array.from({ length: DIMENSIONS }, () => 0.001);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [])
    vector[hash(word.slice(0, 6)) % DIMENSIONS] += 1;
  const length = Math.hypot(...vector);
  return vector.map((x) => x / length);
}

function hash(word) {
  let value = 7;
  for (const character of word) value = (value * 31 + character.codePointAt(0)) >>> 0;
  return value;
}
