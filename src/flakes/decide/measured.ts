// What the measuring builds of one builder have shown so far, on the change or on its base.

import type { CaseAttempt, CaseOutcome } from './case.ts';
import { failuresToStop, repeatsAsked } from './rules.ts';

export type Measured =
  | { readonly kind: 'none' }
  | { readonly kind: 'under-way' }
  /** It proves nothing: the failure that it was to judge stands (RUNS.md 1.3). */
  | { readonly kind: 'void'; readonly why: string }
  | {
      readonly kind: 'repeats';
      readonly ran: number;
      readonly failed: number;
      readonly byKey: ReadonlyMap<string, number>;
    }
  /** Whole builds, one after the other: the keys that each showed. */
  | { readonly kind: 'whole'; readonly builds: readonly ReadonlySet<string>[] };

const words: Readonly<Record<Exclude<CaseOutcome, 'open' | 'passed' | 'failed'>, string>> = {
  infrastructure: 'was broken off by infrastructure',
  'timed-out': 'timed out',
  aborted: 'was aborted',
  unheard: 'was never begun',
  'config-error': 'did not run as configured',
};

/** Why a build proves nothing; null where it counts. */
function flaw({ outcome, reading }: CaseAttempt): string | null {
  if (outcome === 'open') return null;
  if (outcome !== 'passed' && outcome !== 'failed') return words[outcome];
  if (reading === null) return outcome === 'passed' ? null : 'could not be read';
  if (reading.doubt !== null) return `is in doubt (${reading.doubt})`;
  if (reading.more > 0) return `shows more failures than are kept (${reading.more} more)`;
  const { repeats, failures } = reading;
  if (repeats === null) {
    return outcome === 'failed' && failures.length === 0 ? 'failed without a failure that was found' : null;
  }
  return repeatsFlaw(outcome, repeats);
}

function repeatsFlaw(
  outcome: 'passed' | 'failed',
  { ran, failed, byKey }: { ran: number; failed: number; byKey: Readonly<Record<string, number>> },
): string | null {
  const counts = Object.values(byKey);
  const named = counts.reduce((sum, count) => sum + count, 0);
  if (failed > ran || counts.some((count) => count > failed)) return 'counts more failures than repeats';
  if (failed === 0 && outcome === 'failed') return 'failed though none of its repeats did';
  if (named < failed) return `has ${failed - named} failing repeats in which no failure was found`;
  if (ran <= 1 || ran >= repeatsAsked || failed >= failuresToStop) return null;
  return `stopped after ${ran} of ${repeatsAsked} repeats`;
}

/** The keys that one whole run showed; '' for what has none. */
function shown({ reading }: CaseAttempt): ReadonlySet<string> {
  const repeated = Object.entries(reading?.repeats?.byKey ?? {}).filter(([, count]) => count > 0);
  const found = (reading?.failures ?? []).map(({ excuseKey }) => excuseKey ?? '');
  return new Set([...repeated.map(([key]) => key), ...found]);
}

/** Reads the builds of one role, in the order in which they were made. `what` names such a build in sentences. */
export function measured(attempts: readonly CaseAttempt[], what: string): Measured {
  if (attempts.length === 0) return { kind: 'none' };
  for (const attempt of attempts) {
    const why = flaw(attempt);
    if (why !== null) return { kind: 'void', why: `${what} ${why}` };
  }
  if (attempts.some(({ outcome }) => outcome === 'open')) return { kind: 'under-way' };
  const repeats = attempts
    .map(({ reading }) => reading?.repeats ?? null)
    .find((each) => (each?.ran ?? 0) > 1);
  if (repeats != null) {
    return { ...repeats, kind: 'repeats', byKey: new Map(Object.entries(repeats.byKey)) };
  }
  return { kind: 'whole', builds: attempts.map(shown) };
}
