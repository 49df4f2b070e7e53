/** What belongs to products that are tested here: whoever runs the tests may have a key of their own. */
const OF_PRODUCTS = /^(PORTKEY|OPENAI|ANTHROPIC|LANGCHAIN|LANGSMITH|LANGGRAPH|OTEL|CLICKHOUSE)_/i;
/** What changes how every program here talks: colours, languages, proxies, and what Node is told beside its arguments. */
const OF_THE_SHELL = /^(NO_COLOR|FORCE_COLOR|LANG|LANGUAGE|LC_\w+|\w+_PROXY|NODE_(OPTIONS|DEBUG|USE_ENV_PROXY))$/i;

/** Tests, and the programs that they start, know no such variables but those that a test sets itself. */
for (const name of Object.keys(process.env)) {
  if (OF_PRODUCTS.test(name) || OF_THE_SHELL.test(name)) delete process.env[name];
}
