// Seeded chance: one seed, one course.

/** A source of numbers in [0, 1). */
export type Chance = () => number;

/** sfc32: small, fast, good enough for a simulation; the same numbers on every machine. */
export function seeded(seed: number): Chance {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let d = 1;
  const next: Chance = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return (t >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 20; i += 1) next();
  return next;
}

/** A whole number from 0 to below `n`. */
export function below(chance: Chance, n: number): number {
  return Math.floor(chance() * n);
}

/** How many trials to the next success, from 0: skips over what does not happen. */
export function gap(chance: Chance, p: number): number {
  if (p >= 1) return 0;
  return Math.floor(Math.log1p(-chance()) / Math.log1p(-p));
}

/** Successes in n trials. */
export function binomial(chance: Chance, n: number, p: number): number {
  if (p <= 0) return 0;
  let count = 0;
  for (let at = gap(chance, p); at < n; at += 1 + gap(chance, p)) count += 1;
  return count;
}
