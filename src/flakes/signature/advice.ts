// What is to be done about a signature: they live for a quarter of a year (FLAKES.md 6.1), and an old one excuses what it should not.

import type { Signature } from './signature.ts';

/** What history knows of a signature. */
export interface SignatureHits {
  /** In the days that were looked at. */
  readonly hits: number;
  /** A day, such as `2026-11-21`; null: none in the days that were looked at. */
  readonly lastHit: string | null;
}

const day = 24 * 60 * 60 * 1_000;
/** Days without a hit after which a signature has done its work. */
const quiet = 90;

function daysSince(then: string, today: string): number {
  return (Date.parse(`${today}T00:00:00Z`) - Date.parse(`${then}T00:00:00Z`)) / day;
}

/**
 * What to do, as a sentence; null: nothing.
 *
 * @param hits null: nobody could be asked
 * @param today a day, such as `2026-11-21`
 */
export function adviceOn(signature: Signature, hits: SignatureHits | null, today: string): string | null {
  const { state, reviewBy, created, resolved } = signature;
  const silent = hits !== null && (hits.lastHit === null || daysSince(hits.lastHit, today) >= quiet);
  switch (state) {
    case 'expired':
      return 'delete it: it is expired';
    case 'resolved':
      if (!silent || resolved.at === null || daysSince(resolved.at, today) < quiet) return null;
      return `delete it: resolved, and not seen for ${quiet} days`;
    case 'monitor':
    case 'active':
      if (silent && created !== null && daysSince(created, today) >= quiet) {
        return `set it to expired: not seen for ${quiet} days`;
      }
      return reviewBy !== null && reviewBy < today ? `review it: that was due on ${reviewBy}` : null;
  }
}
