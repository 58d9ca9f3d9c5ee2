// The class of a failure where only its log and the signatures are at hand: no history, no build.

import type { Failure } from '../failure.ts';
import type { SignatureMatch } from './signature-set.ts';

export type SavedClass = 'known-flake' | 'infrastructure' | 'unknown';

/**
 * Only an active signature makes a known flake. Only what Buildbot itself says is infrastructure; no text that a build printed is
 * (FLAKES.md 6.3b rule 2).
 */
export function savedClass(failure: Failure, by: SignatureMatch | null): SavedClass {
  if (by?.signature.state === 'active') return 'known-flake';
  return failure.header && failure.kind === 'worker-lost' ? 'infrastructure' : 'unknown';
}
