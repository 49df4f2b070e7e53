import type { Diagnostic } from "./diagnostics.ts";
import { withoutOwnKey } from "./own-key.ts";
import type { RecordKind } from "./record-store.ts";
import { withoutSecrets } from "./secret-text.ts";
import { isGatewayWithoutLogs } from "./transport/http.ts";
import type { DropReason, Outcome } from "./transport/transport.ts";

const MAX_SERVER_TEXT = 120;

/**
 * Puts what goes wrong on the way into words for the operator. A server may answer with a piece of what it was sent: of
 * its text at most 120 characters are told, of JSON only the message of the error, without control characters, without our
 * own key and what looks like a key. That is a bound, no promise: such a message may still quote a few words of a trace.
 */
export interface RefusalReporter {
  readonly onRetry: (outcome: Outcome & { kind: "retryable" }, attempt: number) => void;
  readonly onRefusal: (outcome: Outcome & { kind: "rejected" }) => void;
  readonly onDrop: (count: number, reason: DropReason) => void;
}

/** Where spans are sent, and the key that must not be told. */
export interface RefusingEndpoint {
  readonly baseURL: string;
  readonly apiKey: string | undefined;
}

/** `kind` is what is sent there. */
export function createRefusalReporter(
  endpoint: RefusingEndpoint,
  diagnose: (diagnostic: Diagnostic) => void,
  kind: RecordKind = "spans",
): RefusalReporter {
  const { baseURL, apiKey } = endpoint;
  return {
    onRetry(outcome, attempt) {
      if (attempt < 2) return;
      const message = `${baseURL} does not take ${kind} now (${toServerText(outcome.message, apiKey)}); what waits is tried again`;
      diagnose({ code: "unreachable", message });
    },
    onRefusal(outcome) {
      if (outcome.reason === "shutdown") return;
      diagnose(toDiagnostic(outcome, endpoint, kind));
    },
    onDrop(count, reason) {
      if (reason === "queue_overflow") {
        const whose = kind === "spans" ? "the oldest are" : "some is";
        const message = `more ${kind} than may wait: ${whose} lost (queue_overflow), stats() has the counts`;
        diagnose({ code: "dropped", message });
      }
      if (reason === "shutdown") {
        diagnose({ code: "dropped", message: `${kind} lost by shutdown(): ${count}; stats() has the counts` });
      }
    },
  };
}

function toDiagnostic(
  outcome: Outcome & { kind: "rejected" },
  endpoint: RefusingEndpoint,
  kind: RecordKind,
): Diagnostic {
  const { baseURL, apiKey } = endpoint;
  if (outcome.reason === "unauthorized") {
    const status = `(HTTP ${outcome.status ?? 401})`;
    const [said, need] =
      apiKey === undefined
        ? [`asks for an API key ${status}`, "give the option apiKey or set PORTKEY_API_KEY"]
        : [`refused the API key ${status}`, "the key needs the permissions completions.write and logs.write"];
    return { code: "unauthorized", message: `${baseURL} ${said}; ${need}` };
  }
  if (isGatewayWithoutLogs(outcome.message)) {
    const hint = "point baseURL at the collector or at https://api.portkey.ai/v1";
    return { code: "gateway_without_logs", message: `${baseURL} is a gateway that has no log API; ${hint}` };
  }
  if (outcome.reason === "retries_exhausted") {
    return {
      code: "dropped",
      message: `${baseURL} could not be reached in time (${toServerText(outcome.message, apiKey)}); ${kind} lost`,
    };
  }
  const hint = outcome.status === 404 ? "; does baseURL end in /v1?" : "";
  return { code: "rejected", message: `${baseURL} refused ${kind} (${toServerText(outcome.message, apiKey)})${hint}` };
}

/** What is told of a server's answer, or of an error of the network. */
export function toServerText(text: string, apiKey: string | undefined): string {
  const bounded = text.slice(0, 2_048);
  const json = bounded.search(/[[{]/);
  const told = json === -1 ? bounded : `${bounded.slice(0, json)}${errorMessageIn(bounded.slice(json))}`;
  const line = withoutSecrets(withoutOwnKey(told, apiKey))
    .replaceAll(/[\p{C}\s]+/gu, " ")
    .trim();
  return (line.length <= MAX_SERVER_TEXT ? line : `${line.slice(0, MAX_SERVER_TEXT - 1)}…`).toWellFormed();
}

/** The first `message` in JSON text, which may have been cut. */
function errorMessageIn(json: string): string {
  const [, message = "…"] = /"message"\s{0,8}:\s{0,8}"((?:[^"\\]|\\.){1,512})/.exec(json) ?? [];
  return message
    .replaceAll(/\\(?:u[\da-f]{4}|.)/gi, " ")
    .split(/[[{]/, 1)
    .join("");
}
