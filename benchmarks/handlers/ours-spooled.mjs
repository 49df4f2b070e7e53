import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSpool } from "@portkey-tracing/core/node";
import { LangchainCallbackHandler } from "@portkey-tracing/langchain";
import { wrap } from "./ours.mjs";

/** The handler of this repository with the disk spool, in the directory that is given, or in one of its own. */
export function spooled(sinkUrl, durability, given) {
  const directory = given ?? mkdtempSync(join(tmpdir(), "portkey-tracing-benchmark-"));
  const handler = wrap(LangchainCallbackHandler, sinkUrl, { spool: fileSpool({ directory, durability }) });
  const close = async () => {
    await handler.close();
    if (given === undefined) rmSync(directory, { recursive: true, force: true });
  };
  return { ...handler, close };
}

/** Durable against the end of the process. */
export function create(sinkUrl, directory) {
  return spooled(sinkUrl, "process", directory);
}
