import { pathToFileURL } from "node:url";
import { wrap } from "./ours.mjs";

/** Another build of our handler, named by `--candidate <folder of packages/langchain>`: to measure a change. */
export async function create(sinkUrl) {
  const file = `${process.env.BENCH_CANDIDATE}/dist/index.mjs`;
  const { LangchainCallbackHandler } = await import(pathToFileURL(file).href);
  return wrap(LangchainCallbackHandler, sinkUrl);
}
