import type { TreeNode } from "./build-tree.ts";

/** One span of a tree on its line. */
export interface TreeRow {
  readonly node: TreeNode;
  /** The branches in front of its name. */
  readonly branch: string;
  /** The branches in front of a further line of the same span. */
  readonly below: string;
}

const MAX_BRANCH = 42;

/** Flattens a tree, parents first. Without recursion, so that a chain of 100,000 spans is one too. */
export function toRows(roots: readonly TreeNode[]): TreeRow[] {
  const rows: TreeRow[] = [];
  const open = roots.map((node): TreeRow => ({ node, branch: "", below: "" })).toReversed();
  for (let row = open.pop(); row !== undefined; row = open.pop()) {
    rows.push(row);
    const { below, node } = row;
    const children = node.children.map((child, index): TreeRow => {
      const [branch, guide] = index === node.children.length - 1 ? ["└─ ", "   "] : ["├─ ", "│  "];
      return { node: child, branch: fit(below + branch), below: fit(below + guide) };
    });
    for (const child of children.toReversed()) open.push(child);
  }
  return rows;
}

/** Deep trees keep the innermost branches, behind a `…`. */
function fit(branch: string): string {
  return branch.length <= MAX_BRANCH ? branch : `…  ${branch.slice(6 - MAX_BRANCH)}`;
}
