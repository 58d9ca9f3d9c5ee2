// Requests that should not have been made, as the database shows them.

import type { Ledger, LedgerRequest } from './ledger.ts';

export interface Extra {
  readonly request: LedgerRequest;
  readonly of: LedgerRequest;
  readonly why: 'the same attempt again' | 'while another was live' | 'though another had its result';
  /** Seconds for which both were live; null: both still are. */
  readonly together: number | null;
  /** One of the two was cancelled or stopped. */
  readonly found: boolean;
}

const cancelled = 6;

function hasResult({ results, builds }: LedgerRequest): boolean {
  return results !== null && results <= 2 && builds.some((build) => build.completeAt !== null);
}

function reason(earlier: LedgerRequest, later: LedgerRequest): Extra['why'] | null {
  if (earlier.run === later.run && earlier.ordinal === later.ordinal && earlier.role === later.role)
    return 'the same attempt again';
  // Repeats of a measure are several requests by design.
  if (earlier.role !== 'vote' || later.role !== 'vote') return null;
  // Whole seconds, rounded down: an end and a begin in the same second may have come in either order.
  if (earlier.completeAt === null || earlier.completeAt > later.submittedAt) return 'while another was live';
  return earlier.run === later.run && hasResult(earlier) ? 'though another had its result' : null;
}

function together(earlier: LedgerRequest, later: LedgerRequest): number | null {
  const ends = [earlier.completeAt, later.completeAt].filter((end) => end !== null);
  return ends.length === 0 ? null : Math.max(0, Math.min(...ends) - later.submittedAt);
}

/** Each request that was one too many for its content key and builder, with the first one that it repeats. */
export function extrasOf(ledger: Ledger): readonly Extra[] {
  return ledger.flatMap((later, at) => {
    for (const earlier of ledger.slice(0, at)) {
      if (earlier.key !== later.key || earlier.builder !== later.builder) continue;
      const why = reason(earlier, later);
      if (why === null) continue;
      const found = earlier.results === cancelled || later.results === cancelled;
      return [{ request: later, of: earlier, why, together: together(earlier, later), found }];
    }
    return [];
  });
}
