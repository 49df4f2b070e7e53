import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULT_HANDLERS, HANDLERS } from "../handlers/index.mjs";
import { WORKLOADS } from "../workloads/index.mjs";

export const USAGE = `npm run bench -- [options]
  --quick                 a fifth of each workload, two repetitions: about two minutes
  --scale <n>             so many times the roots of each workload: with 5, what a process costs that has run for a while
  --repetitions <n>       how often each handler runs each workload (default 4)
  --workloads W1,W2       only these (default ${Object.keys(WORKLOADS).join(",")})
  --handlers none,ours    only these (default ${DEFAULT_HANDLERS.join(",")}); "none" is always there
  --candidate <folder>    also measures the build in another copy of packages/langchain, as "candidate"
  --soak                  instead: a program that runs for a while, and its memory
  --seconds <n>           length of the soak for each handler (default 20)
  --down                  the soak with nothing listening at the endpoint
  --faults                instead: what arrives when the endpoint fails, or the process ends early
  --json                  writes the numbers to benchmarks/.results
`;

/** Reads the command line. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      scale: { type: "string" },
      repetitions: { type: "string" },
      workloads: { type: "string" },
      handlers: { type: "string" },
      candidate: { type: "string" },
      soak: { type: "boolean", default: false },
      seconds: { type: "string", default: "20" },
      down: { type: "boolean", default: false },
      faults: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const candidate = values.candidate === undefined ? undefined : resolve(values.candidate);
  const handlers = values.handlers === undefined ? DEFAULT_HANDLERS : pick(values.handlers, HANDLERS);
  const chosen = candidate === undefined ? handlers : [...handlers, "candidate"];
  return {
    ...values,
    candidate,
    seconds: Number(values.seconds),
    scale: Number(values.scale ?? (values.quick ? 0.2 : 1)),
    repetitions: Number(values.repetitions ?? (values.quick ? 2 : 4)),
    workloads: values.workloads === undefined ? Object.keys(WORKLOADS) : pick(values.workloads, WORKLOADS),
    handlers: [...new Set(["none", ...chosen])],
  };
}

function pick(list, known) {
  const names = list.split(",");
  const wrong = names.find((name) => !Object.hasOwn(known, name));
  if (wrong !== undefined) throw new Error(`"${wrong}" is none of ${Object.keys(known).join(", ")}`);
  return names;
}
