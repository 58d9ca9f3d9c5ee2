// How probable a count is, or a higher one. Each sum begins at the count asked for and goes up, so that a tiny tail keeps its digits.

import { logChoose, logGamma } from './log-gamma.ts';

/** A beta distribution over rates. */
export interface Beta {
  readonly alpha: number;
  readonly beta: number;
}

/** Sums p(from) + p(from + 1) + …, where `ratio(k)` is p(k + 1) / p(k). */
function sumUp(first: number, range: readonly [number, number], ratio: (k: number) => number): number {
  let term = first;
  let sum = first;
  for (let k = range[0]; k < range[1] && term > 0; k += 1) {
    term *= ratio(k);
    sum += term;
    // Past the mode the terms only shrink: what is left cannot be seen any more.
    if (term < sum * 1e-17 && ratio(k) < 0.5) break;
  }
  return Math.min(1, sum);
}

/** P(X >= seen) of a binomial with `n` trials of probability `p`. */
export function binomialTail(seen: number, n: number, p: number): number {
  if (seen <= 0) return 1;
  if (seen > n || p <= 0) return 0;
  if (p >= 1) return 1;
  const first = Math.exp(logChoose(n, seen) + seen * Math.log(p) + (n - seen) * Math.log1p(-p));
  const odds = p / (1 - p);
  return sumUp(first, [seen, n], (k) => ((n - k) / (k + 1)) * odds);
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** P(X >= seen) of `n` trials whose common probability is only known as a beta distribution. */
export function betaBinomialTail(seen: number, n: number, { alpha, beta }: Beta): number {
  if (seen <= 0) return 1;
  if (seen > n) return 0;
  const first = Math.exp(logChoose(n, seen) + logBeta(seen + alpha, n - seen + beta) - logBeta(alpha, beta));
  return sumUp(first, [seen, n], (k) => ((n - k) / (k + 1)) * ((k + alpha) / (n - k - 1 + beta)));
}

/** Of `all` things `marked` are marked; `drawn` are drawn. */
export interface Draw {
  readonly all: number;
  readonly marked: number;
  readonly drawn: number;
}

/** P(X >= seen) of the marked ones among those drawn without putting back: Fisher's exact test, one-sided. */
export function hypergeometricTail(seen: number, { all, marked, drawn }: Draw): number {
  const most = Math.min(marked, drawn);
  const least = Math.max(0, drawn - (all - marked));
  if (seen <= least) return 1;
  if (seen > most) return 0;
  const first = Math.exp(
    logChoose(marked, seen) + logChoose(all - marked, drawn - seen) - logChoose(all, drawn),
  );
  return sumUp(
    first,
    [seen, most],
    (k) => ((marked - k) * (drawn - k)) / ((k + 1) * (all - marked - drawn + k + 1)),
  );
}
