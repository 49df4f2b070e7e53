import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { ignoring, osErrorCode } from "./os-error.ts";

/** Which process this is. A pid alone says little: it is used again, and means nothing in another container. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, where the system tells; tells it from a later one with the same pid. */
  readonly start: string;
  /** Within which pids can be compared: the machine since its boot, and the pid namespace. Empty where unknown. */
  readonly domain: string;
}

export function thisProcess(): ProcessIdentity {
  const { pid, platform } = process;
  if (platform !== "linux") return { pid, start: "", domain: `${platform}:${hostname()}` };
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readStat("self");
    // A /proc of another namespace numbers processes in another way: then no pid can be looked up.
    const domain = stat?.pid === pid ? `${boot}:${readlinkSync("/proc/self/ns/pid")}` : "";
    return { pid, start: stat?.start ?? "", domain };
  } catch (error) {
    return { pid, start: osErrorCode(error), domain: "" };
  }
}

/** True where the process has surely ended. `false` may also mean that it cannot be known from here. */
export function isGone(other: ProcessIdentity, self: ProcessIdentity): boolean {
  if (self.domain === "" || other.domain !== self.domain) return false;
  const stat = process.platform === "linux" ? readStat(String(other.pid)) : undefined;
  // No word on it may also mean that it is another user's.
  if (stat === undefined) return !answersSignals(other.pid);
  return stat.start !== other.start || stat.state === "Z" || stat.state === "X";
}

function readStat(process_: string): { pid: number; state: string; start: string } | undefined {
  const text = ignoring(["ENOENT", "ESRCH"], () => readFileSync(`/proc/${process_}/stat`, "latin1"));
  if (text === undefined) return undefined;
  // The second field is the program's name in brackets, which may itself hold brackets and spaces.
  const rest = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { pid: Number.parseInt(text, 10), state: rest[0] ?? "", start: rest[19] ?? "" };
}

function answersSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return osErrorCode(error) !== "ESRCH";
  }
}
