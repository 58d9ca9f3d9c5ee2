// Days, by which the history counts.

/** A calendar day in UTC, such as `2026-11-21`. */
export type Day = string;

/** The day (UTC) of a time in milliseconds since 1970. */
export function dayOf(time: number): Day {
  return new Date(time).toISOString().slice(0, 10);
}
