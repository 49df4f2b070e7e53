import { join } from "node:path";

/** What the place of the data depends on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Where the command keeps its traces unless told: in the user's data folder, so that no prompt ends up in a repository. */
export function defaultDataPath({ platform, home, env }: Machine): string {
  return join(dataFolder(platform, home, env), "portkey-traces", "traces.db");
}

function dataFolder(platform: NodeJS.Platform, home: string, env: Machine["env"]): string {
  if (platform === "win32") return env["LOCALAPPDATA"] || join(home, "AppData", "Local");
  if (platform === "darwin") return join(home, "Library", "Application Support");
  return env["XDG_DATA_HOME"] || join(home, ".local", "share");
}
