import { applyCapture, createSnapshot } from "./capture.ts";
import type { Diagnostic } from "./diagnostics.ts";
import type { EventOrigin } from "./event.ts";
import type { JsonValue } from "./json.ts";
import type { ResolvedOptions } from "./options.ts";
import { type RedactableField, redactSpan, redactValue } from "./redact.ts";
import type { Span } from "./span.ts";

/** Origin of what is given by hand. */
export const BY_HAND: EventOrigin = { source: "Portkey" };

/** Text that a mark may hold: a span has up to 256 of them. */
const MAX_MARK_BYTES = 16_384;

/** What is kept of a program's values, and how often a bound or a redactor had its way. */
export class Policies {
  readonly snapshot: ReturnType<typeof createSnapshot>;
  readonly snapshotOfMark: ReturnType<typeof createSnapshot>;
  /** Values that a bound cut short, see `TracingStats`. */
  truncated = 0;
  /** Parts that were withheld because a redactor threw. */
  redactionFailures = 0;
  private readonly options: Pick<ResolvedOptions, "capture" | "redact">;
  private readonly diagnose: (diagnostic: Diagnostic) => void;

  constructor(options: Pick<ResolvedOptions, "capture" | "redact">, diagnose: (diagnostic: Diagnostic) => void) {
    this.options = options;
    this.diagnose = diagnose;
    const { capture } = options;
    const ofMark = { ...capture, maxBytes: Math.min(capture.maxBytes, MAX_MARK_BYTES) };
    this.snapshot = createSnapshot(capture, () => this.noteTruncated());
    this.snapshotOfMark = createSnapshot(ofMark, () => this.noteTruncated());
  }

  noteTruncated(): void {
    this.truncated += 1;
  }

  /** What may leave the process of a span. */
  apply(span: Span): Span {
    const { capture, redact } = this.options;
    return redactSpan(applyCapture(span, capture), redact, (error) => this.noteRedaction(error));
  }

  /** A value that was given by hand, copied within the bounds. */
  toPlain(value: unknown): JsonValue | undefined {
    return this.snapshot(value, BY_HAND).value;
  }

  /** What the redactors leave of a value that goes elsewhere than into a span. */
  redact(value: JsonValue | undefined, field: RedactableField): JsonValue | undefined {
    if (value === undefined) return undefined;
    return redactValue(value, field, this.options.redact, (error) => this.noteRedaction(error));
  }

  private noteRedaction(error: unknown): void {
    this.redactionFailures += 1;
    const type = error instanceof Error ? error.name : typeof error;
    this.diagnose({ code: "redactor_failed", message: `a redactor failed (${type}); what it was given is withheld` });
  }
}
