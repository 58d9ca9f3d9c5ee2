// Is a count more than its known rate explains? What the gate forgives and suspends by (FLAKES.md 6.3, 6.4).

import { falseDiscovery } from './discovery.ts';
import type { Count } from './rate.ts';
import { betaBinomialTail, type Beta } from './tails.ts';

/** What is thought of a test's rate before it was ever run: about one failure in a hundred, hardly sure of it. */
export const startPrior: Beta = { alpha: 0.3, beta: 30 };

/** A count with a tail below this is surprising. */
export const surprising = 0.001;

/** What is known of a rate after `count`. */
export function posterior({ failures, runs }: Count, prior: Beta = startPrior): Beta {
  return { alpha: prior.alpha + failures, beta: prior.beta + Math.max(0, runs - failures) };
}

/** The rate to expect. */
export function expected({ alpha, beta }: Beta): number {
  return alpha / (alpha + beta);
}

/** P(X >= `now.failures`) in `now.runs` runs, by what `before` (not counting `now`) says of the rate. */
export function tailOf(now: Count, before: Count, prior: Beta = startPrior): number {
  return betaBinomialTail(now.failures, now.runs, posterior(before, prior));
}

const leastTests = 20;
const weakest = 3;
const strongest = 3000;

/**
 * The prior of one builder, from the counts of all its tests: their common rate, and how much they differ (method of moments). Too few
 * tests, or none that ever failed, say nothing: then it is the start.
 */
export function empiricalPrior(tests: readonly Count[]): Beta {
  const ran = tests.filter(({ runs }) => runs > 0);
  const runs = ran.reduce((sum, test) => sum + test.runs, 0);
  const failures = ran.reduce((sum, test) => sum + test.failures, 0);
  if (ran.length < leastTests || failures === 0 || failures === runs) return startPrior;
  const rate = failures / runs;
  const single = rate * (1 - rate);
  const spread = ran.reduce((sum, test) => sum + test.runs * (test.failures / test.runs - rate) ** 2, 0);
  const squares = ran.reduce((sum, test) => sum + test.runs ** 2, 0);
  const free = ran.length - 1;
  const excess = (spread - single * free) / (single * (runs - squares / runs - free));
  const strength = excess > 0 ? Math.min(strongest, Math.max(weakest, 1 / excess - 1)) : strongest;
  return { alpha: rate * strength, beta: (1 - rate) * strength };
}

/** One key or signature: its last 24 hours, and the window before them, each one verdict per commit. */
export interface Recent {
  readonly today: Count;
  readonly before: Count;
}

/** `suspended`: it excuses nothing for now. `discovery`: sure enough, among all that were looked at, to open a regression incident. */
export interface Jump {
  readonly tail: number;
  readonly suspended: boolean;
  readonly discovery: boolean;
}

/**
 * Whose rate jumped within the last 24 hours, in their order. One surprising tail (below 0.001) is enough to suspend, for that is the safe
 * side; an incident is opened where the false discoveries over all of them stay below 1 %. Blind below about 3 hits.
 */
export function jumps(all: readonly Recent[], prior: Beta = startPrior): readonly Jump[] {
  const tails = all.map(({ today, before }) => tailOf(today, before, prior));
  const shares = falseDiscovery(tails);
  return tails.map((tail, index) => {
    const suspended = tail < surprising;
    return { tail, suspended, discovery: suspended && (shares[index] ?? 1) < 0.01 };
  });
}
