import { type Callable, hasMethods, isLive, type Live, read } from "./shapes.ts";

/** A file of LlamaIndex's core, as it stands in a stack trace; the copy's other modules lie beside it. */
const CORE_FILE =
  /(?:file:\/\/)?(\/[^\s()]*|[A-Za-z]:[\\/][^\s()]*)[\\/]@llamaindex[\\/]core[\\/][\w-]+[\\/]dist[\\/][\w.-]+?\.(c?js)/;

type Require = (path: string) => unknown;

/** What tracing needs of one loaded copy of LlamaIndex's core. */
export interface CoreModule {
  readonly settings: Live;
  readonly managerClass: object | undefined;
}

/**
 * The very copy of LlamaIndex's core that a stack trace passes through: the module is loaded already,
 * so that asking for it by its path gives that copy and no other. `undefined` where code is bundled, or not on Node.
 */
export function coreFromStack(stack: unknown): CoreModule | undefined {
  // Programs can have stacks made in other forms than text.
  const lines = typeof stack === "string" ? stack.split("\n") : [];
  for (const line of lines) {
    const found = CORE_FILE.exec(line);
    if (found === null) continue;
    const [, root = "", extension = "js"] = found;
    return coreAt(decodeURI(`${root}/@llamaindex/core/global/dist/index.${extension}`));
  }
  return undefined;
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

function coreAt(path: string): CoreModule | undefined {
  const load = createRequire(path);
  if (load === undefined) return undefined;
  try {
    const module = load(path);
    const settings = read(module, "Settings");
    const managerClass = read(module, "CallbackManager");
    if (!hasMethods(settings, "withCallbackManager")) return undefined;
    return { settings, managerClass: isLive(managerClass) ? managerClass : undefined };
  } catch {
    // The trace named a file that cannot be had: the caller says what that means.
    return undefined;
  }
}

function createRequire(path: string): Require | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  const create = read(process?.getBuiltinModule?.("node:module"), "createRequire");
  return typeof create === "function" ? (create as (path: string) => Require)(path) : undefined;
}
