// How far a report goes back, as people write it: `90m`, `12h`, `14d`, `8w`.

const units: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const most = 3_650 * 86_400_000;

/** Milliseconds; null for what is no such text, for nothing, and for more than ten years. */
export function sinceOf(text: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? [];
  const milliseconds = Number(digits) * (units[unit] ?? Number.NaN);
  return milliseconds > 0 && milliseconds <= most ? milliseconds : null;
}

export const sinceForm = 'expected a time such as 12h or 14d, of ten years at most';
