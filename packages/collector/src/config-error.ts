const BRAND = Symbol.for("portkey-tracing.ConfigError");

/** A wrong option. The message names the option and the way out. Recognised by `isConfigError` of the core package. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** Name of the option, e.g. `host`. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(`${option}: ${message}`);
    this.option = option;
    Object.defineProperty(this, BRAND, { value: true });
  }
}
