import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import { Pool } from "undici";
import { createEmptyHandler, ENDS, ERRORS, STARTS } from "./methods.mjs";

const compress = promisify(gzip);
const MAX_BATCH_CHARACTERS = 500_000;

/** The least that a complete handler can do, with gzip at level 1. */
export function create(sinkUrl) {
  return createFloor(sinkUrl, true);
}

/** LangChain's ids, one `JSON.stringify` a span, one POST for each half megabyte, one request at a time. */
export function createFloor(sinkUrl, compressed) {
  const pool = new Pool(new URL(sinkUrl).origin, { connections: 1 });
  const headers = { "content-type": "application/json", ...(compressed ? { "content-encoding": "gzip" } : {}) };
  const open = new Map();
  let batch = [];
  let characters = 0;
  let sending = Promise.resolve();

  const post = async (text) => {
    const body = compressed ? await compress(text, { level: constants.Z_BEST_SPEED }) : text;
    const answer = await pool.request({ path: "/floor", method: "POST", headers, body });
    await answer.body.dump();
  };
  const send = () => {
    const text = `[${batch.join(",")}]`;
    batch = [];
    characters = 0;
    sending = sending.then(() => post(text));
  };
  const end = (output, runId, failed) => {
    const run = open.get(runId);
    if (run === undefined) return;
    open.delete(runId);
    const text = JSON.stringify({ ...run, endMs: Date.now(), failed, output });
    batch.push(text);
    characters += text.length;
    if (characters >= MAX_BATCH_CHARACTERS) send();
  };
  const begin =
    (type) =>
    (serialized, input, runId, parentRunId, ...rest) => {
      const isModel = type === "handleLLMStart" || type === "handleChatModelStart";
      const [parameters, tags, metadata] = isModel ? rest : [undefined, ...rest];
      const traceId = open.get(parentRunId)?.traceId ?? runId;
      const name = rest.at(-1) ?? serialized?.id?.at(-1);
      open.set(runId, {
        runId,
        parentRunId,
        traceId,
        name,
        type,
        startMs: Date.now(),
        input,
        parameters,
        tags,
        metadata,
      });
    };

  const handler = createEmptyHandler("floor");
  for (const method of STARTS) handler[method] = begin(method);
  for (const method of ENDS) handler[method] = (output, runId) => end(output, runId, false);
  for (const method of ERRORS) handler[method] = (error, runId) => end(String(error), runId, true);
  return {
    callbacks: [handler],
    async flush() {
      if (batch.length > 0) send();
      await sending;
    },
  };
}
