import { aside } from "./aside.ts";
import { ALL_BASES, watchBases, watchWhole } from "./bases.ts";
import type { Copy } from "./copy.ts";
import { readEvent } from "./events.ts";
import { wholeFromStack, wholeOfSettings } from "./find-whole.ts";
import type { ManagerUse, Observer } from "./observer.ts";
import { Patches } from "./patches.ts";
import { type Callable, hasMethods, isLive, type Live, type ManagerLike, read } from "./shapes.ts";

/** What a `Settings` object may hold that is worth watching. */
const MODELS = ["llm", "embedModel"] as const;

/** Scoped forms of the same: `Settings.withLLM(llm, fn)`. */
const SCOPES = ["withLLM", "withEmbedModel"] as const;

/** Does this look like a `Settings`, of whichever copy? */
export function isSettings(value: unknown): value is Live {
  return isLive(value) && "callbackManager" in value;
}

/**
 * Watches one `Settings`: the manager that is there keeps its identity and its listeners, models that are there or are
 * set later are watched, and so are managers and models that are set for a scope.
 */
export function attachSettings(observer: Observer, patches: Patches, settings: Live): void {
  observer.listens = true;
  const manager = read(settings, "callbackManager");
  const copy = isManager(manager) ? observer.copies.of(manager) : undefined;
  if (isManager(manager)) {
    attachManager(observer, patches, manager);
    // Only the `Settings` of the package `llamaindex` has these, and with them the whole core is loaded.
    const isWhole = "promptHelper" in settings && "nodeParser" in settings;
    if (isWhole) watchClasses(observer, copy, wholeOfSettings(settings));
  }
  patches.setter(settings, "callbackManager", (value) => {
    observer.guard(() => {
      if (!isManager(value)) return;
      attachManager(observer, patches, value);
      // Set by way of the package `llamaindex`, which is loaded then.
      const whole = observer.ownManagers.has(value) ? wholeFromStack(new Error("who sets").stack) : undefined;
      if (whole !== undefined) watchClasses(observer, copy, whole);
    });
  });
  patches.method(settings, "withCallbackManager", (scope) => {
    return before(scope, (value) => {
      observer.guard(() => {
        if (isManager(value) && !observer.managers.has(value)) attachManager(observer, patches, value);
      });
    });
  });
  for (const key of MODELS) {
    observer.look(read(settings, key));
    patches.setter(settings, key, (value) => observer.look(value));
  }
  for (const key of SCOPES) patches.method(settings, key, (scope) => before(scope, (value) => observer.look(value)));
}

function watchClasses(observer: Observer, copy: Copy | undefined, whole: unknown): void {
  watchBases(observer, copy, ALL_BASES);
  watchWhole(observer, whole);
}

/** Reads a manager's events, once: the same one may be reached through several `Settings`. */
function attachManager(observer: Observer, patches: Patches, manager: Live & ManagerLike): void {
  if (!patches.isOpen || observer.ownManagers.has(manager)) return;
  const use = observer.managers.get(manager) ?? startReading(observer, manager);
  if (use === undefined) return;
  use.uses += 1;
  patches.onUndo(() => {
    use.uses -= 1;
    if (use.uses > 0) return;
    use.patches.undoAll();
    observer.managers.delete(manager);
  });
}

function startReading(observer: Observer, manager: Live & ManagerLike): ManagerUse | undefined {
  const use: ManagerUse = { patches: new Patches(), uses: 0 };
  const copy = observer.copies.of(manager);
  const patched = use.patches.method(manager, "dispatchEvent", (dispatch) => {
    return function (this: unknown, ...args: unknown[]): unknown {
      // Where somebody has replaced the method again, ours stays below it after its time.
      if (observer.managers.get(manager) !== use) return dispatch.apply(this, args);
      readEvent(observer, copy, args[0], args[1]);
      return aside(observer, () => dispatch.apply(this, args));
    };
  });
  if (!patched) return undefined;
  observer.managers.set(manager, use);
  return use;
}

function isManager(value: unknown): value is Live & ManagerLike {
  return isLive(value) && hasMethods(value, "dispatchEvent");
}

function before(original: Callable, first: (...args: unknown[]) => void): Callable {
  return function (this: unknown, ...args: unknown[]): unknown {
    first(...args);
    return original.apply(this, args);
  };
}
