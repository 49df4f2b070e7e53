export type { Durability, FileSpoolOptions } from "./file-spool.ts";
export { fileSpool } from "./file-spool.ts";
