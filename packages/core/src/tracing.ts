import { consoleListener, createDiagnostics, type Diagnostic } from "./diagnostics.ts";
import { isLoopback } from "./loopback.ts";
import type { ResolvedOptions, TracingOptions } from "./options.ts";
import { resolveOptions } from "./resolve-options.ts";
import { type Runtime, systemRuntime } from "./runtime.ts";
import { TracingClient } from "./tracing-client.ts";
import type { Tracing } from "./tracing-interface.ts";

export type {
  FeedbackReport,
  FlushOptions,
  TraceOptions,
  Tracing,
  TracingReport,
  TracingStats,
} from "./tracing-interface.ts";

/**
 * Creates a client. Opens no connection and starts no timer before the first span.
 * @throws ConfigError for a wrong option; nothing else is ever thrown, now or later.
 */
export function createTracing(options: TracingOptions = {}, runtime: Runtime = systemRuntime): Tracing {
  const environment = (globalThis as { process?: { env?: Record<string, string> } }).process?.env ?? {};
  const { options: resolved, warnings } = resolveOptions(options, environment);
  const diagnose = createDiagnostics(resolved.onDiagnostic ?? consoleListener, runtime);
  if (warnings.length > 0) diagnose({ code: "invalid_environment", message: warnings.join("; ") });
  return new TracingClient(resolved, runtime, diagnose, isEnabled(resolved, diagnose));
}

function isEnabled(options: ResolvedOptions, diagnose: (diagnostic: Diagnostic) => void): boolean {
  if (!options.enabled) return false;
  if (options.apiKey !== undefined || options.transport !== undefined || isLoopback(new URL(options.baseURL)))
    return true;
  const message =
    "tracing is off: give the option apiKey or set PORTKEY_API_KEY to send traces to Portkey, " +
    "or run `npx portkey-traces` and set PORTKEY_BASE_URL to the address that it prints";
  diagnose({ code: "disabled", message });
  return false;
}
