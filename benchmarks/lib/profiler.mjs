import { writeFileSync } from "node:fs";
import { Session } from "node:inspector/promises";

/** Starts V8's sampling profiler; what it gives back stops it, and writes the profile to `file`. */
export async function startProfile(file) {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: 200 });
  await session.post("Profiler.start");
  return async () => {
    const { profile } = await session.post("Profiler.stop");
    writeFileSync(file, JSON.stringify(profile));
    session.disconnect();
  };
}
