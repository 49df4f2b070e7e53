/** Collects what comes while one commit is under way into the next one: a commit costs the same for one span as for many. */
export function createGroupCommit<T>(commit: (items: readonly T[]) => Promise<void>, most: number): GroupCommit<T> {
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
    settled: async () => running,
  };
}

/** See {@link createGroupCommit}. */
export interface GroupCommit<T> {
  /** Resolves once the items are committed; rejects with what the commit of just these rejects with. */
  add(items: readonly T[]): Promise<void>;
  readonly isBusy: boolean;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

interface Waiting<T> {
  readonly items: readonly T[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
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
