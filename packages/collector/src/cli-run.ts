import { stripVTControlCharacters } from "node:util";
import { type ArgsDef, type CommandDef, renderUsage, runMain } from "citty";

/** Runs a command. Its help is plain text where it is no terminal that shows it, or none is to have colours. */
export function runCommand<T extends ArgsDef>(command: CommandDef<T>, rawArgs: string[]): Promise<void> {
  return runMain(command, { rawArgs, showUsage });
}

async function showUsage<T extends ArgsDef>(command: CommandDef<T>): Promise<void> {
  const usage = await renderUsage(command);
  console.log(hasColors() ? usage : stripVTControlCharacters(usage).replaceAll(/ +$/gm, ""));
}

/** What the standard output may have. */
export function hasColors(): boolean {
  return process.stdout.isTTY && !process.env["NO_COLOR"];
}
