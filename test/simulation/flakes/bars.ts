// What is demanded of the figures (the bars of the decision), and whether a share keeps within.

import type { Share } from './bounds.ts';

/**
 * `met`: the upper 95 % bound keeps within the bar. `open`: only the lower one does: too few were simulated to say. `missed`: neither.
 */
export type Judgement = 'met' | 'open' | 'missed';

export interface Row {
  readonly name: string;
  readonly figure: string;
  /** null: printed, not demanded. */
  readonly bar: string | null;
  readonly judgement: Judgement | null;
}

/** At most this share. A bar of 0 allows no hit at all. */
export function atMost(bar: number, { hits, low, high }: Share): Judgement {
  if (bar === 0) return hits === 0 ? 'met' : 'missed';
  if (high <= bar) return 'met';
  return low <= bar ? 'open' : 'missed';
}

/** Several shares as one. */
export function together(shares: readonly Share[]): { readonly hits: number; readonly of: number } {
  return {
    hits: shares.reduce((sum, { hits }) => sum + hits, 0),
    of: shares.reduce((sum, { of }) => sum + of, 0),
  };
}
