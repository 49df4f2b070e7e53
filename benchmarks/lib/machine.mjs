import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

const PACKAGES = {
  "@langchain/core": "../node_modules/@langchain/core/package.json",
  "@langfuse/langchain": "../langfuse/node_modules/@langfuse/langchain/package.json",
  "@langfuse/otel": "../langfuse/node_modules/@langfuse/otel/package.json",
  "@opentelemetry/sdk-trace-base": "../langfuse/node_modules/@opentelemetry/sdk-trace-base/package.json",
};

/** When and on what a run was made. */
export function describeMachine() {
  const versions = Object.entries(PACKAGES).map(([name, path]) => `${name} ${versionAt(path)}`);
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  return [
    `${new Date().toISOString().slice(0, 16)}Z, ${cpus().length} cores (${cpus()[0]?.model.trim()}), ${memory}`,
    `load ${loadavg()[0]?.toFixed(2)} at the start, Node ${process.versions.node}`,
    versions.join(", "),
  ];
}

function versionAt(path) {
  try {
    return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")).version;
  } catch (error) {
    if (error.code === "ENOENT") return "(not installed)";
    throw error;
  }
}
