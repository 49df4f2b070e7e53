import {
  type Feedback,
  type FeedbackResult,
  type FlushOptions,
  type OwnOrShared,
  ownOrShared,
  portkeyFetch,
  type TraceOptions,
  type Tracing,
  type TracingReport,
  type TracingStats,
} from "@portkey-tracing/core";
import { aside } from "./aside.ts";
import { attachSettings, isSettings } from "./attach.ts";
import { watchBases } from "./bases.ts";
import type { Copy } from "./copy.ts";
import { readEvent } from "./events.ts";
import type { CoreModule } from "./find-copy.ts";
import { coreOfImporter } from "./find-importer.ts";
import { readingFetch } from "./http/reading-fetch.ts";
import { look, watchModel } from "./look.ts";
import { Observer } from "./observer.ts";
import { OwnManager } from "./own-manager.ts";
import { Patches } from "./patches.ts";
import type { Callable, Live, ModelLike, SettingsLike } from "./shapes.ts";
import { SplitInstall } from "./split-install.ts";
import { traceWorkflow, type WorkflowOptions } from "./workflow/trace-workflow.ts";

const NOTHING_TO_WATCH =
  "attach() was given neither Settings nor a model: it takes `Settings` of llamaindex, or a model";

/** Options of a client of its own, or a client that is shared with other handlers. */
export type LlamaIndexHandlerOptions = OwnOrShared;

/**
 * Traces LlamaIndex.TS. Attach it to `Settings` once; what runs afterwards is traced: engines, retrievers, models,
 * tools, agents. Nothing it does reaches the program: no error, no changed result.
 */
export class LlamaIndexCallbackHandler {
  readonly tracing: Tracing;
  /**
   * A `fetch` for clients of models, where token counts are to be read that LlamaIndex drops: does what the global one
   * does, and tells Portkey gateways the span as `portkeyFetch` does. Clients of OpenAI's and Anthropic's kind do not
   * need it.
   */
  readonly fetch: typeof globalThis.fetch;
  private readonly observer: Observer;
  private readonly split = new SplitInstall();
  /** Patches of each `Settings`, beside those of live objects that all share. */
  private readonly attached = new Set<Patches>();
  private manager: OwnManager | undefined;

  /** @throws ConfigError for a wrong option; nothing else is ever thrown, now or later. */
  constructor(options: LlamaIndexHandlerOptions = {}) {
    this.tracing = ownOrShared(options);
    this.observer = new Observer(this.tracing, { look, onModel: (_observer, model) => this.attachCopyOf(model) });
    const plain = portkeyFetch(this.tracing, (...args) => globalThis.fetch(...args));
    this.fetch = readingFetch(this.observer, plain as Callable) as typeof fetch;
  }

  /**
   * For `Settings.callbackManager = handler.callbackManager`. `attach` does the same and more: it keeps the manager that
   * is there, and can be undone.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- LlamaIndex's type has private members, so that no type but `any` fits all copies
  get callbackManager(): any {
    const { patches, ownManagers } = this.observer;
    // After a `detach` it begins anew.
    if (this.manager !== undefined && patches.isOpen) return this.manager;
    patches.open();
    this.manager = new OwnManager({
      found: (core) => this.adopt(core),
      event: (copy, event, detail) => readEvent(this.observer, copy, event, detail),
      aside: (tell) => aside(this.observer, tell),
      enabled: this.tracing.enabled,
    });
    ownManagers.add(this.manager);
    this.observer.listens = true;
    if (this.tracing.enabled) this.observer.guard(() => this.attachImported(new Error("who asks").stack));
    return this.manager;
  }

  /**
   * Traces everything that uses one of these `Settings`, or one model alone. Managers and listeners that are there stay.
   * @returns what undoes it
   */
  attach(...targets: readonly (SettingsLike | ModelLike)[]): () => void {
    if (!this.tracing.enabled) return () => undefined;
    const patches = new Patches();
    this.observer.patches.open();
    this.attached.add(patches);
    for (const target of targets as unknown as readonly Live[]) {
      this.observer.guard(() => {
        if (watchModel(this.observer, target)) return;
        if (isSettings(target)) attachSettings(this.observer, patches, target);
        else this.tracing.diagnose({ code: "handler_failed", message: NOTHING_TO_WATCH });
      });
    }
    return () => this.detach(patches);
  }

  /**
   * Traces the runs of a workflow: `agent()`, `multiAgent()`, `createWorkflow()`. LlamaIndex tells nothing of them by
   * itself. The same object is returned.
   */
  traceWorkflow<W extends object>(workflow: W, options: WorkflowOptions = {}): W {
    if (!this.tracing.enabled) return workflow;
    this.observer.patches.open();
    this.observer.guard(() => traceWorkflow(this.observer, workflow, options));
    return workflow;
  }

  /** Runs a function under one root span; what is traced inside hangs below it. */
  withTrace<R>(options: TraceOptions, fn: () => R): R {
    return this.tracing.withTrace(options, fn);
  }

  /** Waits until all that was recorded before the call is sent or dropped. Never rejects. */
  flush(options?: FlushOptions): Promise<TracingReport> {
    this.observer.runs.later.settle();
    return this.tracing.flush(options);
  }

  /** Undoes every attachment, closes what is open, and flushes. Never rejects. */
  shutdown(options?: FlushOptions): Promise<TracingReport> {
    for (const patches of this.attached) this.detach(patches);
    this.release();
    this.observer.workflows.undoAll();
    this.observer.runs.later.settle();
    return this.tracing.shutdown(options);
  }

  /** Says what somebody thinks of a trace: of the one that ended last, unless `traceId` names another. Never rejects. */
  feedback(feedback: Feedback | readonly Feedback[]): Promise<FeedbackResult> {
    return this.tracing.feedback(feedback);
  }

  /** Counts since the start. */
  stats(): TracingStats {
    return this.tracing.stats();
  }

  /** The last one to go restores the live objects, too. */
  private detach(patches: Patches): void {
    patches.close();
    this.attached.delete(patches);
    if (this.attached.size === 0) this.release();
  }

  private release(): void {
    this.observer.patches.close();
    this.observer.forget();
    this.split.forget();
  }

  /** The models of the `Settings` that a manager of ours is about to be set on. */
  private attachImported(stack: unknown): void {
    const core = coreOfImporter(stack);
    if (core !== undefined) this.adopt(core);
  }

  private attachCopyOf(model: object): void {
    const core = this.split.find(model);
    if (core !== undefined) watchBases(this.observer, this.adopt(core), ["llms"]);
  }

  /** Attaches a copy that was found; it goes when the others go. */
  private adopt({ settings, managerClass }: CoreModule): Copy | undefined {
    if (!this.observer.patches.isOpen) return undefined;
    attachSettings(this.observer, this.observer.patches, settings);
    return managerClass === undefined ? undefined : this.observer.copies.ofClass(managerClass);
  }
}
