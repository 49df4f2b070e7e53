/** Bytes of bodies that may be held at a time, by all requests together. */
export interface ByteBudget {
  /** Takes bytes, or answers `false` where there are none left. */
  take(bytes: number): boolean;
  /** Gives bytes back. */
  give(bytes: number): void;
  /** Bytes that are taken. */
  readonly used: number;
}

/** A budget of so many bytes. */
export function createByteBudget(maxBytes: number): ByteBudget {
  let used = 0;
  return {
    take: (bytes) => {
      if (used + bytes > maxBytes) return false;
      used += bytes;
      return true;
    },
    give: (bytes) => {
      used -= bytes;
    },
    get used() {
      return used;
    },
  };
}
