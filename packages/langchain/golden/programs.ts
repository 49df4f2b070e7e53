import { AGENTS } from "./agents.ts";
import { CHAINS } from "./chains.ts";
import { COMPOSITIONS } from "./compositions.ts";
import { ENDINGS } from "./endings.ts";
import { EXECUTORS } from "./executors.ts";
import { GRAPHS } from "./graphs.ts";
import { INTERRUPTS } from "./interrupts.ts";
import { MODELS } from "./models.ts";
import { MORE_MODELS } from "./more-models.ts";
import { PLACES } from "./places.ts";
import type { Program } from "./program.ts";
import { RETRIES } from "./retries.ts";
import { RETRIEVAL } from "./retrieval.ts";

/** All programs, by what they are about. */
export const PROGRAMS: readonly (readonly [string, readonly Program[]])[] = [
  ["chains", CHAINS],
  ["compositions", COMPOSITIONS],
  ["retrieval", RETRIEVAL],
  ["models", MODELS],
  ["more models", MORE_MODELS],
  ["retries", RETRIES],
  ["places", PLACES],
  ["tools and executors", EXECUTORS],
  ["agents", AGENTS],
  ["graphs", GRAPHS],
  ["interrupts", INTERRUPTS],
  ["endings", ENDINGS],
];
