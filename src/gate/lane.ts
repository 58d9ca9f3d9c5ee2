// Where requests of one builder and one source stamp stand: Buildbot merges those that are unclaimed together (RUNS.md 4.5).

import type { Attempt } from './attempt.ts';
import { sourceOf, sourceStamp } from './change.ts';
import type { Run, Terms } from './run.ts';

/** Nearly all attempts build the change itself, and its stamp is asked for at each step. */
const ownStamps = new WeakMap<Terms, string>();

function ownStamp(terms: Terms): string {
  let stamp = ownStamps.get(terms);
  if (stamp === undefined) ownStamps.set(terms, (stamp = sourceStamp(sourceOf(terms.change, null))));
  return stamp;
}

/** The source stamp of an attempt as one text; null for a run that was refused at birth and forces nothing. */
function stampOf({ terms }: Pick<Run, 'terms'>, { task }: Pick<Attempt, 'task'>): string | null {
  if (terms === null) return null;
  const base = task?.base ?? null;
  return base === null ? ownStamp(terms) : sourceStamp(sourceOf(terms.change, base));
}

/** The run's own source stamp, once something is to be sent, and those of its controls. */
export function stampsOf(run: Pick<Run, 'terms' | 'attempts'>): ReadonlySet<string> {
  const stamps = new Set<string>();
  for (const attempt of run.attempts) {
    const stamp = stampOf(run, attempt);
    if (stamp !== null) stamps.add(stamp);
  }
  return stamps;
}

/** Equal for attempts of which only one may be unclaimed at a time. */
export function laneOf(run: Pick<Run, 'terms'>, attempt: Pick<Attempt, 'builder' | 'task'>): string {
  return JSON.stringify([attempt.builder, stampOf(run, attempt)]);
}
