/**
 * Collects what comes while one commit is under way into the next one: a commit costs the same for one span as for
 * many. With a time to linger it waits so long for more before each: those who were answered together send again
 * together.
 */
export function createGroupCommit<T>(
  commit: (items: readonly T[]) => Promise<void>,
  most: number,
  lingerMs = 0,
): GroupCommit<T> {
  let waiting: Waiting<T>[] = [];
  let running: Promise<void> | undefined;

  const commitAll = async (group: readonly Waiting<T>[]): Promise<void> => {
    try {
      await commit(group.flatMap((one) => one.items));
      for (const one of group) one.resolve();
    } catch (error) {
      const [only] = group;
      if (group.length === 1 && only !== undefined) only.reject(error);
      // One of them is to blame: each for itself.
      else for (const one of group) await commitAll([one]);
    }
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      if (lingerMs > 0 && sizeOf(waiting) < most) await linger(lingerMs);
      const group = takeGroup(waiting, most);
      waiting = waiting.slice(group.length);
      await commitAll(group);
    }
    running = undefined;
  };
  return {
    add: (items) =>
      new Promise((resolve, reject) => {
        waiting.push({ items, resolve, reject });
        running ??= run();
      }),
    get isBusy() {
      return running !== undefined;
    },
    get waiting() {
      return sizeOf(waiting);
    },
    settled: async () => running,
  };
}

/** See {@link createGroupCommit}. */
export interface GroupCommit<T> {
  /** Resolves once the items are committed; rejects with what the commit of just these rejects with. */
  add(items: readonly T[]): Promise<void>;
  readonly isBusy: boolean;
  /** Items that wait for a commit. */
  readonly waiting: number;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

interface Waiting<T> {
  readonly items: readonly T[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

function sizeOf<T>(waiting: readonly Waiting<T>[]): number {
  return waiting.reduce((size, one) => size + one.items.length, 0);
}

function linger(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** The first of a queue, and those behind it that fit beside it. */
function takeGroup<T>(waiting: readonly Waiting<T>[], most: number): readonly Waiting<T>[] {
  let size = 0;
  const end = waiting.findIndex((one, index) => {
    size += one.items.length;
    return index > 0 && size > most;
  });
  return end === -1 ? waiting : waiting.slice(0, end);
}
