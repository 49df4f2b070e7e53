import { parentPort, workerData } from "node:worker_threads";
import { callEngine, type EngineCall } from "./calls.ts";
import { isSqliteError } from "./database.ts";
import { openEngine } from "./engine.ts";

/** What the thread is for. */
export interface EngineData {
  readonly path: string;
  readonly isForReading: boolean;
}

/** A call, as it is sent to the thread. */
export interface Question {
  readonly id: number;
  readonly name: EngineCall | "open" | "close";
  readonly values: readonly unknown[];
}

/** What came of it. */
export type Answer =
  | { readonly id: number; readonly value: unknown }
  | {
      readonly id: number;
      readonly error: {
        readonly name: string;
        readonly message: string;
        readonly code?: string;
        readonly errstr?: string;
      };
    };

const { path, isForReading } = workerData as EngineData;
const opening = openEngine(path, isForReading);

parentPort?.on("message", (question: Question) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  void answer(question).then((said) => parentPort?.postMessage(said));
});

async function answer({ id, name, values }: Question): Promise<Answer> {
  try {
    const engine = await opening;
    if (name === "open") return { id, value: undefined };
    if (name === "close") {
      engine.close();
      return { id, value: undefined };
    }
    return { id, value: callEngine(engine, name, values as never) };
  } catch (error) {
    const { name: kind, message } = error instanceof Error ? error : new Error(String(error));
    const code = error instanceof Error && "code" in error ? { code: String(error.code) } : {};
    const errstr = isSqliteError(error) && error.errstr !== undefined ? { errstr: error.errstr } : {};
    return { id, error: { name: kind, message, ...code, ...errstr } };
  }
}
