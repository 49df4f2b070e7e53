import type * as Libs from "../../../fixtures/langchain-1/libs.ts";
import { sleep } from "../../../tests/support/user-programs.ts";
import type { LangchainCallbackHandler } from "../src/index.ts";
import type { Witness } from "./witness.ts";

export { drain, failing, sleep } from "../../../tests/support/user-programs.ts";

/** What a program gets: one line of LangChain's packages, a handler and a model server. */
export interface Setting {
  readonly libs: typeof Libs;
  readonly handler: LangchainCallbackHandler;
  /** The handler, and beside it one that only takes down what LangChain really told. */
  readonly callbacks: [LangchainCallbackHandler, Witness];
  readonly baseURL: string;
  /** A ChatOpenAI on the model server. */
  readonly chat: (fields?: Record<string, unknown>) => InstanceType<typeof Libs.ChatOpenAI>;
}

/** Lines of LangChain that are tested, by their fixture: the oldest, a middle and the newest of 0.3, and the same of 1. */
export const LINES = ["0.3.40", "0.3.60", "0.3", "1.0", "1.1", "1"] as const;

/** One of {@link LINES}. */
export type Line = (typeof LINES)[number];

/** All lines of LangChain 1. */
export const ONLY_1: readonly Line[] = ["1.0", "1.1", "1"];

/** A tree that is the same on every line, or the trees of lines that differ: each counts for older lines too. */
export type Expected = string | Partial<Record<Line, string>>;

/** A user's program and the tree that it must give. */
export interface Program {
  readonly name: string;
  readonly run: (setting: Setting) => Promise<unknown>;
  readonly expected: Expected;
  /** Runs side by side are compared by name. */
  readonly order?: "name";
  /** Lines of LangChain on which the program can be written. */
  readonly lines?: readonly Line[];
  /** LangChain tells of a run to some handlers only: what the witness saw is no measure. */
  readonly unwitnessed?: true;
}

/** Waits until LangChain has told the end of everything, or nothing for a second: some ends are never told. */
export async function settled({ handler }: Setting): Promise<void> {
  let before = "";
  for (let stillMs = 0; stillMs < 1_000 && handler.stats().openRuns > 0; stillMs += 10) {
    await sleep(10);
    const now = JSON.stringify(handler.stats());
    if (now !== before) stillMs = 0;
    before = now;
  }
}

/** A key that must never leave the process. */
export const SECRET = "sk-golden-SECRET";

/** Conditional edges have lost their name on the way; LangGraph's own agent called one of its ends otherwise. */
const RENAMED: Partial<Record<Line, readonly [RegExp, string]>> = {
  "1": [/Branch<\S*>/g, "RunnableLambda"],
  "1.1": [/Branch<\S*>/g, "RunnableLambda"],
  "0.3.40": [/Branch<agent,tools,/g, "Branch<agent,continue,"],
};

/** The tree that a program must give on a line: its own, or that of the next newer one that has one. */
export function expectedOn(line: Line, expected: Expected): string {
  const [pattern, name] = RENAMED[line] ?? [/$^/, ""];
  if (typeof expected === "string") return expected.replace(pattern, name);
  const found = LINES.slice(LINES.indexOf(line)).find((candidate) => expected[candidate] !== undefined);
  if (found === undefined) throw new Error(`no tree for ${line}`);
  const text = expected[found] ?? "";
  return found === line ? text : text.replace(pattern, name);
}
