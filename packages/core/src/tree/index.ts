export { buildTree, type TreeNode, walk } from "./build-tree.ts";
export { formatCount, formatCounted, formatDuration } from "./format.ts";
export { type RenderOptions, renderTree } from "./render-tree.ts";
export { isFailure, modelOf, summarize, type TokenCounts, type TreeSummary, tokensOf } from "./summarize.ts";
export { toTerminalText } from "./terminal-text.ts";
