import type * as Libs from "../../../fixtures/llamaindex-matched/libs.ts";
import { sleep } from "../../../tests/support/user-programs.ts";
import type { LlamaIndexCallbackHandler } from "../src/index.ts";

export { drain, failing, sleep } from "../../../tests/support/user-programs.ts";

type OpenAIOptions = ConstructorParameters<typeof Libs.openai.OpenAI>[0];
type Answer = Libs.llamaindex.JSONValue | Promise<Libs.llamaindex.JSONValue>;
type Index = Awaited<ReturnType<typeof Libs.llamaindex.VectorStoreIndex.fromDocuments>>;

/** What a program gets: LlamaIndex's packages, an attached handler and a model server. */
export interface Setting {
  readonly L: typeof Libs.llamaindex;
  readonly O: typeof Libs.openai;
  readonly W: typeof Libs.workflow;
  readonly z: typeof Libs.z;
  readonly handler: LlamaIndexCallbackHandler;
  readonly baseURL: string;
  /** The model that is set on `Settings`. */
  readonly llm: InstanceType<typeof Libs.openai.OpenAI>;
  /** Another model on the model server. */
  readonly model: (options?: OpenAIOptions) => InstanceType<typeof Libs.openai.OpenAI>;
  /** Two documents, indexed before the handler was attached. */
  readonly index: Index;
  readonly tools: Tools;
}

/** A user's program and the tree that it must give, on every install. */
export interface Program {
  readonly name: string;
  readonly run: (setting: Setting) => Promise<unknown>;
  readonly expected: string;
  /** Runs side by side are compared by name. */
  readonly order?: "name";
}

/** A key that must never leave the process. */
export const SECRET = "sk-golden-SECRET";

/** Waits until nothing is open any more. */
export async function quiet({ handler }: Setting): Promise<void> {
  while (handler.stats().openRuns > 0) await sleep(5);
}

/** One message of a user. */
export const user = (content: string): { role: "user"; content: string }[] => [{ role: "user", content }];

/** Reads so many items of a stream, and leaves it. */
export async function leaveAfter<T>(count: number, stream: AsyncIterable<T>): Promise<void> {
  let seen = 0;
  for await (const _item of stream) {
    seen += 1;
    if (seen === count) break;
  }
}

/** The documents of the index. */
export const DOCUMENTS: readonly { id_: string; text: string }[] = [
  { id_: "alpha", text: "Alpha is the first letter. Traders speak of alpha." },
  { id_: "beta", text: "Beta is the second letter. Software has beta versions." },
];

/** Tools of the programs. */
export interface Tools {
  readonly weather: Libs.llamaindex.FunctionTool<{ city: string }, Answer>;
  readonly broken: Libs.llamaindex.FunctionTool<Record<string, never>, Answer>;
}

/** A tool that answers, and one that throws. */
export function createTools({ llamaindex: { tool }, z }: typeof Libs): Tools {
  return {
    weather: tool({
      name: "weather",
      description: "the weather in a city",
      parameters: z.object({ city: z.string() }),
      execute: async ({ city }) => {
        await sleep(2);
        return `sunny in ${city}`;
      },
    }),
    broken: tool({
      name: "broken",
      description: "always fails",
      parameters: z.object({}),
      execute: async () => {
        await sleep(2);
        throw new RangeError("out of order");
      },
    }),
  };
}
