import { type CoreModule, coreOfModel } from "./find-copy.ts";

/** What the operator is told where a second copy of LlamaIndex's core cannot be found. */
export const SPLIT_INSTALL: string =
  "the model belongs to another copy of @llamaindex/core than the attached Settings, and that copy could not be found: " +
  "tools and agents that it calls are not traced. Attach its Settings, too: " +
  'import { Settings as CoreSettings } from "@llamaindex/core/global"; handler.attach(Settings, CoreSettings)';

/**
 * `npm i llamaindex @llamaindex/openai @llamaindex/workflow` gives two copies of LlamaIndex's core, and so two
 * `Settings`. Each class of models that is seen leads to the copy that it was made with.
 */
export class SplitInstall {
  private asked = new WeakSet<object>();

  /** The copy behind a model, the first time that a model of its class is seen. */
  find(model: object): CoreModule | undefined {
    const kind = Reflect.getPrototypeOf(model);
    if (kind === null || this.asked.has(kind)) return undefined;
    this.asked.add(kind);
    return coreOfModel(model);
  }

  /** What was found is attached no longer. */
  forget(): void {
    this.asked = new WeakSet();
  }
}
