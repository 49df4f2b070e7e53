import { toErrorText } from "./error-text.ts";
import { isSecretHeader, isSecretKey } from "./secret-keys.ts";
import { withoutSecretMembers } from "./secret-text.ts";
import type { SnapshotOptions } from "./snapshot.ts";

/** How every copy of a program's values is taken. */
export const WITHOUT_SECRETS: Pick<SnapshotOptions, "isSecretKey" | "isSecretHeader" | "cleanText" | "cleanErrorText"> =
  { isSecretKey, isSecretHeader, cleanText: withoutSecretMembers, cleanErrorText: toErrorText };
