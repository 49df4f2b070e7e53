import { AGENT_SHAPES } from "./agent-shapes.ts";
import { AGENTS } from "./agents.ts";
import { CALLS } from "./calls.ts";
import { CHAINS } from "./chains.ts";
import { COMPOSITIONS } from "./compositions.ts";
import { CREATED_AGENTS } from "./created-agents.ts";
import { DEEP_GRAPHS } from "./deep-graphs.ts";
import { ENDINGS } from "./endings.ts";
import { EXECUTORS } from "./executors.ts";
import { GRAPH_RUNS } from "./graph-runs.ts";
import { GRAPHS } from "./graphs.ts";
import { INTERRUPTS } from "./interrupts.ts";
import { INTERRUPTS_INSIDE } from "./interrupts-inside.ts";
import { LEFT_STREAMS } from "./left-streams.ts";
import { MIDDLEWARE } from "./middleware.ts";
import { MODELS } from "./models.ts";
import { MORE_MODELS } from "./more-models.ts";
import { OWN_MODELS } from "./own-models.ts";
import { PLACES } from "./places.ts";
import type { Program } from "./program.ts";
import { RETRIES } from "./retries.ts";
import { RETRIEVAL } from "./retrieval.ts";
import { TOOL_KINDS } from "./tool-kinds.ts";

/** All programs, by what they are about. */
export const PROGRAMS: readonly (readonly [string, readonly Program[]])[] = [
  ["chains", CHAINS],
  ["compositions", COMPOSITIONS],
  ["calls", CALLS],
  ["places", PLACES],
  ["retrieval", RETRIEVAL],
  ["models", [...MODELS, ...MORE_MODELS, ...OWN_MODELS]],
  ["retries", RETRIES],
  ["tools and executors", [...TOOL_KINDS, ...EXECUTORS]],
  ["agents", [...AGENTS, ...AGENT_SHAPES, ...CREATED_AGENTS, ...MIDDLEWARE]],
  ["graphs", [...GRAPHS, ...GRAPH_RUNS, ...DEEP_GRAPHS]],
  ["interrupts", [...INTERRUPTS, ...INTERRUPTS_INSIDE]],
  ["endings", [...LEFT_STREAMS, ...ENDINGS]],
];
