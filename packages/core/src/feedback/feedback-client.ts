import type { JsonValue } from "../json.ts";
import { toSoundId } from "../sound.ts";
import {
  checkFeedback,
  checkFeedbackId,
  checkTraceId,
  type Feedback,
  type FeedbackBody,
  type FeedbackChange,
  type FeedbackResult,
  type MetadataPolicies,
} from "./feedback.ts";
import type { FeedbackSender } from "./feedback-sender.ts";

/** What {@link FeedbackClient} needs to know and to reach. */
export interface FeedbackClientOptions {
  readonly enabled: boolean;
  readonly sender: FeedbackSender;
  /** The trace that feedback is about which names none. */
  readonly defaultTraceId: () => string | undefined;
  readonly policies: MetadataPolicies;
  /** Tells the operator of what is never sent. */
  readonly onInvalid: (message: string) => void;
}

/** Checks feedback and has it sent. Its promises never reject. */
export class FeedbackClient {
  private readonly options: FeedbackClientOptions;

  constructor(options: FeedbackClientOptions) {
    this.options = options;
  }

  async give(given: Feedback | readonly Feedback[]): Promise<FeedbackResult> {
    return this.guarded(() => this.post(given));
  }

  async change(id: string, change: FeedbackChange): Promise<FeedbackResult> {
    return this.guarded(() => this.put(id, change));
  }

  private post(given: Feedback | readonly Feedback[]): Promise<FeedbackResult> | FeedbackResult {
    if (!Array.isArray(given)) {
      const checked = this.check(given as Feedback, "");
      return "problem" in checked ? this.refuse(checked.problem) : this.send(undefined, checked.body);
    }
    const bodies: FeedbackBody[] = [];
    for (const [index, one] of given.entries()) {
      const checked = this.check(one as Feedback, `feedback[${index}]`);
      if ("problem" in checked) return this.refuse(checked.problem);
      bodies.push(checked.body);
    }
    return bodies.length === 0 ? { status: "accepted", ids: [] } : this.send(undefined, bodies);
  }

  private put(id: string, change: FeedbackChange): Promise<FeedbackResult> | FeedbackResult {
    const problem = checkFeedbackId(id);
    if (problem !== undefined) return this.refuse(problem);
    const checked = checkFeedback(change, "", this.options.policies);
    if ("problem" in checked) return this.refuse(checked.problem);
    return this.send(id, checked.body);
  }

  private check(given: Feedback, path: string): ReturnType<typeof checkFeedback> {
    const checked = checkFeedback(given, path, this.options.policies);
    if ("problem" in checked) return checked;
    const traceId = given.traceId ?? this.options.defaultTraceId();
    const problem = checkTraceId(traceId, path === "" ? "traceId" : `${path}.traceId`);
    return problem === undefined ? { body: { trace_id: toSoundId(traceId) as string, ...checked.body } } : { problem };
  }

  private send(id: string | undefined, body: JsonValue): Promise<FeedbackResult> | FeedbackResult {
    if (!this.options.enabled) return { status: "refused", reason: "disabled", message: "tracing is off" };
    return this.options.sender.send(id, body);
  }

  /** Reading what was given may throw. */
  private async guarded(work: () => Promise<FeedbackResult> | FeedbackResult): Promise<FeedbackResult> {
    try {
      return await work();
    } catch (error) {
      const reason = error instanceof Error ? error.name : typeof error;
      return this.refuse(`the feedback cannot be read: ${reason}`);
    }
  }

  private refuse(message: string): FeedbackResult {
    this.options.onInvalid(message);
    return { status: "refused", reason: "invalid", message };
  }
}
