import { type Copy, isOwnManager } from "./copy.ts";
import { placeFromStack } from "./find-copy.ts";
import {
  type Callable,
  type EventCaller,
  hasMethods,
  isEventCaller,
  isLive,
  type ManagerLike,
  read,
} from "./shapes.ts";

type ManagerClass = new () => { on: Callable; dispatchEvent: Callable };

/**
 * The copies of LlamaIndex's core that a program uses. Each is known by the class of its callback manager: a private
 * instance of it, told to dispatch at once, names the enclosing methods without an import of that copy.
 */
export class Copies {
  private readonly byClass = new Map<object, Copy>();

  /** The copy that a callback manager belongs to. */
  of(manager: ManagerLike): Copy | undefined {
    if (isOwnManager(manager)) return manager;
    const managerClass = baseClass(manager);
    return managerClass === undefined ? undefined : this.ofClass(managerClass);
  }

  /** The copy of a `CallbackManager` class; `undefined` for any other class. */
  ofClass(managerClass: object): Copy | undefined {
    const known = this.byClass.get(managerClass);
    if (known !== undefined) return known;
    const copy = createCopy(managerClass as ManagerClass);
    if (copy !== undefined) this.byClass.set(managerClass, copy);
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

/** LlamaIndex's own class, whatever the program derived from it: no constructor of the program is run. */
function baseClass(manager: object): object | undefined {
  let prototype = Reflect.getPrototypeOf(manager);
  for (let above = prototype; above !== null && above !== Object.prototype; above = Reflect.getPrototypeOf(above)) {
    prototype = above;
  }
  const found = read(prototype, "constructor");
  return prototype !== Object.prototype && hasMethods(prototype, "on", "off", "dispatchEvent") && isLive(found)
    ? found
    : undefined;
}

function createCopy(managerClass: ManagerClass): Copy | undefined {
  if (!hasMethods(read(managerClass, "prototype"), "on", "off", "dispatchEvent")) return undefined;
  const probe = new managerClass();
  let reason: unknown;
  let stack: unknown;
  const listen = (event: unknown): void => {
    stack ??= new Error("where am I").stack;
    reason = read(event, "reason");
  };
  probe.on("llm-start", listen);
  probe.dispatchEvent("llm-start", {}, true);
  return {
    place: placeFromStack(stack),
    caller() {
      reason = undefined;
      probe.dispatchEvent("llm-start", {}, true);
      return isLive(reason) && isEventCaller(reason) ? reason : undefined;
    },
  };
}
