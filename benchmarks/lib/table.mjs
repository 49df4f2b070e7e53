/** A Markdown table; numbers stand to the right. */
export function toTable(header, rows) {
  const lines = [header, ...rows].map((cells) => cells.map(String));
  const widths = header.map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const line = (cells) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(" | ")} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`)).join(" | ")} |`;
  return [line(lines[0]), rule, ...lines.slice(1).map(line)].join("\n");
}

/** Table of one workload. */
export function toCostTable(rows) {
  const header = ["handler", "added µs a span", "spread", "CPU µs a span", "peak RSS MB", "bytes a span", "lost spans"];
  return toTable(
    header,
    rows.map((row) => [
      row.handler,
      row.handler === "none" ? "–" : row.added.toFixed(1),
      row.spread.toFixed(1),
      row.cpuPerSpan.toFixed(1),
      row.peakRssMb.toFixed(0),
      row.bytesPerSpan.toFixed(0),
      row.lost === 0 ? "–" : `${row.lost} LOST`,
    ]),
  );
}

/** Ratios of one workload, with the goals that there are. */
export function toRatioTable(lines) {
  return toTable(
    ["ours to", "ratio", "goal"],
    lines.map(({ to, ratio, goal }) => [to, ratio.toFixed(2), goal === undefined ? "–" : toVerdict(ratio, goal)]),
  );
}

function toVerdict(ratio, goal) {
  return `≤ ${goal}: ${ratio <= goal ? "met" : "MISSED"}`;
}
