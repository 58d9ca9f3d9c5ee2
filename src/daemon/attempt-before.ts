// An attempt as it was before a step of its run.

import type { Attempt } from '../gate/attempt.ts';
import type { Run } from '../gate/run.ts';

/** The attempt at that place of a run as it was before; undefined where it is new. */
export function attemptBefore(
  before: Run | null,
  { builder, ordinal }: Pick<Attempt, 'builder' | 'ordinal'>,
  at: number,
): Attempt | undefined {
  const isIt = (each: Attempt): boolean => each.builder === builder && each.ordinal === ordinal;
  // Attempts are added at the end: nearly always it is where it was.
  const there = before?.attempts[at];
  return there !== undefined && isIt(there) ? there : before?.attempts.find(isIt);
}
