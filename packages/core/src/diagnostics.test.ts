import { describe, expect, it } from "vitest";
import { createDiagnostics, type Diagnostic } from "./diagnostics.ts";
import { manualRuntime } from "./manual-runtime.ts";

const dropped: Diagnostic = { code: "dropped", message: "3 spans were lost" };
const disabled: Diagnostic = { code: "disabled", message: "tracing is off" };

describe("diagnostics", () => {
  it("come at once, and each code once a minute", () => {
    const told: Diagnostic[] = [];
    const runtime = manualRuntime();
    const diagnose = createDiagnostics((diagnostic) => void told.push(diagnostic), runtime);
    diagnose(dropped);
    diagnose(dropped);
    diagnose(disabled);
    expect(told).toEqual([dropped, disabled]);
    runtime.advance(60_000);
    diagnose(dropped);
    expect(told).toHaveLength(3);
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no"))],
  ])("survive a listener that %s", async (_name, listener) => {
    const diagnose = createDiagnostics(listener, manualRuntime());
    expect(() => diagnose(dropped)).not.toThrow();
    // An unhandled rejection would fail the run.
    await new Promise((resolve) => setTimeout(resolve, 5));
  });
});
