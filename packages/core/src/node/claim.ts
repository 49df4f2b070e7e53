import { randomBytes } from "node:crypto";
import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { removeFile } from "./file-bytes.ts";
import { makeDirectory } from "./make-directory.ts";
import { ignoring } from "./os-error.ts";
import { isGone, type ProcessIdentity, thisProcess } from "./process-identity.ts";

/** How often an owner says that it is alive. */
export const BEAT_MS = 5_000;
/** How long an owner may be silent before others take it for dead. */
export const LEASE_MS = 30_000;

/**
 * Says whose the segments of one client are: a small file that its owner touches every {@link BEAT_MS}. The id is chance,
 * so that neither a pid that is used again nor two containers with the same pids are ever mixed up.
 */
export class Claim {
  id: string = newId();
  private readonly directory: string;
  private readonly now: () => number;
  private held = false;
  /** Tells the directory in which it is held from a later one of the same name. */
  private heldIn: string | undefined;
  private beatenAtMs = 0;

  constructor(directory: string, now: () => number) {
    this.directory = directory;
    this.now = now;
  }

  /** Others may take this client for dead soon: it was stopped, or too busy. */
  get isLate(): boolean {
    return this.held && Math.abs(this.now() - this.beatenAtMs) > LEASE_MS / 2;
  }

  /** Puts the claim into the directory, which is made if need be. @throws what the operating system says */
  hold(): void {
    if (this.held) return;
    makeDirectory(this.directory);
    writeFileSync(this.path(this.id), JSON.stringify(thisProcess()), { flag: "wx", mode: 0o600 });
    this.held = true;
    this.heldIn = this.directoryIdentity();
    this.touch();
  }

  /**
   * Says that the owner is alive. Where the claim is gone it has a new id then, unheld. `taken`: others may have taken it
   * for dead, as it was silent for the lease. `removed`: they had no reason to, or the directory is not the one it was.
   */
  beat(): "held" | "taken" | "removed" {
    if (!this.held) return "held";
    const silentMs = Math.abs(this.now() - this.beatenAtMs);
    if (this.touch()) return "held";
    this.held = false;
    this.id = newId();
    return silentMs > LEASE_MS && this.directoryIdentity() === this.heldIn ? "taken" : "removed";
  }

  /** Takes the claim away: what is left of its segments is anybody's. */
  release(): void {
    if (!this.held) return;
    this.held = false;
    this.remove(this.id);
    this.id = newId();
  }

  /** Takes away the claim of an owner that is dead. */
  remove(owner: string): void {
    removeFile(this.path(owner));
  }

  /** True where another owner is dead: it left no claim, has been silent for too long, or its process has ended. */
  isDead(owner: string): boolean {
    const path = this.path(owner);
    const stat = ignoring(["ENOENT"], () => statSync(path));
    if (stat === undefined || Math.abs(this.now() - stat.mtimeMs) > LEASE_MS) return true;
    const text = ignoring(["ENOENT", "EACCES"], () => readFileSync(path, "utf8"));
    const identity = text === undefined ? undefined : parseIdentity(text);
    return identity !== undefined && isGone(identity, thisProcess());
  }

  /** Answers `false` where the claim is gone. */
  private touch(): boolean {
    const nowMs = this.now();
    this.beatenAtMs = nowMs;
    const touched = ignoring(["ENOENT"], () => {
      utimesSync(this.path(this.id), nowMs / 1000, nowMs / 1000);
      return true;
    });
    return touched === true;
  }

  private directoryIdentity(): string | undefined {
    const stat = ignoring(["ENOENT"], () => statSync(this.directory));
    return stat === undefined ? undefined : `${stat.dev}:${stat.ino}:${stat.birthtimeMs}`;
  }

  private path(owner: string): string {
    return join(this.directory, `${owner}.owner`);
  }
}

function newId(): string {
  return randomBytes(8).toString("hex");
}

/** `undefined` for a claim that is just being written, or was never finished: then its age decides. */
function parseIdentity(text: string): ProcessIdentity | undefined {
  try {
    const { pid, start, domain } = JSON.parse(text) as Partial<ProcessIdentity>;
    return pid === undefined || start === undefined || domain === undefined ? undefined : { pid, start, domain };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
