import type { Diagnostic } from "./diagnostics.ts";
import { isGatewayWithoutLogs } from "./transport/http.ts";
import type { DropReason, Outcome } from "./transport/transport.ts";

/** Puts what goes wrong on the way into words for the operator. Holds no payload: server texts are short and about us. */
export interface RefusalReporter {
  readonly onRetry: (outcome: Outcome & { kind: "retryable" }, attempt: number) => void;
  readonly onRefusal: (outcome: Outcome & { kind: "rejected" }) => void;
  readonly onDrop: (count: number, reason: DropReason) => void;
}

export function createRefusalReporter(baseURL: string, diagnose: (diagnostic: Diagnostic) => void): RefusalReporter {
  return {
    onRetry(outcome, attempt) {
      if (attempt < 2) return;
      const message = `${baseURL} does not take traces now (${outcome.message}); they wait, and are tried again`;
      diagnose({ code: "unreachable", message });
    },
    onRefusal(outcome) {
      if (outcome.reason === "shutdown") return;
      diagnose(toDiagnostic(outcome, baseURL));
    },
    onDrop(count, reason) {
      if (reason === "shutdown" || reason === "queue_overflow") {
        diagnose({ code: "dropped", message: `${count} spans were lost (${reason}); stats() has the counts` });
      }
    },
  };
}

function toDiagnostic(outcome: Outcome & { kind: "rejected" }, baseURL: string): Diagnostic {
  if (outcome.reason === "unauthorized") {
    const need = "the key needs the permissions completions.write and logs.write";
    return { code: "unauthorized", message: `${baseURL} refused the API key (HTTP ${outcome.status ?? 401}); ${need}` };
  }
  if (isGatewayWithoutLogs(outcome.message)) {
    const hint = "point baseURL at the collector or at https://api.portkey.ai/v1";
    return { code: "gateway_without_logs", message: `${baseURL} is a gateway that has no log API; ${hint}` };
  }
  if (outcome.reason === "retries_exhausted") {
    return {
      code: "dropped",
      message: `${baseURL} could not be reached in time (${outcome.message}); spans were lost`,
    };
  }
  const hint = outcome.status === 404 ? "; does baseURL end in /v1?" : "";
  return { code: "rejected", message: `${baseURL} refused spans (${outcome.message})${hint}` };
}
