// How often something fails, and how sure that is (FLAKES.md 6.4).

/** Failures among first attempts, one verdict per commit. */
export interface Count {
  readonly failures: number;
  readonly runs: number;
}

/** A share of runs, 0 to 1, with the bounds of its 95 % interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Normal quantile of a two-sided 95 %. */
const z = 1.959963984540054;

/**
 * Wilson's 95 % interval of `failures` of `runs`: right also for small counts near 0, where the usual interval is wrong. Without a run
 * nothing is known: 0 to 1.
 */
export function wilson({ failures, runs }: Count): Interval {
  if (runs <= 0) return { low: 0, high: 1 };
  const share = failures / runs;
  const spread = z * z;
  const middle = share + spread / (2 * runs);
  const half = z * Math.sqrt((share * (1 - share)) / runs + spread / (4 * runs * runs));
  const scale = 1 + spread / runs;
  // At the ends the formula is exact, its rounding is not.
  return {
    low: failures === 0 ? 0 : Math.max(0, (middle - half) / scale),
    high: failures === runs ? 1 : Math.min(1, (middle + half) / scale),
  };
}

/** Fewer runs than this say too little to be shown as a rate. */
export const enoughRuns = 20;
