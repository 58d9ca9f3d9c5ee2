// What is counted of one name (a test, a builder, ...) on one day.

/** Counters of one name on one day. In the order in which they are stored: new ones are added at the end. */
export const counters = [
  /** First builds of landed commits on each builder, and those of them that failed so. */
  'runs',
  'failures',
  /** The same of changes in the gate. */
  'gateRuns',
  'gateFailures',
  /** Failures in any build, repeats included, and those of them that a re-run inside the build cleared. */
  'seen',
  'cleared',
  /** Failures with a class that explains them. */
  'classed',
  'forgiven',
  'withdrawn',
  /** Milliseconds of builds that failed so; a build with several failures is shared between them. */
  'cost',
  /** Milliseconds of measures and controls. */
  'retry',
  /** Landed commits that a builder tested again, and those that passed and failed. */
  'retested',
  'flipped',
] as const;
export type Counter = (typeof counters)[number];
export type DayCounts = Readonly<Record<Counter, number>>;

/** Nothing counted. */
export const nothingCounted: DayCounts = {
  runs: 0,
  failures: 0,
  gateRuns: 0,
  gateFailures: 0,
  seen: 0,
  cleared: 0,
  classed: 0,
  forgiven: 0,
  withdrawn: 0,
  cost: 0,
  retry: 0,
  retested: 0,
  flipped: 0,
};
