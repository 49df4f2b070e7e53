import { fieldsOf, listIn } from "../read.ts";
import { readable } from "./readable.ts";

/** True for the run of a whole agent that says so: an executor, or the graph that `createAgent` makes. */
export function isAgent(serialized: unknown, metadata: unknown): boolean {
  const kind = listIn(fieldsOf(serialized)["id"]).at(-1);
  if (kind === "AgentExecutor") return true;
  return kind === "CompiledStateGraph" && fieldsOf(metadata)["ls_integration"] === "langchain_create_agent";
}

/**
 * True for the node of a graph that makes an agent of it: the model node of `createAgent`, or that of `createReactAgent`,
 * which is called `agent` and runs a function called `callModel`, as agents that are written by hand after LangGraph's
 * manual do too. Nothing in the run of such a graph itself tells it from any other graph. Never throws.
 */
export function isAgentNode(serialized: unknown, metadata: unknown, tags: unknown): boolean {
  return readable(() => {
    const { langgraph_node: node } = fieldsOf(metadata);
    if (node === undefined || !listIn(tags).some(isStep)) return false;
    const first = fieldsOf(fieldsOf(fieldsOf(serialized)["kwargs"])["first"]);
    return listIn(first["lc_id"]).at(-1) === "AgentNode" || (node === "agent" && nameOf(first["func"]) === "callModel");
  }, false);
}

function isStep(tag: unknown): boolean {
  return typeof tag === "string" && tag.startsWith("graph:step:");
}

function nameOf(value: unknown): string {
  return typeof value === "function" ? value.name : "";
}
