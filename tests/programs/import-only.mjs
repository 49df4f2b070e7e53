// Loads every package and uses none.
import "@portkey-tracing/collector";
import "@portkey-tracing/core";
import "@portkey-tracing/langchain";
import "@portkey-tracing/llamaindex";

const started = process
  .getActiveResourcesInfo()
  .filter((name) => /Timeout|Immediate|TCP|Worker|Message|Signal/.test(name));
console.log(started.join());
