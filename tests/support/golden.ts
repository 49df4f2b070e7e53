import type { Span } from "@portkey-tracing/core";
import { buildTree, type TreeNode } from "@portkey-tracing/core/tree";

/**
 * Spans as a tree for people to read and review: ids, times and what differs from run to run are left out.
 *
 *     chain RunnableSequence
 *       llm ChatOpenAI 20+3=23 cached 3 reasoning 2
 *       chain StrOutputParser error: boom
 *
 * Siblings stand in the order of their start, or by name where they run side by side.
 */
export function goldenTree(spans: readonly Span[], order: "start" | "name" = "start"): string {
  const lines: string[] = [];
  const add = (nodes: readonly TreeNode[], indent: string): void => {
    const sorted = order === "start" ? nodes : nodes.toSorted((a, b) => compareText(textOf(a), textOf(b)));
    for (const node of sorted) {
      lines.push(`${indent}${labelOf(node)}`);
      add(node.children, `${indent}  `);
    }
  };
  add(buildTree(spans), "");
  return lines.join("\n");
}

/** An expected tree as it is written in a test: without the indentation of the code around it. */
export function tree(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent).trimEnd()).join("\n");
}

/** The same tree, with siblings in the order of their text: where they run side by side. */
export function byName(text: string): string {
  const blocks: string[][] = [];
  const lines = text.split("\n");
  const indent = lines[0]?.search(/\S/) ?? 0;
  for (const line of lines) {
    if (line.search(/\S/) > indent) blocks.at(-1)?.push(line);
    else blocks.push([line]);
  }
  const sorted = blocks.map(([head = "", ...rest]) =>
    rest.length === 0 ? head : `${head}\n${byName(rest.join("\n"))}`,
  );
  return sorted.toSorted(compareText).join("\n");
}

function textOf(node: TreeNode): string {
  return `${labelOf(node)} ${node.children.map(textOf).join(" ")}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function labelOf({ span, orphan }: TreeNode): string {
  const parts = [span.type, span.name, usageOf(span), statusOf(span), marksOf(span), orphan === true ? "ORPHAN" : ""];
  return parts.filter((part) => part !== "").join(" ");
}

function usageOf(span: Span): string {
  const usage = fields(fields(span.output)["usage"]);
  if (span.model === undefined || usage["prompt_tokens"] === undefined) return "";
  const prompt = fields(usage["prompt_tokens_details"]);
  const completion = fields(usage["completion_tokens_details"]);
  const counts = `${count(usage["prompt_tokens"])}+${count(usage["completion_tokens"])}=${count(usage["total_tokens"])}`;
  const cached = prompt["cached_tokens"] ? ` cached ${count(prompt["cached_tokens"])}` : "";
  const reasoning = completion["reasoning_tokens"] ? ` reasoning ${count(completion["reasoning_tokens"])}` : "";
  return counts + cached + reasoning;
}

function count(value: unknown): string {
  return JSON.stringify(value) ?? "none";
}

function statusOf({ status }: Span): string {
  switch (status.code) {
    case "ok":
      return "";
    case "error":
      return `error: ${status.error.message.split("\n")[0] ?? ""}`;
    case "cancelled":
    case "interrupted":
      return status.code;
    case "unfinished":
      return "unfinished";
  }
}

function marksOf(span: Span): string {
  return span.marks.length === 0 ? "" : `[${span.marks.map((mark) => mark.name).join(", ")}]`;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
