import type * as Libs from "../../../fixtures/langchain-1/libs.ts";
import type { LangchainCallbackHandler } from "../src/index.ts";

export { drain, failing, sleep } from "../../../tests/support/user-programs.ts";

/** What a program gets: one line of LangChain's packages, a handler and a model server. */
export interface Setting {
  readonly libs: typeof Libs;
  readonly handler: LangchainCallbackHandler;
  readonly callbacks: [LangchainCallbackHandler];
  readonly baseURL: string;
  /** A ChatOpenAI on the model server. */
  readonly chat: (fields?: Record<string, unknown>) => InstanceType<typeof Libs.ChatOpenAI>;
}

/** Lines of LangChain that are tested: the newest of each, and the oldest that is supported. */
export type Line = "1" | "0.3" | "0.3.40";

/** A user's program and the tree that it must give. */
export interface Program {
  readonly name: string;
  readonly run: (setting: Setting) => Promise<unknown>;
  /** The same on every line, or one for each; 0.3.40 has that of 0.3 where it has none of its own. */
  readonly expected: string | { readonly "1": string; readonly "0.3": string; readonly "0.3.40"?: string };
  /** Runs side by side are compared by name. */
  readonly order?: "name";
  /** Lines of LangChain on which the program can be written. */
  readonly lines?: readonly Line[];
}

/** A key that must never leave the process. */
export const SECRET = "sk-golden-SECRET";

/** The tree that a program must give on a line. */
export function expectedOn(line: Line, { expected }: Program): string {
  if (typeof expected === "string") return expected;
  return expected[line] ?? expected["0.3"];
}
