/** Code of an error of the operating system, e.g. `ENOSPC`. */
export function osErrorCode(error: unknown): string {
  if (typeof error !== "object" || error === null) return typeof error;
  return "code" in error && typeof error.code === "string" ? error.code : "unknown error";
}

/** Runs a function; `undefined` where it fails with one of the named codes. Other errors are thrown on. */
export function ignoring<T>(codes: readonly string[], fn: () => T): T | undefined {
  try {
    return fn();
  } catch (error) {
    if (codes.includes(osErrorCode(error))) return undefined;
    throw error;
  }
}
