import { ConfigError } from "./config-error.ts";
import type { TracingOptions } from "./options.ts";
import { createTracing, type Tracing } from "./tracing.ts";

/** What a handler can be given: options of a client of its own, or a client that is shared with other handlers. */
export type OwnOrShared = ({ tracing?: undefined } & TracingOptions) | { tracing: Tracing };

/**
 * The client of a handler.
 * @throws ConfigError for a wrong option, for options beside `tracing`, and for a `tracing` that is none.
 */
export function ownOrShared(options: OwnOrShared): Tracing {
  if (typeof options !== "object" || options === null) throw new ConfigError("options", "must be an object");
  const { tracing, ...rest } = options;
  if (tracing === undefined) return createTracing(rest);
  const [unused] = Object.entries(rest).filter(([, value]) => value !== undefined);
  if (unused !== undefined)
    throw new ConfigError(unused[0], "has no effect beside `tracing`; give it to createTracing()");
  if (typeof tracing !== "object" || tracing === null || typeof tracing.locateBy !== "function") {
    throw new ConfigError("tracing", "must be what createTracing() returned");
  }
  return tracing;
}
