import { useEffect, useMemo } from "preact/hooks";
import type { Fresh } from "./fresh.ts";

/** Something that is kept up to date while it is shown; another one where what it is made of is another. */
export function useFresh<T>(make: () => Fresh<T>, madeOf: readonly unknown[]): Fresh<T> {
  const fresh = useMemo(make, madeOf);
  useEffect(() => () => fresh.stop(), [fresh]);
  return fresh;
}
