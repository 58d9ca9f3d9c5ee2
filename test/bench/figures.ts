// Samples to figures: medians and percentiles, and how they are written.

/** The value below which `share` (0 to 1) of the samples lie, by nearest rank; rejects an empty list. */
export function percentile(samples: readonly number[], share: number): number {
  if (samples.length === 0) throw new Error('a percentile of no samples: nothing was measured');
  const sorted = samples.toSorted((one, other) => one - other);
  const rank = Math.ceil(share * sorted.length);
  return sorted[Math.min(Math.max(rank, 1), sorted.length) - 1] ?? Number.NaN;
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

export function largest(samples: readonly number[]): number {
  return percentile(samples, 1);
}

/** Milliseconds as `7.4 ms`, `350 ms` or `2.4 s`. */
export function time(milliseconds: number): string {
  if (milliseconds >= 1_000) return `${(milliseconds / 1_000).toFixed(2)} s`;
  return milliseconds >= 20 ? `${milliseconds.toFixed(0)} ms` : `${milliseconds.toFixed(1)} ms`;
}

/** `p50 12 ms, p99 40 ms, max 41 ms (n = 100)`. */
export function spread(samples: readonly number[]): string {
  const [half, most] = [median(samples), percentile(samples, 0.99)];
  return `p50 ${time(half)}, p99 ${time(most)}, max ${time(largest(samples))} (n = ${samples.length})`;
}
