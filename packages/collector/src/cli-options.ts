/** Options that the command knows, as they are written after `--`. */
export const OPTION_NAMES = ["port", "host", "api-key", "allow-host", "rate-limit", "data", "help", "version"] as const;

/** What is wrong with the arguments: the first thing that is, with a hint; `undefined` when they are in order. */
export function findArgumentProblem(rawArgs: readonly string[]): string | undefined {
  for (const [index, argument] of rawArgs.entries()) {
    const isValue = VALUE_OPTIONS.has(rawArgs[index - 1] ?? "");
    if (isValue) continue;
    if (!argument.startsWith("-")) return `unexpected argument "${argument}"`;
    const [name = ""] = argument.split("=", 1);
    if (KNOWN.has(name)) {
      if (VALUE_OPTIONS.has(argument) && rawArgs[index + 1] === undefined) return `${argument} needs a value`;
      continue;
    }
    const meant = nearest(name.replace(/^-+/, ""));
    return `unknown option ${name}${meant === undefined ? "" : `: did you mean --${meant}?`}`;
  }
  return undefined;
}

/** Reads a port, or `undefined` where the text is none. */
export function readPort(text: string): number | undefined {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}

/** Reads a whole number that is not negative, or `undefined` where the text is none. */
export function readCount(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const VALUE_OPTIONS: ReadonlySet<string> = new Set([
  "--port",
  "--host",
  "--api-key",
  "--allow-host",
  "--rate-limit",
  "--data",
]);
const KNOWN: ReadonlySet<string> = new Set([...OPTION_NAMES.map((name) => `--${name}`), "-h", "-v"]);

function nearest(name: string): string | undefined {
  return OPTION_NAMES.find((known) => isOneTypoAway(name, known));
}

/** True where one character that is missing, too many, another one, or changed places with its neighbour is all. */
function isOneTypoAway(written: string, meant: string): boolean {
  const shorter = Math.min(written.length, meant.length);
  let start = 0;
  while (start < shorter && written[start] === meant[start]) start += 1;
  let end = 0;
  while (end < shorter - start && written.at(-1 - end) === meant.at(-1 - end)) end += 1;
  const left = written.slice(start, written.length - end);
  const right = meant.slice(start, meant.length - end);
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right === `${left[1]}${left[0]}`;
}
