import type * as Libs from "../../../fixtures/langchain-1/libs.ts";
import type { LangchainCallbackHandler } from "../src/index.ts";

/** What a program gets: one line of LangChain's packages, a handler and a model server. */
export interface Setting {
  readonly libs: typeof Libs;
  readonly handler: LangchainCallbackHandler;
  readonly callbacks: [LangchainCallbackHandler];
  readonly baseURL: string;
  /** A ChatOpenAI on the model server. */
  readonly chat: (fields?: Record<string, unknown>) => InstanceType<typeof Libs.ChatOpenAI>;
}

/** A user's program and the tree that it must give. */
export interface Program {
  readonly name: string;
  readonly run: (setting: Setting) => Promise<unknown>;
  /** The same on every line, or one for each. */
  readonly expected: string | { readonly "1": string; readonly "0.3": string };
  /** Runs side by side are compared by name. */
  readonly order?: "name";
  /** Lines of LangChain on which the program can be written. */
  readonly lines?: readonly ("1" | "0.3")[];
}

/** A key that must never leave the process. */
export const SECRET = "sk-golden-SECRET";

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs what is expected to fail; gives the message of what it threw. */
export async function failing(fn: () => Promise<unknown>): Promise<string> {
  try {
    await fn();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error("the program was expected to fail");
}

/** Reads a stream to its end. */
export async function drain<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
