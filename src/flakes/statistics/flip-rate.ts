// Pass and fail on one commit: the only direct proof that something is flaky (FLAKES.md 6.4).

/** How one test did on one commit, over first attempts, re-runs inside a build and repeats. */
export interface CommitRecord {
  readonly passes: number;
  readonly failures: number;
}

/** `tested`: commits tested twice or more, which alone can show it. `rate`: null where there is none. */
export interface FlipRate {
  readonly flips: number;
  readonly tested: number;
  readonly rate: number | null;
}

/** The share of commits that showed both, among those tested twice or more; one record for each commit. */
export function flipRate(commits: readonly CommitRecord[]): FlipRate {
  const twice = commits.filter(({ passes, failures }) => passes + failures >= 2);
  const flips = twice.filter(({ passes, failures }) => passes > 0 && failures > 0).length;
  return { flips, tested: twice.length, rate: twice.length === 0 ? null : flips / twice.length };
}
