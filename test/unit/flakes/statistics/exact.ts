// The same probabilities in whole numbers: slow, and exact to the last digit. Shares no line with what it checks.

export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

const zero: Fraction = { over: 0n, under: 1n };

export function plus(one: Fraction, other: Fraction): Fraction {
  return { over: one.over * other.under + other.over * one.under, under: one.under * other.under };
}

/** To 17 digits, however small. */
export function toNumber({ over, under }: Fraction): number {
  if (over === 0n) return 0;
  const gap = under.toString().length - over.toString().length;
  const scaled = (over * 10n ** BigInt(gap + 20)) / under;
  return Number(`${scaled}e-${gap + 20}`);
}

function choose(n: number, k: number): bigint {
  let result = 1n;
  for (let i = 0; i < k; i += 1) result = (result * BigInt(n - i)) / BigInt(i + 1);
  return result;
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}

function sum(parts: readonly Fraction[]): Fraction {
  return parts.reduce(plus, zero);
}

/** P(X >= seen) of n trials that each fail `over` times in `under`. */
export function exactBinomial(seen: number, n: number, { over, under }: Fraction): Fraction {
  const total = under ** BigInt(n);
  return sum(
    range(seen, n).map((k) => ({
      over: choose(n, k) * over ** BigInt(k) * (under - over) ** BigInt(n - k),
      under: total,
    })),
  );
}

export function exactHypergeometric(seen: number, all: number, marked: number, drawn: number): Fraction {
  const total = choose(all, drawn);
  return sum(
    range(seen, Math.min(marked, drawn))
      .filter((k) => drawn - k <= all - marked)
      .map((k) => ({ over: choose(marked, k) * choose(all - marked, drawn - k), under: total })),
  );
}

/** a (a + tenths) … of k factors, in tenths: alpha and beta have one digit after the point. */
function rising(tenths: number, k: number): bigint {
  return range(0, k - 1).reduce((product, i) => product * BigInt(tenths + 10 * i), 1n);
}

/** P(X >= seen) of n trials with a beta of alpha and beta tenths. */
export function exactBetaBinomial(seen: number, n: number, alpha: number, beta: number): Fraction {
  const total = rising(alpha + beta, n);
  return sum(
    range(seen, n).map((k) => ({
      over: choose(n, k) * rising(alpha, k) * rising(beta, n - k),
      under: total,
    })),
  );
}
