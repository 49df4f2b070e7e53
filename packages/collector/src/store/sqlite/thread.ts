import { Worker } from "node:worker_threads";
import type { EngineCall, EngineCalls } from "./calls.ts";
import type { SqliteEngine } from "./engine.ts";
import type { Answer, EngineData, Question } from "./worker.ts";

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * An engine in a thread of its own, so that a long question or a synchronisation of the disk does not keep the server from
 * answering others. Rejects where the file cannot be opened.
 */
export async function createEngineThread(file: URL, data: EngineData): Promise<EngineCalls> {
  const worker = new Worker(file, { workerData: data, execArgv: [] });
  const waiting = new Map<number, Waiting>();
  let asked = 0;
  let end: Error | undefined;
  const ask = (question: Omit<Question, "id">): Promise<never> =>
    new Promise((resolve, reject) => {
      if (end !== undefined) return reject(end);
      asked += 1;
      waiting.set(asked, { resolve, reject });
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      return worker.postMessage({ ...question, id: asked } satisfies Question);
    });
  const failAll = (error: Error): void => {
    end ??= error;
    for (const { reject } of waiting.values()) reject(end);
    waiting.clear();
  };
  worker.on("message", (answer: Answer) => {
    const { resolve, reject } = waiting.get(answer.id) ?? {};
    waiting.delete(answer.id);
    if ("error" in answer) reject?.(toError(answer.error));
    else resolve?.(answer.value as never);
  });
  worker.on("error", failAll);
  worker.on("exit", () => failAll(new Error("the store is closed")));
  try {
    await ask({ name: "open", values: [] });
  } catch (error) {
    await worker.terminate();
    throw error;
  }
  return {
    call: <Name extends EngineCall>(name: Name, ...values: Parameters<SqliteEngine[Name]>) => ask({ name, values }),
    close: async () => {
      await ask({ name: "close", values: [] });
      await worker.terminate();
    },
  };
}

/** Messages of errors stay in the thread's copy; a class does not come through. */
function toError({ message, ...more }: Extract<Answer, { error: unknown }>["error"]): Error {
  return Object.assign(new Error(message), more);
}
