/** True when a JSON value has more levels than that. Without recursion: the value is somebody else's. */
export function isDeeperThan(value: unknown, maxDepth: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= maxDepth; depth++) {
    level = level.flatMap(childrenOf);
    if (level.length === 0) return false;
  }
  return true;
}

/** Objects and arrays inside an object or array. */
function childrenOf(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).filter((child) => typeof child === "object" && child !== null);
}
