import { type Callable, hasMethods, isLive, type Live, read } from "./shapes.ts";

/** A file of LlamaIndex's core, as it stands in a stack trace; the copy's other modules lie beside it. */
const CORE_FILE =
  /(?:file:\/\/)?(\/[^\s()]*|[A-Za-z]:[\\/][^\s()]*)[\\/]@llamaindex[\\/]core[\\/][\w-]+[\\/]dist[\\/][\w.-]+?\.(c?js)/;

/** Node's `require` of one file. */
export type Require = (path: string) => unknown;

/** Where a loaded copy of LlamaIndex's core lies. */
export interface CorePlace {
  /** Directory of the package. */
  readonly path: string;
  readonly extension: string;
}

/** What tracing needs of one loaded copy of LlamaIndex's core. */
export interface CoreModule {
  readonly settings: Live;
  readonly managerClass: object | undefined;
}

/** The copy of LlamaIndex's core that a stack trace passes through; `undefined` where code is bundled. */
export function placeFromStack(stack: unknown): CorePlace | undefined {
  // Programs can have stacks made in other forms than text.
  const lines = typeof stack === "string" ? stack.split("\n") : [];
  for (const line of lines) {
    const found = CORE_FILE.exec(line);
    if (found === null) continue;
    const [, root = "", extension = "js"] = found;
    return { path: decodeURI(`${root}/@llamaindex/core`), extension };
  }
  return undefined;
}

/**
 * A module of a copy that is loaded already: asked for by its path, it is that instance and no other, because Node's
 * `require` of an ES module shares the instances of `import`. `undefined` where it cannot be had.
 */
export function loadedModule({ path, extension }: CorePlace, name: string): unknown {
  return loadedFile(`${path}/${name}/dist/index.${extension}`);
}

/** The same for any file that is loaded already. */
export function loadedFile(file: string): unknown {
  try {
    return createRequire(file)?.(file);
  } catch {
    // A version that has no such module, or a trace that names a file of another machine: the caller goes without.
    return undefined;
  }
}

/** The copy of LlamaIndex's core that a stack trace passes through. */
export function coreFromStack(stack: unknown): CoreModule | undefined {
  const place = placeFromStack(stack);
  return place === undefined ? undefined : coreAt(place);
}

/** The copy of LlamaIndex's core at a place. */
export function coreAt(place: CorePlace): CoreModule | undefined {
  const module = loadedModule(place, "global");
  const settings = read(module, "Settings");
  const managerClass = read(module, "CallbackManager");
  if (!hasMethods(settings, "withCallbackManager")) return undefined;
  return { settings, managerClass: isLive(managerClass) ? managerClass : undefined };
}

/** The copy that a model's class was made with, found by letting its base class call a stand-in. */
export function coreOfModel(llm: object): CoreModule | undefined {
  const base = findBase(llm);
  const complete = read(base, "complete");
  if (typeof complete !== "function") return undefined;
  let stack: unknown;
  const standIn = {
    chat: () => {
      stack = new Error("where am I").stack;
      return { message: { content: "" }, raw: null };
    },
  };
  const answer: unknown = (complete as Callable).call(standIn, { prompt: "" });
  if (answer instanceof Promise) answer.catch(() => undefined);
  return coreFromStack(stack);
}

/** `BaseLLM` has `complete` and `exec`, and leaves `chat` to its heirs. */
function findBase(llm: object): object | undefined {
  let owner: object | null = Reflect.getPrototypeOf(llm);
  while (owner !== null) {
    if (Object.hasOwn(owner, "complete") && !Object.hasOwn(owner, "chat")) return owner;
    owner = Reflect.getPrototypeOf(owner);
  }
  return undefined;
}

/** `require` as a file has it; `undefined` where this is not Node. */
export function createRequire(path: string): Require | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  const create = read(process?.getBuiltinModule?.("node:module"), "createRequire");
  return typeof create === "function" ? (create as (path: string) => Require)(path) : undefined;
}
