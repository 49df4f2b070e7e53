/** Self time of a `.cpuprofile` by function or by package, in µs for each of so many spans. Idle time is left out. */
export function readProfile({ nodes, samples, timeDeltas }, by, spans) {
  const names = new Map(nodes.map((node) => [node.id, by === "package" ? packageOf(node) : functionOf(node)]));
  const sums = new Map();
  for (const [index, id] of samples.entries()) {
    const name = names.get(id);
    if (name === undefined || name.includes("(idle)")) continue;
    sums.set(name, (sums.get(name) ?? 0) + (timeDeltas[index] ?? 0) / spans);
  }
  return sums;
}

function functionOf(node) {
  const { functionName, lineNumber } = node.callFrame;
  const name = functionName === "" ? `(anonymous):${lineNumber + 1}` : functionName;
  return `${packageOf(node)} ${name}`;
}

/** The innermost package of a path; workspace packages by their folder. */
function packageOf({ callFrame: { url, functionName } }) {
  if (url === "") return functionName.startsWith("(") ? functionName : "(native)";
  if (url.startsWith("node:")) return url;
  const installed = url.lastIndexOf("/node_modules/");
  if (installed >= 0) {
    const [scope, name] = url.slice(installed + "/node_modules/".length).split("/");
    return scope.startsWith("@") ? `${scope}/${name}` : scope;
  }
  return /\/(packages\/[^/]+|benchmarks)\//.exec(url)?.[1] ?? url;
}
