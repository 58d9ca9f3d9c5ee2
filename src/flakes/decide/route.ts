// By what a failure could be excused at all, before anything is measured (FLAKES.md 6.3, 6.3b).

import type { ReadFailure } from '../reading.ts';
import { enoughRuns } from '../statistics/rate.ts';
import { expected, posterior, startPrior } from '../statistics/surprise.ts';

/**
 * `signature`, `base`: the change is measured. `control`: its base as well, and `why` says why that is needed. `red`: two red base builds
 * stand for the control.
 */
export type Route =
  | { readonly kind: 'stands'; readonly why: string }
  | { readonly kind: 'infrastructure' }
  | { readonly kind: 'red' }
  | { readonly kind: 'signature'; readonly id: string }
  | { readonly kind: 'base' }
  /** `signature`: an active one that it has kept to as well. */
  | { readonly kind: 'control'; readonly why: string; readonly signature: string | null };

/** `leaked [1, 1, 1] references` is steady; a list with a zero or less in it is not. What shows no list counts as steady. */
function isSteadyLeak({ kind, message }: ReadFailure): boolean {
  if (kind !== 'refleak') return false;
  const list = /leaked \[([-\d, ]+)\]/.exec(message ?? '')?.[1];
  return list === undefined || list.split(',').every((count) => Number(count) > 0);
}

/** Why an active signature excuses nothing here; null where it may. */
function spoiled({ signature, evidence }: ReadFailure): string | null {
  if (signature === null) return null;
  const { id, allowed, maxRate } = signature;
  if (!allowed) return `${id} is not allowed to excuse`;
  if (evidence === null) return null;
  if (evidence.suspended !== null) return `${id} is suspended: ${evidence.suspended}`;
  const { failures, runs, prior = startPrior } = evidence;
  // On a builder on which everything else hardly fails, few runs of this one would look better than they are: the start counts as well.
  const thought = [prior, startPrior].map((before) => expected(posterior(evidence, before)));
  const tooOften = (runs >= enoughRuns && failures / runs > maxRate) || Math.max(...thought) > maxRate;
  return tooOften ? `${id} fails ${failures} of ${runs} there, more than its max_rate of ${maxRate}` : null;
}

/** Why what names a failure, or what is known of it, excuses nothing now; null where it may, or where nothing names it. */
export function excusesNothing(failure: ReadFailure): string | null {
  const { signature, evidence } = failure;
  if (signature?.state === 'resolved' && signature.containsFix) {
    return `${signature.id} is resolved and this commit contains the fix: a regression`;
  }
  if (evidence !== null && evidence.suspended !== null) return `its rate jumped: ${evidence.suspended}`;
  return signature?.state === 'active' ? spoiled(failure) : null;
}

/** What may never be excused, whatever is measured. */
function stands(failure: ReadFailure): string | null {
  const { excuseKey, signature, kind } = failure;
  if (excuseKey === null) return 'neither a test nor a place in the code is known, so it cannot be compared';
  if (signature?.state === 'resolved' && signature.containsFix) {
    return `${signature.id} is resolved and this commit contains the fix: a regression`;
  }
  if (failure.evidence?.redBase === 2) return null;
  if (kind === 'compile') return 'what does not compile is never forgiven';
  return isSteadyLeak(failure) ? 'a steady reference leak is never forgiven' : null;
}

/** The route of one failure. Only Buildbot's own facts make infrastructure, which whoever read the build has seen to (6.3b rule 2). */
export function routeOf(failure: ReadFailure): Route {
  if (failure.class === 'infrastructure') return { kind: 'infrastructure' };
  const why = stands(failure);
  if (why !== null) return { kind: 'stands', why };
  const { evidence, signature, touched } = failure;
  if (evidence?.redBase === 2) return { kind: 'red' };
  const active = signature?.state === 'active' ? signature.id : null;
  const spoil = active === null ? (evidence?.suspended ?? null) : spoiled(failure);
  if (spoil !== null) return { kind: 'control', why: spoil, signature: null };
  if (touched) return { kind: 'control', why: 'the change may have touched it', signature: active };
  if (active !== null) return { kind: 'signature', id: active };
  return (evidence?.baseCommits ?? 0) >= 1
    ? { kind: 'base' }
    : { kind: 'control', why: 'it has not been seen before', signature: null };
}
