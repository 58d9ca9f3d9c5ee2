// Days, by which the history counts.

/** A calendar day in UTC, such as `2026-11-21`. */
export type Day = string;

/** The day (UTC) of a time in milliseconds since 1970. */
export function dayOf(time: number): Day {
  return new Date(time).toISOString().slice(0, 10);
}

/** As long as anything may be kept. */
const mostDays = 3_660;

/** All days from one to the other, both included; none where they are no days. */
export function daysBetween(from: Day, to: Day): readonly Day[] {
  const days: Day[] = [];
  for (
    let at = Date.parse(from);
    days.length < mostDays && !Number.isNaN(at) && dayOf(at) <= to;
    at += 86_400_000
  ) {
    days.push(dayOf(at));
  }
  return days;
}
