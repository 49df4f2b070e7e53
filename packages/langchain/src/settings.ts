import { ConfigError } from "@portkey-tracing/core";

/** What the handler itself can be told, beside where it sends. */
export interface LangchainHandlerSettings {
  /** Shows the runs that LangGraph makes for itself (`__start__`, `ChannelWrite<…>`). They are hidden by default. */
  showHiddenRuns?: boolean | undefined;
  /**
   * `false` has LangChain call the handler from its background queue. Times are then late by as long as the queue is,
   * and a chain inside `withTrace` does not hang below it; `flush()` waits for the queue. `true` by default: LangChain
   * calls at once and in true order, and nothing here ever awaits.
   */
  awaitHandlers?: boolean | undefined;
  /** `false` leaves the stacks of errors out. Names, messages, codes and causes are kept. */
  errorStacks?: boolean | undefined;
  /**
   * `true` keeps images, audio and files that are inlined in messages, within `capture.maxBytes`. By default they are
   * described by type and size.
   */
  inlineMedia?: boolean | undefined;
  /**
   * `true` makes one trace of all runs of a LangGraph thread: its `thread_id` is the trace id, so that an interrupted
   * graph and its resume are together, in whatever processes they run. By default each call is a trace of its own, and
   * `thread_id` is in the metadata of all of them.
   */
  traceIdFromThread?: boolean | undefined;
}

/** The settings, with nothing left open. */
export interface Settings {
  readonly showHiddenRuns: boolean;
  readonly awaitHandlers: boolean;
  readonly errorStacks: boolean;
  readonly inlineMedia: boolean;
  readonly traceIdFromThread: boolean;
}

const DEFAULTS: Settings = {
  showHiddenRuns: false,
  awaitHandlers: true,
  errorStacks: true,
  inlineMedia: false,
  traceIdFromThread: false,
};

/**
 * Takes the handler's own settings out of its options.
 * @throws ConfigError for a setting that is neither true nor false, and for options that are no object
 */
export function takeSettings<T extends LangchainHandlerSettings>(
  options: T,
): { settings: Settings; rest: Omit<T, keyof LangchainHandlerSettings> } {
  if (typeof options !== "object") throw new ConfigError("options", "must be an object");
  const { showHiddenRuns, awaitHandlers, errorStacks, inlineMedia, traceIdFromThread, ...rest } = options;
  const given = { showHiddenRuns, awaitHandlers, errorStacks, inlineMedia, traceIdFromThread };
  const settings = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof Settings)[]) {
    const value: unknown = given[name];
    if (value === undefined) continue;
    if (typeof value !== "boolean") throw new ConfigError(name, "must be true or false");
    settings[name] = value;
  }
  return { settings, rest };
}
