// The logarithm of the gamma function: what the tails of discrete distributions are made of.

const series = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156];
const halfLogTau = 0.5 * Math.log(2 * Math.PI);

/** ln Γ(x) for x > 0, to about 15 digits: Stirling's series above 10, the recurrence below. */
export function logGamma(x: number): number {
  let shift = 0;
  let at = x;
  while (at < 10) {
    shift += Math.log(at);
    at += 1;
  }
  const square = at * at;
  const tail = series.reduceRight((sum, term) => sum / square + term, 0) / at;
  return (at - 0.5) * Math.log(at) - at + halfLogTau + tail - shift;
}

/** ln of n over k, for 0 <= k <= n. */
export function logChoose(n: number, k: number): number {
  return logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
}
