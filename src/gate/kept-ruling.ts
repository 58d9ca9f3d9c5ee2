// What was decided of the failures of a voting builder (FLAKES.md 6.3), as the run keeps it.

export interface KeptRuling {
  /** `forgive`: counts as passed. `withdraw`: does not count where the coverage holds without it. `fail`: the failure stands. */
  readonly action: 'forgive' | 'withdraw' | 'fail';
  readonly result: 'FAILURE' | 'NO_COVERAGE' | null;
  /** One sentence for a developer. */
  readonly why: string;
  /** What the verdict says of it in its summary, such as `FLK-12 on AMD64 Debian 3.x, 1 of 20`, or `new: test_ssl on AMD64 Debian 3.x`. */
  readonly summary: string;
  /** It might have been forgiven, but was not measured: another failure stands anyway. */
  readonly unmeasured: boolean;
  /** What was known of the run when it was made: a ruling holds only while that is all (the surprise guard counts over builders). */
  readonly basis: string;
}
