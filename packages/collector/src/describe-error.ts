/** Name and place of an error; its message might quote what was sent. What SQLite says is in words of its own. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return "something that is no error";
  const code = "code" in error ? ` ${String(error.code)}` : "";
  if ("errstr" in error) return `${String(error.errstr)}${code}`;
  const place = error.stack?.split("\n").find((line) => line.startsWith("    at "));
  return `${error.name}${code}${place === undefined ? "" : ` ${place.trim()}`}`;
}
