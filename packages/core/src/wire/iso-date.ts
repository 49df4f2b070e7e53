/** A day, and a time of it where one is told. */
const ISO_8601 =
  /^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<minute>\d{2}:\d{2})(?::(?<second>\d{2})(?:[.,](?<fraction>\d+))?)?(?<zone>Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * Reads a date of ISO 8601, to the microsecond: RFC 3339, and what Python's `isoformat()` and `str()` write. What names no
 * zone is UTC, wherever it is read. Milliseconds since the Unix epoch, or `undefined` for any other text: `Date.parse` reads
 * "1" as the year 2001, and the 30th of February as the 2nd of March.
 */
export function parseIsoDate(text: string): number | undefined {
  const { day, minute = "00:00", second = "00", fraction = "0", zone = "Z" } = ISO_8601.exec(text)?.groups ?? {};
  if (day === undefined || !isDay(day)) return undefined;
  const ms = Date.parse(`${day}T${minute}:${second}${toZone(zone)}`);
  return Number.isNaN(ms) ? undefined : ms + Math.round(Number(`0.${fraction}`) * 1e6) / 1e3;
}

function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day);
}

/** `+05`, `+0530` → `+05:30`, which is all that `Date.parse` takes. */
function toZone(zone: string): string {
  const digits = zone.replace(":", "").toUpperCase();
  return digits === "Z" ? digits : `${digits.slice(0, 3)}:${digits.slice(3) || "00"}`;
}
