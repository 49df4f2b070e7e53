// Writes docs/options.md from the option table; `--check` fails where the page is out of date.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { OPTION_TABLE } from "../packages/core/dist/index.mjs";

const PAGE = new URL("../docs/options.md", import.meta.url);
const cell = (value) => (value === undefined ? "" : `\`${String(value)}\``);
const rows = OPTION_TABLE.map(
  (row) => `| \`${row.option}\` | ${row.kind} | ${cell(row.environment)} | ${cell(row.default)} | ${row.description} |`,
);
const list = new Intl.ListFormat("en");
const wrongly = (whenWrong) =>
  list.format(OPTION_TABLE.flatMap((row) => (row.whenWrong === whenWrong ? [cell(row.environment)] : [])));
const text = `# Options

What \`createTracing(options)\`, \`new LangchainCallbackHandler(options)\` and \`new LlamaIndexCallbackHandler(options)\` take.
Code beats environment beats default. An explicit \`undefined\` and an empty variable count as unset.

A wrong value in code throws a \`ConfigError\` that names the option, and nothing else is ever thrown. A wrong value in the
environment warns once, and the default holds, but not where that would send more than was meant: then
${wrongly("tracing off")} turn tracing off, and
${wrongly("false")} count as \`false\`.

| option | kind | environment | default | |
| --- | --- | --- | --- | --- |
${rows.join("\n")}

This page is made by \`npm run docs\`.
`;

if (!process.argv.includes("--check")) writeFileSync(PAGE, text);
else if (!existsSync(PAGE) || readFileSync(PAGE, "utf8") !== text) {
  console.error("docs/options.md is out of date: npm run docs");
  process.exit(1);
}
