/** Options that the command knows, as they are written after `--`. */
export const OPTION_NAMES = ["port", "data", "help", "version"] as const;

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

const VALUE_OPTIONS: ReadonlySet<string> = new Set(["--port", "--data"]);
const KNOWN: ReadonlySet<string> = new Set([...OPTION_NAMES.map((name) => `--${name}`), "-h", "-v"]);
const MAX_TYPOS = 2;

function nearest(name: string): string | undefined {
  const ranked = OPTION_NAMES.map((known) => ({ known, typos: distance(name, known) }));
  const [best] = ranked.toSorted((a, b) => a.typos - b.typos);
  return best !== undefined && best.typos <= MAX_TYPOS ? best.known : undefined;
}

/** Characters to insert, delete or change to make one word the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of a.split("").entries()) {
    const next = [i + 1];
    for (const [j, right] of b.split("").entries()) {
      const changed = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
