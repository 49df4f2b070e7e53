const BRAND = Symbol.for("portkey-tracing.ConfigError");

/**
 * A wrong option in code. The only error that this library ever throws, and only while something is constructed.
 * The message names the option, what it was and what it must be.
 */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** Name of the option, e.g. `batch.maxRecords`. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(`${option}: ${message}`);
    this.option = option;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** True for a `ConfigError` of any copy of this package. */
export function isConfigError(value: unknown): value is ConfigError {
  return typeof value === "object" && value !== null && BRAND in value;
}
