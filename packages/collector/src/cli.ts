#!/usr/bin/env node
import { runCommand } from "./cli-run.ts";
import { runServe } from "./cli-serve.ts";
import { traceCommands } from "./cli-traces.ts";

const given = process.argv.slice(2);
const args = given[0] === "help" ? [...given.slice(1), "--help"] : given;
const command = traceCommands.get(args[0] ?? "");
await (command === undefined ? runServe(args) : runCommand(command, args.slice(1)));
