// Where requests of one builder and one source stamp stand: Buildbot merges those that are unclaimed together (RUNS.md 4.5).

import type { Attempt } from './attempt.ts';
import { sourceOf, sourceStamp } from './change.ts';
import type { Run } from './run.ts';

/** The source stamp of an attempt as one text; null for a run that was refused at birth and forces nothing. */
function stampOf({ terms }: Pick<Run, 'terms'>, { task }: Pick<Attempt, 'task'>): string | null {
  return terms === null ? null : sourceStamp(sourceOf(terms.change, task?.base ?? null));
}

/** The run's own source stamp, once something is to be sent, and those of its controls. Said once for each base: steps are many, bases few. */
export function stampsOf(run: Pick<Run, 'terms' | 'attempts'>): ReadonlySet<string> {
  const bases = new Map(run.attempts.map((attempt) => [attempt.task?.base ?? null, attempt]));
  return new Set([...bases.values()].flatMap((attempt) => stampOf(run, attempt) ?? []));
}

/** Equal for attempts of which only one may be unclaimed at a time. */
export function laneOf(run: Pick<Run, 'terms'>, attempt: Pick<Attempt, 'builder' | 'task'>): string {
  return JSON.stringify([attempt.builder, stampOf(run, attempt)]);
}
