/** True when a JSON value has more levels than that. Goes no deeper than it: the value is somebody else's. */
export function isDeeperThan(value: unknown, maxDepth: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some((item) => reaches(item, maxDepth));
  const members = value as Readonly<Record<string, unknown>>;
  for (const name in members) if (reaches(members[name], maxDepth)) return true;
  return false;
}

function reaches(child: unknown, levelsLeft: number): boolean {
  if (typeof child !== "object" || child === null) return false;
  return levelsLeft === 0 || isDeeperThan(child, levelsLeft - 1);
}
