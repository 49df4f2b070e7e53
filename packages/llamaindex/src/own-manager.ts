import type { Copy } from "./copy.ts";
import { type CoreModule, type CorePlace, coreFromStack } from "./find-copy.ts";
import type { EventCaller } from "./shapes.ts";

type Listener = (event: { type: string; detail: unknown; reason: EventCaller | null }) => unknown;

/** What a manager of our own tells of. */
export interface OwnManagerEvents {
  /** The copy of LlamaIndex's core that the manager turned out to serve. */
  readonly found: (core: CoreModule) => Copy | undefined;
  /** `false` where there is nothing to tell to. */
  readonly enabled: boolean;
  readonly event: (copy: Copy | undefined, event: string, detail: unknown) => void;
  /** Runs listeners where they are no part of what they hear of. */
  readonly aside: (tell: () => void) => void;
}

/**
 * A callback manager for `Settings.callbackManager = …`, for programs that do not give their `Settings`. It has what
 * LlamaIndex calls, and what programs call to listen. The first event tells by its stack which copy of LlamaIndex's
 * core it serves.
 */
export class OwnManager implements Copy {
  readonly isPortkeyManager = true;
  private readonly listeners = new Map<string, Listener[]>();
  private readonly events: OwnManagerEvents;
  private copy: Copy | undefined;
  private looked = false;

  constructor(events: OwnManagerEvents) {
    this.events = events;
  }

  on(event: string, listener: Listener): this {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
    return this;
  }

  off(event: string, listener: Listener): this {
    const listeners = this.listeners.get(event) ?? [];
    const index = listeners.indexOf(listener);
    if (index >= 0) this.listeners.set(event, listeners.toSpliced(index, 1));
    return this;
  }

  dispatchEvent(event: string, detail: unknown, sync = false): void {
    if (this.events.enabled) {
      this.locate();
      this.events.event(this.copy, event, detail);
    }
    const listeners = this.listeners.get(event);
    if (listeners === undefined || listeners.length === 0) return;
    const reason = this.copy?.caller() ?? null;
    const tell = (): void => {
      for (const listener of listeners) listener({ type: event, detail: copyOf(detail), reason });
    };
    this.events.aside(() => {
      if (sync) tell();
      else queueMicrotask(tell);
    });
  }

  get place(): CorePlace | undefined {
    return this.copy?.place;
  }

  /** Another handler that reads the same event asks before this one has. */
  caller(): EventCaller | undefined {
    if (this.events.enabled) this.locate();
    return this.copy?.caller();
  }

  private locate(): void {
    if (this.looked) return;
    this.looked = true;
    const core = coreFromStack(new Error("where am I").stack);
    if (core !== undefined) this.copy = this.events.found(core);
  }
}

/** Each listener has a copy of its own, as with LlamaIndex's manager. */
function copyOf(detail: unknown): unknown {
  return typeof detail === "object" && detail !== null ? { ...detail } : detail;
}
