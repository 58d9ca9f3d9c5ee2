// Which builders may judge: the lists name workers, and one worker that is not stable takes the vote from its builder (RUNS.md 3.2).

import type { Builder, WorkerName } from './fleet.ts';
import { matchesAny } from './glob.ts';

/** `fleet.stable` and `fleet.unstable`: globs over worker names. */
export interface Stability {
  readonly stable: readonly string[];
  readonly unstable: readonly string[];
}

export type Standing =
  | { readonly counts: 'voting' }
  /** `worker` is the first that takes the vote away; null where the builder has none at all. */
  | {
      readonly counts: 'advisory';
      readonly because: 'no-worker' | 'not-stable' | 'unstable';
      readonly worker: WorkerName | null;
    };

/**
 * Voting: the builder has a worker, each of its workers matches `stable`, and none matches `unstable`. Whether a worker is
 * connected plays no part: a machine that is away today is as good a judge as it was.
 */
export function standing(builder: Builder, lists: Stability): Standing {
  if (builder.workers.length === 0) return { counts: 'advisory', because: 'no-worker', worker: null };
  for (const { name } of builder.workers) {
    if (matchesAny(lists.unstable, name)) return { counts: 'advisory', because: 'unstable', worker: name };
    if (!matchesAny(lists.stable, name)) return { counts: 'advisory', because: 'not-stable', worker: name };
  }
  return { counts: 'voting' };
}

/** Whether the lists let this worker judge. */
export function isStable(worker: string, { stable, unstable }: Stability): boolean {
  return matchesAny(stable, worker) && !matchesAny(unstable, worker);
}
