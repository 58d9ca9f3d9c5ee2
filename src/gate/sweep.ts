// What lies at Buildbot under our name, and what of it must go (RUNS.md 4.3).

import type { BuildsetFacts } from './facts.ts';
import type { RequestId, RunId } from './ids.ts';
import { readMarker } from './marker.ts';
import type { Run } from './run.ts';

/** Milliseconds that a stranger with our name is let be: its job may be on its way back (RUNS.md 4.4). */
const strangerPatience = 10 * 60_000;

/** An unfinished buildset of ours whose requests must be read, because some of them may not be wanted. */
export function isSuspect(buildset: BuildsetFacts, run: Run | undefined): boolean {
  const parts = readMarker(buildset.marker);
  if (parts === null) return false;
  if (run === undefined) return true;
  return !run.attempts.some(
    (attempt) => attempt.marker === buildset.marker && attempt.buildset === buildset.id,
  );
}

export type Duplicate = { readonly request: RequestId; readonly why: string };

/**
 * The requests of one buildset that belong to a known run, but to none of its open attempts by marker and builder: made by a
 * delayed packet or a paused process. An attempt that is being sent or searched for will still find its own.
 */
export function duplicatesOf(buildset: BuildsetFacts, run: Run): readonly Duplicate[] {
  return buildset.requests
    .filter(
      ({ id, builder, complete }) => !complete && !isClaimedBy(run, { id, builder, marker: buildset.marker }),
    )
    .map(({ id, builder }) => ({ request: id, why: `a second request of run ${run.id} on ${builder}` }));
}

function isClaimedBy(
  run: Run,
  request: { readonly id: RequestId; readonly builder: string; readonly marker: string },
): boolean {
  return run.attempts.some((attempt) => {
    if (attempt.builder !== request.builder) return false;
    if (attempt.request !== null) return attempt.request === request.id;
    return attempt.state !== 'ended' && attempt.marker === request.marker;
  });
}

/** When this process first saw a buildset of a run that it does not know, while it was grabbing; monotonic milliseconds. */
export type Strangers = ReadonlyMap<number, number>;

/** Strangers seen long enough are cancelled; the others are remembered. Only unfinished ones are kept, so the map is bounded by them. */
export function judgeStrangers(
  unknown: readonly BuildsetFacts[],
  seen: Strangers,
  now: number,
): { readonly seen: Strangers; readonly cancel: readonly BuildsetFacts[] } {
  const next = new Map(unknown.map((buildset) => [buildset.id, seen.get(buildset.id) ?? now]));
  const cancel = unknown.filter((buildset) => now - (next.get(buildset.id) ?? now) >= strangerPatience);
  return { seen: next, cancel };
}

/** The run that a marker of this manager names; null for anybody else's. */
export function runOfMarker(marker: string, manager: string): RunId | null {
  const parts = readMarker(marker);
  return parts !== null && parts.manager === manager ? parts.run : null;
}
