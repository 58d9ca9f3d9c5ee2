// Many tests at once: which of them are discoveries (Benjamini and Hochberg).

/**
 * The q value of each p value, in their order: the smallest share of false discoveries at which it would be one. What lies below 0.01 is a
 * discovery at 1 %.
 */
export function falseDiscovery(values: readonly number[]): readonly number[] {
  const order = values.map((p, index) => ({ p, index })).sort((one, other) => other.p - one.p);
  const adjusted = values.map(() => 1);
  let smallest = 1;
  order.forEach(({ p, index }, fromTop) => {
    const rank = values.length - fromTop;
    smallest = Math.min(smallest, (p * values.length) / rank);
    adjusted[index] = smallest;
  });
  return adjusted;
}
