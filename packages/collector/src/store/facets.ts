import type { Span } from "@portkey-tracing/core";
import { modelOf } from "@portkey-tracing/core/tree";

/** What traces can be filtered by, beside status, time, text and feedback; what is kept first of many stands first. */
export const FACET_NAMES = ["model", "provider", "user", "session", "tag", "meta"] as const;

/** One of {@link FACET_NAMES}. */
export type FacetName = (typeof FACET_NAMES)[number];

/** Metadata values are compared by this many characters: what Portkey keeps of them. */
const MAX_CHARACTERS = 128;

/** Facets of one trace that can be found. */
const MAX_FACETS = 100;

const USER_KEYS = ["_user", "user_id", "userId", "user"];
const SESSION_KEYS = ["session_id", "sessionId", "thread_id", "threadId", "session", "_session", "conversation_id"];

/** A facet as text: `model:gpt-4o`, `tag:beta`, `meta:plan=pro`. */
export function toFacet(name: FacetName, value: string): string {
  return `${name}:${value.slice(0, MAX_CHARACTERS)}`;
}

/**
 * Facets without repetition, sorted. Of more than are kept these are the first by name and then by the alphabet: metadata,
 * of which there may be any amount, does not displace models and users. What is kept of several sets is the same in whatever
 * order they come.
 */
export function keepFacets(facets: readonly string[]): readonly string[] {
  const sorted = [...new Set(facets)].toSorted();
  if (sorted.length <= MAX_FACETS) return sorted;
  const byName = FACET_NAMES.flatMap((name) => sorted.filter((facet) => facet.startsWith(`${name}:`)));
  return byName.slice(0, MAX_FACETS).toSorted();
}

/** What a span can be found by. A metadata value that is no text is written as JSON. */
export function facetsOf(span: Span): string[] {
  const facets: string[] = [];
  const model = modelOf(span);
  if (model !== undefined) facets.push(toFacet("model", model));
  if (span.model?.provider !== undefined) facets.push(toFacet("provider", span.model.provider));
  const user = userOf(span);
  if (user !== undefined) facets.push(toFacet("user", user));
  const session = sessionOf(span);
  if (session !== undefined) facets.push(toFacet("session", session));
  for (const tag of span.tags) facets.push(toFacet("tag", tag));
  for (const key in span.metadata) facets.push(toFacet("meta", `${key}=${textOf(span.metadata[key])}`));
  return facets;
}

/** Who asked, where the span's metadata says so. */
export function userOf(span: Span): string | undefined {
  return firstOf(span, USER_KEYS);
}

/** The conversation that a span belongs to, where its metadata says so. */
export function sessionOf(span: Span): string | undefined {
  return firstOf(span, SESSION_KEYS);
}

function firstOf({ metadata }: Span, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = metadata[key];
    if (typeof value === "number" || (typeof value === "string" && value !== "")) {
      return String(value).slice(0, MAX_CHARACTERS);
    }
  }
  return undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}
