/** Something that a command cannot do, told in one line. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
