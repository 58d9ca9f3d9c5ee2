// Ways in which the vote of a builder ends, and runs whose builders end so.

import { aBuild, aPlanned, Course, hour, minute, started, type RunWish } from './a-run.ts';

/** How a build ends; what is not said is as in one that passed. */
type BuildEnd = NonNullable<Parameters<typeof aBuild>[0]>;
export type End = BuildEnd | 'unheard' | 'unheard-queued' | 'silent';

export const pass: BuildEnd = {};
export const fail: BuildEnd = { results: 2, tests: 2 };
export const slow: BuildEnd = { results: 2, tests: 2, stepTimedOut: true };
export const person: BuildEnd = { results: 6, tests: null, state: 'cancelled' };
export const trouble: BuildEnd = { results: 4, tests: null };
export const noProof: BuildEnd = { revision: null };
export const noCheckout: BuildEnd = { results: 2, tests: null, revision: null };

const platforms = ['linux', 'windows', 'macos'];

export function unheard(course: Course, builder: string, clock: 'offline' | 'queued'): void {
  const here = clock === 'queued' ? course.run.attempts.map((attempt) => attempt.builder) : [];
  course.see({ present: new Set(here) }).wait(clock === 'offline' ? 30 * minute : 4 * hour);
  course.seen(builder, { complete: true, results: 6 });
  course.audited();
}

export function endAs(course: Course, builder: string, end: End): void {
  if (end === 'unheard') unheard(course, builder, 'offline');
  else if (end === 'unheard-queued') unheard(course, builder, 'queued');
  else if (end === 'silent') {
    course.begins(builder);
    course.wait(45 * minute);
  } else course.ends(builder, end);
}

/** A run without retries whose builders end so, one after the other. */
export function verdictOf(
  ends: readonly End[],
  wish: RunWish & { coverage?: Record<string, number> } = {},
): Course {
  const builders = ends.map((_, at) => aPlanned(platforms[at] ?? 'other'));
  const course = started(builders, { ...wish, policy: { retries: 0, ...wish.policy } });
  // Those that end by a clock come last: the others must not run out of theirs.
  const order = ends
    .map((end, at) => ({ end, at }))
    .sort((one, other) => Number(typeof one.end === 'string') - Number(typeof other.end === 'string'));
  for (const { end, at } of order) endAs(course, platforms[at] ?? '', end);
  return course.audited();
}
