/** What a command understands: names are as they are written after `--`. */
export interface CommandShape {
  /** Options that have a value. */
  readonly values: readonly string[];
  /** Options that have none. */
  readonly flags: readonly string[];
  /** Names of what stands there without `--`, for the text of an error; all must be there. */
  readonly operands: readonly string[];
  /** Names of commands that may stand first instead of all this. */
  readonly commands?: readonly string[];
}

/** Where traces are, as every command understands it. */
export const PLACE_OPTIONS: readonly string[] = ["data", "clickhouse"];

/** What is wrong with the arguments: the first thing that is, with a hint; `undefined` when they are in order. */
export function findArgumentProblem(rawArgs: readonly string[], shape: CommandShape): string | undefined {
  const operands: string[] = [];
  const end = rawArgs.includes("--") ? rawArgs.indexOf("--") : rawArgs.length;
  for (let index = 0; index < rawArgs.length; index++) {
    const argument = rawArgs[index] ?? "";
    if (index === end) continue;
    if (index > end || argument === "-" || !argument.startsWith("-")) {
      operands.push(argument);
      if (operands.length > shape.operands.length) return `unexpected argument "${argument}"${hint(argument, shape)}`;
      continue;
    }
    const [written = ""] = argument.split("=", 1);
    const name = written.replace(/^--/, "");
    if (shape.values.includes(name)) {
      if (argument.includes("=")) continue;
      index += 1;
      if (rawArgs[index] === undefined) return `${argument} needs a value`;
    } else if (!isFlag(written, name, shape)) {
      const meant = [...shape.values, ...shape.flags, ...ALWAYS].find((known) => isOneTypoAway(name, known));
      return `unknown option ${written}${meant === undefined ? "" : `: did you mean --${meant}?`}`;
    }
  }
  const missing = shape.operands[operands.length];
  return missing === undefined ? undefined : `expected ${missing}`;
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

/** Reads a size: `500MB`, `10 GB`, `1TB`, or a number of bytes. */
export function readBytes(text: string): number | undefined {
  const { number = "", unit = "B" } = /^(?<number>\d+(\.\d+)?) ?(?<unit>[kMGT]?B)?$/i.exec(text)?.groups ?? {};
  return number === "" ? undefined : Math.round(Number(number) * 1000 ** UNITS.indexOf(unit.toUpperCase()));
}

const UNITS = ["B", "KB", "MB", "GB", "TB"];
const ALWAYS = ["help", "version"];

function hint(argument: string, { commands = [] }: CommandShape): string {
  const meant = commands.find((known) => isOneTypoAway(argument, known));
  return meant === undefined ? "" : `: did you mean ${meant}?`;
}

function isFlag(written: string, name: string, { flags }: CommandShape): boolean {
  return written === "-h" || written === "-v" || (written.startsWith("--") && [...flags, ...ALWAYS].includes(name));
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
