import { openEngine, type SqliteEngine } from "./engine.ts";

/** An engine wherever it runs: in this thread, or in one of its own. */
export interface EngineCalls {
  call<Name extends EngineCall>(
    name: Name,
    ...values: Parameters<SqliteEngine[Name]>
  ): Promise<ReturnType<SqliteEngine[Name]>>;
  close(): Promise<void>;
}

/** What can be asked of an engine. */
export type EngineCall = Exclude<keyof SqliteEngine, "close">;

/** An engine in this thread. */
export async function createEngineHere(path: string, isForReading: boolean = false): Promise<EngineCalls> {
  const engine = await openEngine(path, isForReading);
  return {
    call: async (name, ...values) => callEngine(engine, name, values),
    close: async () => engine.close(),
  };
}

/** Calls a method by its name. */
export function callEngine<Name extends EngineCall>(
  engine: SqliteEngine,
  name: Name,
  values: Parameters<SqliteEngine[Name]>,
): ReturnType<SqliteEngine[Name]> {
  const method = engine[name] as (...given: unknown[]) => ReturnType<SqliteEngine[Name]>;
  return method.apply(engine, values);
}
