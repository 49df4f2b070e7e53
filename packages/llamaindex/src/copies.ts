import { type Callable, type EventCaller, hasMethods, isEventCaller, isLive, type ManagerLike, read } from "./shapes.ts";

/** One loaded copy of LlamaIndex's core: tells which methods of that copy enclose the code that runs now. */
export interface Copy {
  /** The innermost enclosing method, with the others as its parents. */
  caller(): EventCaller | undefined;
}

type ManagerClass = new () => { on: Callable; dispatchEvent: Callable };

/**
 * The copies of LlamaIndex's core that a program uses. Each is known by the class of its callback manager: a private
 * instance of it, told to dispatch at once, names the enclosing methods without an import of that copy.
 */
export class Copies {
  private readonly byClass = new Map<unknown, Copy>();

  /** The copy that a callback manager belongs to. */
  of(manager: ManagerLike): Copy | undefined {
    const constructor = read(manager, "constructor");
    return typeof constructor === "function" ? this.ofClass(constructor) : undefined;
  }

  /** The copy of a `CallbackManager` class; `undefined` for any other class. */
  ofClass(constructor: object): Copy | undefined {
    const known = this.byClass.get(constructor);
    if (known !== undefined) return known;
    const copy = createCopy(constructor as ManagerClass);
    if (copy !== undefined) this.byClass.set(constructor, copy);
    return copy;
  }

  /** For each copy, the innermost method of it that encloses the code that runs now. */
  callers(): EventCaller[] {
    const found: EventCaller[] = [];
    for (const copy of this.byClass.values()) {
      const caller = copy.caller();
      if (caller !== undefined) found.push(caller);
    }
    return found;
  }
}

function createCopy(constructor: ManagerClass): Copy | undefined {
  const prototype = read(constructor, "prototype");
  if (!hasMethods(prototype, "on", "off", "dispatchEvent") || Object.getPrototypeOf(prototype) !== Object.prototype) {
    return undefined;
  }
  const probe = new constructor();
  let reason: unknown;
  probe.on("llm-start", (event: unknown) => {
    reason = read(event, "reason");
  });
  return {
    caller() {
      reason = undefined;
      probe.dispatchEvent("llm-start", {}, true);
      return isLive(reason) && isEventCaller(reason) ? reason : undefined;
    },
  };
}
