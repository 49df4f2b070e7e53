/** What `read` gives, or a stand-in where a framework's object cannot be read: that costs the part, and not the span. */
export function readable<T>(read: () => T, standIn: T): T {
  try {
    return read();
  } catch {
    // The stand-in tells it, in place.
    return standIn;
  }
}
