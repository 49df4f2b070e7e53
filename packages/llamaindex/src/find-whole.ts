import { loadedFile } from "./find-copy.ts";
import { type Callable, type Live, read } from "./shapes.ts";

/** A file of the package `llamaindex`, as it stands in a stack trace; ours has the same name, in a scope. */
const WHOLE_FILE =
  /(?:file:\/\/)?((?:\/|[A-Za-z]:[\\/])[^\s()]*[\\/]node_modules[\\/]llamaindex[\\/]dist)[\\/](cjs[\\/])?[^\s()]*?\.(c?js):\d/;

/**
 * The loaded package `llamaindex` that a `Settings` belongs to: a scope that changes nothing tells by its stack where
 * the package lies. `undefined` for the `Settings` of LlamaIndex's core, and where code is bundled.
 */
export function wholeOfSettings(settings: Live): unknown {
  const scope = read(settings, "withCallbackManager");
  if (typeof scope !== "function") return undefined;
  const manager = read(settings, "callbackManager");
  const stack: unknown = (scope as Callable).call(settings, manager, () => new Error("where am I").stack);
  return wholeFromStack(stack);
}

/** The loaded package `llamaindex` that a stack trace passes through. */
export function wholeFromStack(stack: unknown): unknown {
  const lines = typeof stack === "string" ? stack.split("\n") : [];
  for (const line of lines) {
    const found = WHOLE_FILE.exec(line);
    if (found === null) continue;
    const [, dist = "", isRequired, extension = "js"] = found;
    return loadedFile(decodeURI(`${dist}/${isRequired === undefined ? "" : "cjs/"}index.${extension}`));
  }
  return undefined;
}
