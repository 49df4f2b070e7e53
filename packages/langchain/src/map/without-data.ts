const MAX_DEPTH = 16;
const MAX_VALUES = 10_000;
const MAX_SEARCHED = 65_536;

/**
 * A part of a message, in which inlined data (images, audio, files) gives way to its type and size; the part itself where
 * it holds none. What lies deeper than 16 levels, or beyond 10,000 values, is handed on as it is: the snapshot of it has
 * bounds of its own.
 */
export function withoutData(part: unknown): unknown {
  const path: object[] = [];
  let values = 0;
  const walk = (value: unknown): unknown => {
    values += 1;
    if (typeof value === "string") return describeData(value);
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    if (path.includes(value)) return "[circular]";
    if (path.length >= MAX_DEPTH || values > MAX_VALUES) return value;
    path.push(value);
    let changed = false;
    const replace = (inner: unknown): unknown => {
      const replaced = walk(inner);
      changed ||= replaced !== inner;
      return replaced;
    };
    const copy = Array.isArray(value)
      ? value.map(replace)
      : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, replace(inner)]));
    path.pop();
    return changed ? copy : value;
  };
  return walk(part);
}

/** `data:` addresses and long runs of base64, by type and size. Of a long text the beginning tells what it is. */
function describeData(text: string): string {
  const header = /^data:([^;,]{1,100})[^,]{0,100},/.exec(text);
  if (header !== null) return `[${header[1]}: ${Math.floor(((text.length - header[0].length) * 3) / 4)} bytes]`;
  const isData = text.length > 256 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(text.slice(0, MAX_SEARCHED));
  return isData ? `[base64: ${Math.floor((text.length * 3) / 4)} bytes]` : text;
}
