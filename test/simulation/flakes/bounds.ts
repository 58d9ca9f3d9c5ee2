// A share with its 95 % bounds (Wilson), by the simulation's own arithmetic.

export interface Share {
  readonly hits: number;
  readonly of: number;
  readonly low: number;
  readonly high: number;
}

export function shareOf(hits: number, of: number): Share {
  if (of === 0) return { hits, of, low: 0, high: 1 };
  const z = 1.96;
  const p = hits / of;
  const middle = p + (z * z) / (2 * of);
  const half = z * Math.sqrt((p * (1 - p) + (z * z) / (4 * of)) / of);
  const scale = 1 + (z * z) / of;
  return {
    hits,
    of,
    low: hits === 0 ? 0 : (middle - half) / scale,
    high: hits === of ? 1 : (middle + half) / scale,
  };
}

/** Such as `0.42 % [0.39, 0.46]`. */
export function shown({ hits, of, low, high }: Share): string {
  const percent = (share: number) => (100 * share).toFixed(2);
  return of === 0 ? '-' : `${percent(hits / of)} % [${percent(low)}, ${percent(high)}]`;
}
