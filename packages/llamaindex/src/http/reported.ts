import type { Usage } from "@portkey-tracing/core";
import { parse } from "../map/raw.ts";
import { toUsage } from "../map/usage.ts";
import { isLive, read, readText } from "../shapes.ts";

/** What a provider's HTTP answer tells and LlamaIndex drops. */
export interface Reported {
  readonly usage?: Usage | undefined;
  readonly id?: string | undefined;
  readonly model?: string | undefined;
  readonly finishReason?: string | undefined;
}

/** What a whole JSON answer tells. */
export function toReported(body: unknown): Reported {
  return { usage: toUsage(body), id: readText(body, "id"), model: readText(body, "model") };
}

/** Two answers to one call: batches of texts are embedded by several requests. */
export function addReported(before: Reported | undefined, next: Reported): Reported {
  const { usage } = next;
  if (usage === undefined) return before ?? next;
  if (before?.usage === undefined) return next;
  return {
    ...next,
    usage: {
      prompt_tokens: before.usage.prompt_tokens + usage.prompt_tokens,
      completion_tokens: before.usage.completion_tokens + usage.completion_tokens,
      total_tokens: before.usage.total_tokens + usage.total_tokens,
    },
  };
}

/** Events that count tokens are small; a longer line is an answer's text. */
const MAX_LINE = 65_536;

const HAS_USAGE = /"usage"\s*:\s*\{/;

/**
 * Reads token counts from the bytes of a server-sent stream, as they pass by. OpenAI's counts come in one event;
 * Anthropic's in the first, and the final ones in the last but one.
 */
export class ReportedStream {
  private readonly decoder = new TextDecoder();
  private line = "";
  private usage: object | undefined;
  private told: Reported = {};

  /** Adds bytes; true where they told something. */
  add(bytes: unknown): boolean {
    if (!(bytes instanceof Uint8Array)) return false;
    const before = this.usage;
    const [first = "", ...rest] = this.decoder.decode(bytes, { stream: true }).split("\n");
    this.line += first;
    for (const next of rest) {
      this.read(this.line);
      this.line = next;
    }
    if (this.line.length > MAX_LINE) this.line = "";
    return this.usage !== before;
  }

  /** What was told so far. */
  get reported(): Reported {
    return { ...this.told, usage: toUsage({ usage: this.usage }) };
  }

  private read(line: string): void {
    if (line.length > MAX_LINE || !line.startsWith("data:") || !HAS_USAGE.test(line)) return;
    const event = parse(line.slice("data:".length));
    const whole = read(event, "message") ?? read(event, "response") ?? event;
    const usage = read(whole, "usage");
    if (!isLive(usage)) return;
    this.usage = { ...this.usage, ...usage };
    const { id, model, finishReason } = this.told;
    this.told = {
      id: id ?? readText(whole, "id"),
      model: model ?? readText(whole, "model"),
      finishReason: readText(read(event, "delta"), "stop_reason") ?? finishReason,
    };
  }
}
