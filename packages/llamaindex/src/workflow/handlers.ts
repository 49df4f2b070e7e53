import type { Patches } from "../patches.ts";
import { type Callable, hasMethods, type Live } from "../shapes.ts";
import type { HandlerContext } from "./shapes.ts";

/** An arrow function without a body: what stands for a handler in a workflow of which a snapshot was taken. */
const NOTHING = /^\(\)\s*=>\s*\{\s*\}$/;

/** What LlamaIndex's own middlewares call the functions that they put before a handler. */
const MIDDLEWARES: ReadonlySet<string> = new Set(["handlerMiddleware", "wrappedHandler"]);

/** The handlers of a workflow as they were added: middlewares may call others in their place. */
export class Handlers {
  /** By the list of events that each was added for, which its calls name. */
  private readonly byEvents = new WeakMap<object, readonly Callable[]>();

  /** Notes the handlers that are added from now on. */
  watch(patches: Patches, workflow: Live): void {
    patches.method(workflow, "handle", (handle) => {
      const note = this.add.bind(this);
      return function (this: unknown, ...args: unknown[]): unknown {
        note(args[0], args[1]);
        return handle.apply(this, args);
      };
    });
  }

  /** The name of the handler that is called; empty where it has none, or none that the program gave it. */
  nameOf({ handler, inputEvents }: HandlerContext): string {
    const known = this.byEvents.get(inputEvents) ?? [];
    const [only, ...others] = known.includes(handler) ? [handler] : known;
    const name = only === undefined || others.length > 0 ? handler.name : only.name;
    return MIDDLEWARES.has(name) ? "" : name;
  }

  /** True where LlamaIndex keeps an event for a later run instead of calling its handler: a snapshot was taken. */
  isHeldBack(context: unknown, { handler, inputEvents }: HandlerContext): boolean {
    if (!hasMethods(context, "snapshot") || this.byEvents.get(inputEvents)?.includes(handler) === true) return false;
    return handler.name === "" && NOTHING.test(Function.prototype.toString.call(handler));
  }

  private add(events: unknown, handler: unknown): void {
    if (!Array.isArray(events) || typeof handler !== "function") return;
    this.byEvents.set(events, [...(this.byEvents.get(events) ?? []), handler as Callable]);
  }
}
