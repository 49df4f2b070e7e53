#!/usr/bin/env node
import { runMain } from "citty";
import { runServe } from "./cli-serve.ts";
import { traceCommands } from "./cli-traces.ts";

const [name = "", ...rest] = process.argv.slice(2);
const command = traceCommands.get(name);
await (command === undefined ? runServe() : runMain(command, { rawArgs: rest }));
