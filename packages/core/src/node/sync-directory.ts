import { close, fsync, open } from "node:fs";
import { osErrorCode } from "./os-error.ts";

/** Brings the names of new files to the medium, beside the program. Systems that cannot (Windows) do it by themselves. */
export function syncDirectory(directory: string, onError: (error: unknown) => void): void {
  const told = (error: unknown): void => {
    if (error !== null && !["EPERM", "EISDIR", "EINVAL"].includes(osErrorCode(error))) onError(error);
  };
  open(directory, "r", (error, fd) => {
    if (error !== null) return told(error);
    fsync(fd, (failure) => {
      told(failure);
      close(fd, told);
    });
  });
}
