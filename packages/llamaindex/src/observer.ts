import type { EventOrigin, Tracing } from "@portkey-tracing/core";
import { Copies } from "./copies.ts";
import type { Reported } from "./http/reported.ts";
import { viewOf } from "./map/views.ts";
import { Patches } from "./patches.ts";
import { type Run, Runs } from "./runs.ts";
import { type Callable, type EventCaller, isLive, isPromiseLike, read } from "./shapes.ts";

const ORIGIN: EventOrigin = { source: "LlamaIndex", view: viewOf };

/** A run whose start was told an instant before the method that does its work is entered. */
interface Announced {
  readonly run: Run;
  /** The very object that the method will be given, or is called on. */
  readonly key: unknown;
}

/** A watched callback manager; several `Settings` may lead to the same one. */
export interface ManagerUse {
  readonly patches: Patches;
  uses: number;
}

/** What an observer does about live objects that it sees. */
export interface Reactions {
  readonly look: (observer: Observer, value: unknown) => void;
  readonly onModel: (observer: Observer, llm: object) => void;
}

/** What a wrapped call makes of its run. */
export interface Ending {
  readonly resolved: (value: unknown) => unknown;
  readonly rejected: (error: unknown) => unknown;
}

/** What the parts of one handler share. */
export class Observer {
  readonly tracing: Tracing;
  readonly copies: Copies = new Copies();
  readonly patches: Patches = new Patches();
  /** Workflows stay watched when `Settings` are detached: they were given one by one. */
  readonly workflows: Patches = new Patches();
  readonly runs: Runs;
  /** Runs by the ids that LlamaIndex gives its events. */
  readonly byEvent: Map<string, Run> = new Map();
  /** Tool runs by the arguments object that their events share. */
  readonly byToolInput: WeakMap<object, Run> = new WeakMap();
  /** Runs of agents whose first call was seen by events only. */
  readonly agents: WeakMap<EventCaller, Run> = new WeakMap();
  /** Runs of parsers, which have no id; the latest is last. */
  readonly parsers: Run[] = [];
  /** Runs whose answer is a stream that has not ended. */
  readonly streaming: WeakSet<Run> = new WeakSet();
  /** Calls of models that LlamaIndex told of, too. */
  readonly heard: WeakSet<Run> = new WeakSet();
  /** What HTTP answers told of calls of models. */
  readonly reported: WeakMap<Run, Reported> = new WeakMap();
  /** Answers of providers, by the call whose tokens they count. */
  private readonly counted = new WeakMap<object, Run>();
  /** True once events are listened to, and not only a model alone is watched. */
  listens = false;
  /** HTTP answers that are read already. */
  readonly responses: WeakSet<object> = new WeakSet();
  /** Callback managers whose events are read, and by how many attachments. */
  readonly managers: WeakMap<object, ManagerUse> = new WeakMap();
  /** Managers of our own: they tell by themselves. */
  readonly ownManagers: WeakSet<object> = new WeakSet();
  /** Live objects that have been looked at. */
  seen: WeakSet<object> = new WeakSet();
  /** The object whose method is just entered. */
  entering: unknown;
  private readonly reactions: Reactions;
  private announced: Announced | undefined;
  private readonly names = new Set<string>();

  constructor(tracing: Tracing, reactions: Reactions) {
    this.tracing = tracing;
    this.reactions = reactions;
    this.runs = new Runs(tracing, ORIGIN, this.copies);
  }

  /** Forgets what it has looked at: nothing is watched any more. */
  forget(): void {
    this.seen = new WeakSet();
    this.names.clear();
    this.listens = false;
  }

  /** False where a call only passes on the answer of another model that it has asked, which counts the tokens. */
  counts(run: Run, answer: unknown): boolean {
    const raw = read(answer, "raw");
    if (!isLive(raw)) return true;
    let asked = this.counted.get(raw);
    if (asked === undefined) this.counted.set(raw, run);
    while (asked !== undefined && asked.parent !== run) asked = asked.parent;
    return asked === undefined;
  }

  /** True for a name that is told the first time. */
  isNew(name: string): boolean {
    const { size } = this.names;
    return this.names.add(name).size > size;
  }

  /** Watches a live object and what it works with. */
  look(value: unknown): void {
    if (this.patches.isOpen) this.guard(() => this.reactions.look(this, value));
  }

  /** A model was seen: it may belong to a copy of LlamaIndex's core that is not attached. */
  onModel(llm: object): void {
    this.guard(() => this.reactions.onModel(this, llm));
  }

  /** Runs tracing code; what it throws is told to the operator, and to nobody else. */
  guard<R>(work: () => R): R | undefined {
    try {
      return work();
    } catch (error) {
      const reason = error instanceof Error ? error.message : "unknown error";
      this.tracing.diagnose({
        code: "handler_failed",
        message: `an event of LlamaIndex could not be traced: ${reason}`,
      });
      return undefined;
    }
  }

  /** Starts a run for a watched method; none once nothing is watched any more, wherever the method still lives on. */
  begin<R>(start: () => R): R | undefined {
    return this.patches.isOpen ? this.guard(start) : undefined;
  }

  remember(eventId: string, run: Run): void {
    this.byEvent.set(eventId, run);
    if (this.byEvent.size <= MAX_EVENTS) return;
    const [first] = this.byEvent.keys();
    if (first !== undefined) this.byEvent.delete(first);
  }

  take(eventId: string): Run | undefined {
    const run = this.byEvent.get(eventId);
    this.byEvent.delete(eventId);
    return run;
  }

  /** Notes that a method is about to be entered, in this very stretch of synchronous code. */
  announce(run: Run | undefined, key: unknown): void {
    this.announced = run === undefined ? undefined : { run, key };
  }

  /** The run that was announced for a method, if it is the one. */
  takeAnnounced(key: unknown): Run | undefined {
    const { announced } = this;
    if (announced === undefined || !Object.is(announced.key, key)) return undefined;
    this.announced = undefined;
    announced.run.endsBy = "itself";
    return announced.run;
  }

  /** The run announced last and not yet taken. */
  peekAnnounced(): Announced | undefined {
    return this.announced;
  }

  /**
   * Calls a method of the program inside the frame of a run, and tells how it went. The caller gets the same value or
   * the same error; a promise is answered by one that settles alike, so that an error nobody handles stays unhandled.
   */
  call(run: Run, original: Callable, self: unknown, args: readonly unknown[], ending: Ending): unknown {
    let result: unknown;
    try {
      result = this.runs.inside(run, () => original.apply(self, [...args]));
    } catch (error) {
      this.finish(run, () => ending.rejected(error));
      throw error;
    }
    if (!isPromiseLike(result)) {
      this.finish(run, () => ending.resolved(result));
      return result;
    }
    return result.then(
      (value) => {
        this.finish(run, () => ending.resolved(value));
        return value;
      },
      (error: unknown) => {
        this.finish(run, () => ending.rejected(error));
        throw error;
      },
    );
  }

  /** An answer that cannot be read leaves no span open. */
  private finish(run: Run, work: () => unknown): void {
    const isDone = this.guard(() => {
      work();
      return true;
    });
    if (isDone !== true) this.guard(() => this.runs.end(run));
  }
}

const MAX_EVENTS = 10_000;
