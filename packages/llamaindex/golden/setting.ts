import type { Diagnostic } from "@portkey-tracing/core";
import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { LlamaIndexCallbackHandler } from "../src/index.ts";
import { createTools, DOCUMENTS, SECRET, type Setting } from "./program.ts";

/** A setting for one program, and what a test wants to know of it. */
export interface Stage {
  readonly setting: Setting;
  readonly diagnostics: readonly Diagnostic[];
  readonly detach: () => void;
}

/** Sets models on `Settings`, builds an index, and only then attaches a new handler. */
export async function createSetting(libs: typeof Libs, modelURL: string, sinkURL: string): Promise<Stage> {
  const { llamaindex: L, openai: O, workflow: W, z } = libs;
  const common = { apiKey: SECRET, baseURL: modelURL, maxRetries: 0 };
  const model: Setting["model"] = (options) => new O.OpenAI({ ...common, model: "gpt-4o-mini", ...options });
  const llm = model();
  L.Settings.llm = llm;
  L.Settings.embedModel = new O.OpenAIEmbedding({ ...common, model: "text-embedding-3-small" });
  const index = await L.VectorStoreIndex.fromDocuments(DOCUMENTS.map((fields) => new L.Document(fields)));
  const diagnostics: Diagnostic[] = [];
  const handler = new LlamaIndexCallbackHandler({ baseURL: sinkURL, onDiagnostic: (one) => diagnostics.push(one) });
  const detach = handler.attach(L.Settings);
  const setting = { L, O, W, z, handler, baseURL: modelURL, llm, model, index, tools: createTools(libs) };
  return { setting, diagnostics, detach };
}
