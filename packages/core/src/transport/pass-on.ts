import type { Transport } from "./transport.ts";

/** The parts of a transport that one which wraps it leaves alone. */
export function passOn(inner: Transport): Pick<Transport, "wake" | "close"> {
  return {
    wake: () => inner.wake?.(),
    close: () => inner.close?.() ?? Promise.resolve(),
  };
}
