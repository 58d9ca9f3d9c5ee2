// Durations as the file writes them: a whole number and one unit, `30s`, `5m`, `2h`, `1d`.

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** A timer of Node cannot run longer than 24.8 days. */
const longest = 24 * units.d;

function isUnit(text: string | undefined): text is keyof typeof units {
  return text !== undefined && Object.hasOwn(units, text);
}

/** Milliseconds of `30s`, `5m`, `2h` or `1d`; null for anything else, for nothing, and for more than 24 days. */
export function parseDuration(text: string): number | null {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (!isUnit(unit)) return null;
  const time = Number(count) * units[unit];
  return time > 0 && time <= longest ? time : null;
}

/** Whole seconds in milliseconds as the shortest text that `parseDuration` reads back. */
export function formatDuration(time: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (time % units[unit] === 0) return `${time / units[unit]}${unit}`;
  }
  return `${time / units.s}s`;
}
