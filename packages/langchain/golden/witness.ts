import type { Span } from "@portkey-tracing/core";
import { buildTree, type TreeNode } from "@portkey-tracing/core/tree";

/** A run as LangChain told of it. */
interface Seen {
  readonly kind: string;
  readonly name: string;
  readonly parent: Seen | undefined;
  readonly hidden: boolean;
  status: "ok" | "error" | "interrupted" | "open";
}

const STARTS: Readonly<Record<string, { kind: string; tags: number; name: number }>> = {
  handleChainStart: { kind: "chain", tags: 4, name: 7 },
  handleChatModelStart: { kind: "llm", tags: 5, name: 7 },
  handleLLMStart: { kind: "llm", tags: 5, name: 7 },
  handleToolStart: { kind: "tool", tags: 4, name: 6 },
  handleRetrieverStart: { kind: "retriever", tags: 4, name: 6 },
};
const ENDS = ["handleLLMEnd", "handleToolEnd", "handleRetrieverEnd"];
const ERRORS = ["handleChainError", "handleLLMError", "handleToolError", "handleRetrieverError"];

/** A handler of its own that takes down every start and end, and from that the tree that the spans must give. */
export class Witness {
  readonly name: string = "witness";
  readonly awaitHandlers: boolean = true;
  private readonly open = new Map<string, Seen>();
  private readonly all: Seen[] = [];
  private readonly byId = new Map<string, Seen>();

  readonly handleChainEnd: (outputs: unknown, runId: string) => void = (_outputs, runId) => this.end(runId, "ok");

  constructor() {
    const methods = this as unknown as Record<string, (...args: unknown[]) => void>;
    for (const name in STARTS) methods[name] = (...args) => this.start(name, args);
    for (const name of ENDS) methods[name] = (_result, runId) => this.end(String(runId), "ok");
    for (const name of ERRORS) methods[name] = (error, runId) => this.end(String(runId), statusOf(error));
  }

  /** One line for each run, sorted: its kind, name and status, and the names of the runs around it. */
  lines(): string[] {
    return this.all
      .filter((run) => !run.hidden)
      .map((run) => `${run.status} ${pathOf(run)}`)
      .toSorted();
  }

  private start(method: string, args: readonly unknown[]): void {
    const { kind, tags, name } = STARTS[method] ?? { kind: "", tags: 0, name: 0 };
    const runId = String(args[2]);
    if (this.open.has(runId)) return;
    const { id, name: given } = (args[0] ?? {}) as { id?: string[]; name?: string };
    const run: Seen = {
      kind,
      name: (args[name] as string | undefined) ?? given ?? id?.at(-1) ?? "",
      parent: this.byId.get(String(args[3])),
      hidden: (args[tags] as string[]).includes("langsmith:hidden") || isPlumbing(id, args[name]),
      status: "open",
    };
    this.all.push(run);
    this.open.set(runId, run);
    this.byId.set(runId, run);
  }

  private end(runId: string, status: Seen["status"]): void {
    const run = this.open.get(runId);
    if (run !== undefined) run.status = status;
    this.open.delete(runId);
  }
}

/** The same lines, from spans. */
export function linesOf(spans: readonly Span[]): string[] {
  const lines: string[] = [];
  const add = (node: TreeNode, above: string): void => {
    const { type, name, status } = node.span;
    const path = `${above}/${type === "agent" ? "chain" : type} ${name}`;
    lines.push(`${status.code === "unfinished" || status.code === "cancelled" ? "open" : status.code} ${path}`);
    for (const child of node.children) add(child, path);
  };
  for (const root of buildTree(spans)) add(root, "");
  return lines.toSorted();
}

function pathOf(run: Seen): string {
  const above = run.parent === undefined ? "" : pathOf(run.parent);
  return run.hidden ? above : `${above}/${run.kind} ${run.name}`;
}

/** LangGraph 0.2 does not tag what it writes for an entrypoint. */
function isPlumbing(id: readonly string[] | undefined, name: unknown): boolean {
  return id?.[0] === "langgraph" && (id[1] === "ChannelWrite" || name === "func");
}

function statusOf(error: unknown): Seen["status"] {
  const { is_bubble_up: isControlFlow, name } = (error ?? {}) as { is_bubble_up?: boolean; name?: string };
  if (isControlFlow !== true) return "error";
  return name === "ParentCommand" ? "ok" : "interrupted";
}
