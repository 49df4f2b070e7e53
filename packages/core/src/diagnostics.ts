import type { Runtime } from "./runtime.ts";

/** Everything that the library ever tells its operator: a closed list. */
export type DiagnosticCode =
  | "disabled"
  | "invalid_environment"
  | "unauthorized"
  | "gateway_without_logs"
  | "rejected"
  | "unreachable"
  | "dropped"
  | "redactor_failed"
  | "handler_failed"
  | "split_install"
  | "spool_failed"
  | "spool_damaged"
  | "spool_left";

/** Something told to the operator. Holds no payload and no secret, but for what a server quotes, see `refusals.ts`. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  /** One sentence, with what can be done about it. */
  readonly message: string;
}

/** Receives diagnostics. What it throws is ignored. */
export type DiagnosticListener = (diagnostic: Diagnostic) => void;

const QUIET_MS = 60_000;

/** Passes each code on at most once a minute, and survives a listener that throws. */
export function createDiagnostics(listener: DiagnosticListener, runtime: Runtime): DiagnosticListener {
  const lastMs = new Map<DiagnosticCode, number>();
  return (diagnostic) => {
    const now = runtime.now();
    const last = lastMs.get(diagnostic.code);
    if (last !== undefined && now - last < QUIET_MS) return;
    lastMs.set(diagnostic.code, now);
    // The listener is the operator's, and may be asynchronous: there is nobody left to tell of what it throws.
    new Promise<void>((resolve) => {
      resolve(listener(diagnostic));
    }).catch(() => undefined);
  };
}

/** The default listener: one line on standard error. */
export const consoleListener: DiagnosticListener = ({ code, message }) => {
  // oxlint-disable-next-line no-console -- this is where diagnostics go unless `onDiagnostic` says otherwise
  console.warn(`[portkey-tracing] ${code}: ${message}`);
};
