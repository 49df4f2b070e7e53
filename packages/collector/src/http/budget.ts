/** What all requests together may hold of something. */
export interface Budget {
  /** Takes so much, or answers `false` where there is not so much left. */
  take(amount: number): boolean;
  /** Gives back what was taken. */
  give(amount: number): void;
  /** What is taken. */
  readonly used: number;
}

/** A budget of so much. */
export function createBudget(most: number): Budget {
  let used = 0;
  return {
    take: (amount) => {
      if (used + amount > most) return false;
      used += amount;
      return true;
    },
    give: (amount) => {
      used -= amount;
    },
    get used() {
      return used;
    },
  };
}
