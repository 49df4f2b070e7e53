import { close, fsync, open } from "node:fs";
import { osErrorCode } from "./os-error.ts";

/** Brings the names of new files to the medium, beside the program. Not where there is nothing to bring: the
 * directory is gone, or the system (Windows) does it by itself. */
export function syncDirectory(directory: string, onError: (error: unknown) => void): void {
  const told = (error: unknown): void => {
    if (error !== null && !["EPERM", "EISDIR", "EINVAL", "ENOENT"].includes(osErrorCode(error))) onError(error);
  };
  open(directory, "r", (error, fd) => {
    if (error !== null) return told(error);
    fsync(fd, (failure) => {
      told(failure);
      close(fd, told);
    });
  });
}
