import { afterEach, expect, it, vi } from "vitest";
import { systemRuntime } from "./runtime.ts";

afterEach(() => void vi.useRealTimers());

it("timers and clock are the real ones, whatever a test of the program's puts in their place", async () => {
  vi.useFakeTimers();
  const before = systemRuntime.now();
  await new Promise<void>((resolve) => void systemRuntime.schedule(resolve, 5));
  expect(systemRuntime.now()).toBeGreaterThan(before);
});
