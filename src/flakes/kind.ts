// The kinds of failure, in the order in which they are shown: what explains most comes first (DESIGN.md section 6).

export const kinds = [
  'worker-lost',
  'disk-full',
  'oom',
  'network',
  'timeout',
  'crash',
  'refleak',
  'compile',
  'test-failure',
  'env-changed',
  'other',
] as const;
export type Kind = (typeof kinds)[number];

/** Where a kind stands in the order, from 0. */
export function rank(kind: Kind): number {
  return kinds.indexOf(kind);
}
