const MAX_CHARACTERS = 1_048_576;
const MAX_VALUES = 100_000;

/**
 * Arguments of a tool call as JSON text, as OpenAI has them. Texts are cut beyond 1,048,576 characters in all; arguments
 * that cannot be written, or hold more than 100,000 values, are told in brackets. Never throws.
 */
export function toArguments(args: unknown): string {
  if (typeof args === "string") return args;
  let characters = MAX_CHARACTERS;
  let values = 0;
  const bounded = (_key: string, value: unknown): unknown => {
    values += 1;
    if (values > MAX_VALUES) throw new RangeError("too many values");
    if (typeof value === "bigint") return value.toString();
    if (typeof value !== "string") return value;
    const left = characters;
    characters = Math.max(0, left - value.length);
    return value.length <= left ? value : `${value.slice(0, left)}[truncated: ${value.length - left} characters]`;
  };
  try {
    return JSON.stringify(args ?? {}, bounded) ?? "[unreadable arguments]";
  } catch {
    return values > MAX_VALUES ? "[too many arguments]" : "[unreadable arguments]";
  }
}
