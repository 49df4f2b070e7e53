import { alike, type Callable, type Live, read } from "./shapes.ts";

type Undo = () => void;

/** A property's functions, to be called with the object as `this`. */
interface Accessors {
  readonly get?: (this: unknown) => unknown;
  readonly set?: (this: unknown, value: unknown) => void;
}

/**
 * Methods replaced on live objects, as own properties: prototypes stay as they are, `this`, `instanceof` and private
 * members work as before. Holds the objects weakly, so that short-lived engines can be collected.
 */
export class Patches {
  private undos = new WeakMap<object, Map<string, Undo>>();
  isOpen = true;
  private readonly wrappers = new WeakSet<object>();
  private readonly others: Undo[] = [];
  private readonly targets = new Set<WeakRef<object>>();
  private readonly registry = new FinalizationRegistry<WeakRef<object>>((target) => this.targets.delete(target));

  /** Replaces a method, once; false where that cannot be done (it is missing, or the object is frozen). */
  method(target: Live, key: string, wrap: (original: Callable) => Callable): boolean {
    const original = read(target, key);
    if (!this.isOpen || typeof original !== "function") return false;
    if (this.undos.get(target)?.has(key) === true) return true;
    const before = Object.getOwnPropertyDescriptor(target, key);
    // A copy of an object has the wrapper of the original; so has what a proxy stands for.
    if (typeof before?.value === "function" && this.wrappers.has(before.value)) return true;
    const wrapper = alike(wrap(original as Callable), original);
    this.wrappers.add(wrapper);
    const enumerable = before?.enumerable ?? false;
    if (!Reflect.defineProperty(target, key, { value: wrapper, writable: true, configurable: true, enumerable })) {
      return false;
    }
    this.remember(target, key, () => {
      if (read(target, key) === wrapper) restore(target, key, before);
    });
    return true;
  }

  /** Puts a setter before the one that a property has; reading it stays as it is. */
  setter(target: Live, key: string, onSet: (value: unknown) => void): boolean {
    const found = findDescriptor(target, key);
    const { get, set } = (found ?? {}) as Accessors;
    if (!this.isOpen || set === undefined || this.undos.get(target)?.has(key) === true) return false;
    const before = Object.getOwnPropertyDescriptor(target, key);
    const ours = function (this: unknown, value: unknown): void {
      set.call(this, value);
      onSet(value);
    };
    const descriptor: PropertyDescriptor = { set: ours, configurable: true, enumerable: before?.enumerable ?? false };
    if (get !== undefined) descriptor.get = get;
    if (!Reflect.defineProperty(target, key, descriptor)) return false;
    this.remember(target, key, () => {
      if (Object.getOwnPropertyDescriptor(target, key)?.set === ours) restore(target, key, before);
    });
    return true;
  }

  /** Adds something to be undone with the rest. */
  onUndo(undo: Undo): void {
    this.others.push(undo);
  }

  /** Restores all, and replaces nothing any more: calls that are under way may still meet new objects. */
  close(): void {
    this.undoAll();
    this.isOpen = false;
  }

  open(): void {
    this.isOpen = true;
  }

  /** Restores all that nobody else has replaced since. */
  undoAll(): void {
    for (const undo of this.others.splice(0)) undo();
    for (const reference of this.targets) {
      const target = reference.deref();
      const undos = target === undefined ? undefined : this.undos.get(target);
      for (const undo of undos?.values() ?? []) undo();
    }
    this.targets.clear();
    this.undos = new WeakMap();
  }

  private remember(target: object, key: string, undo: Undo): void {
    const known = this.undos.get(target);
    if (known !== undefined) {
      known.set(key, undo);
      return;
    }
    const reference = new WeakRef(target);
    this.undos.set(target, new Map([[key, undo]]));
    this.targets.add(reference);
    this.registry.register(target, reference);
  }
}

function findDescriptor(target: object, key: string): PropertyDescriptor | undefined {
  let owner: object | null = target;
  while (owner !== null) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, key);
    if (descriptor !== undefined) return descriptor;
    owner = Reflect.getPrototypeOf(owner);
  }
  return undefined;
}

function restore(target: object, key: string, before: PropertyDescriptor | undefined): void {
  if (before === undefined) Reflect.deleteProperty(target, key);
  else Reflect.defineProperty(target, key, before);
}
