// Where one failure stands, by its route and by what was measured so far.

import type { ReadFailure } from '../reading.ts';
import type { Excused } from './case.ts';
import type { Measured } from './measured.ts';
import type { Question } from './question.ts';
import { routeOf, type Route } from './route.ts';
import { againAllowed, baseFailures, repeatsAsked, wholeBuilds, worseAllowed } from './rules.ts';
import { guard } from './surprise-guard.ts';

export type Standing =
  | { readonly kind: 'stands'; readonly why: string }
  | { readonly kind: 'excused'; readonly excused: Excused }
  | { readonly kind: 'measure'; readonly why: string }
  | { readonly kind: 'control'; readonly why: string }
  | { readonly kind: 'infrastructure' };

type Repeats = Extract<Measured, { kind: 'repeats' }>;
type Again = Excused['again'];
type Judged = Extract<Route, { kind: 'signature' | 'base' | 'control' }>;

const stands = (why: string): Standing => ({ kind: 'stands', why });

function keyOf({ excuseKey }: ReadFailure): string {
  return excuseKey ?? '';
}

/** A failure of the repeats that the vote did not have: whatever it is, it is not what is to be excused. */
function stranger(question: Question, keys: Iterable<string>): string | null {
  const known = new Set((question.vote.reading?.failures ?? []).map(keyOf));
  for (const key of keys) if (!known.has(key)) return 'another failure showed up when it was repeated';
  return null;
}

/**
 * An active signature is held to its known rate; so is whatever needs a control though it is known to be flaky, for a base that is flaky
 * vouches for a regression of the same symptom on each builder. What is new has no rate, and one that jumped on the base explains many.
 */
function surprise(question: Question, failure: ReadFailure, route: Judged): string | null {
  const { evidence } = failure;
  const hasRate = route.kind === 'control' && evidence !== null && evidence.fleet.failures > 0;
  if (route.kind !== 'signature' && (!hasRate || evidence.suspended !== null)) return null;
  const guarded = guard(question.votes, failure);
  if (!guarded.surprising) return null;
  const what = failure.signature?.id ?? 'it';
  return `${guarded.seen} of ${guarded.of} builders show ${what}, more than its known rate explains`;
}

/**
 * Of 20. A build that was stopped at its sixth failure ended on a failure, so the plain share says too much: one less of both is unbiased
 * (Haldane 1945, inverse sampling). With the plain share a base that fails 6 of its first 7 vouched for a change that always fails.
 */
function outOfTwenty(failed: number, ran: number): number {
  if (ran >= repeatsAsked) return failed;
  return ran <= 1 ? 0 : ((failed - 1) * repeatsAsked) / (ran - 1);
}

function compare(failure: ReadFailure, change: Repeats, base: Repeats): Standing {
  const key = keyOf(failure);
  const again = { failed: change.byKey.get(key) ?? 0, ran: change.ran };
  const below = base.byKey.get(key) ?? 0;
  const sides = `the change fails ${again.failed} of ${again.ran}, its base ${below} of ${base.ran}`;
  if (below < baseFailures) return stands(`the base does not fail so: ${sides}`);
  if (outOfTwenty(again.failed, again.ran) - outOfTwenty(below, base.ran) > worseAllowed) {
    return stands(`the change makes it worse: ${sides}`);
  }
  return { kind: 'excused', excused: { failure, by: 'control', again } };
}

function afterRepeats(question: Question, failure: ReadFailure, route: Judged, change: Repeats): Standing {
  const shown = [...change.byKey].filter(([, count]) => count > 0).map(([key]) => key);
  const other = stranger(question, shown);
  if (other !== null) return stands(other);
  const again = { failed: change.byKey.get(keyOf(failure)) ?? 0, ran: change.ran };
  const said = `${change.failed} of ${change.ran} repeats failed again`;
  const signature = route.kind === 'signature' ? route.id : route.kind === 'control' ? route.signature : null;
  if (signature !== null && change.failed > againAllowed) {
    return stands(`${said}, more than ${againAllowed}, though ${signature} is known to be flaky`);
  }
  if (route.kind === 'signature') return { kind: 'excused', excused: { failure, by: 'known-flake', again } };
  if (route.kind === 'base') {
    return change.failed === 0
      ? { kind: 'excused', excused: { failure, by: 'seen-on-base', again } }
      : stands(`${said}, and having been seen on the base it needs ${repeatsAsked} of ${repeatsAsked} clean`);
  }
  const { base } = question;
  if (base.kind === 'repeats') return compare(failure, change, base);
  if (base.kind === 'whole') return stands('the control on the base did not repeat the tests');
  return base.kind === 'void' ? stands(base.why) : { kind: 'control', why: route.why };
}

function afterWholeBuilds(
  question: Question,
  failure: ReadFailure,
  route: Judged,
  builds: readonly ReadonlySet<string>[],
): Standing {
  const dirty = builds.findIndex((keys) => keys.size > 0);
  if (dirty !== -1) return stands(`whole build ${dirty + 1} of ${wholeBuilds} on the change was not clean`);
  if (builds.length < wholeBuilds) return { kind: 'measure', why: 'its tests cannot be repeated by name' };
  const again: Again = { failed: 0, ran: builds.length };
  if (route.kind === 'signature') return { kind: 'excused', excused: { failure, by: 'known-flake', again } };
  if (route.kind === 'base') return { kind: 'excused', excused: { failure, by: 'seen-on-base', again } };
  const { base } = question;
  if (base.kind === 'void') return stands(base.why);
  if (base.kind !== 'whole' && base.kind !== 'repeats') return { kind: 'control', why: route.why };
  return afterWholeControl(failure, again, base);
}

function afterWholeControl(
  failure: ReadFailure,
  again: NonNullable<Again>,
  base: Extract<Measured, { kind: 'whole' | 'repeats' }>,
): Standing {
  const key = keyOf(failure);
  if (base.kind === 'repeats')
    return stands('the control on the base ran otherwise than the measuring builds');
  const red = base.builds.filter((keys) => keys.has(key)).length;
  if (red >= baseFailures) return { kind: 'excused', excused: { failure, by: 'control', again } };
  const left = wholeBuilds - base.builds.length;
  if (red + left < baseFailures) {
    return stands(`the base does not fail so: ${red} of ${base.builds.length} whole builds`);
  }
  return { kind: 'control', why: 'its tests cannot be repeated by name' };
}

function judge(question: Question, failure: ReadFailure, route: Judged): Standing {
  const surprised = surprise(question, failure, route);
  if (surprised !== null) return stands(surprised);
  if (route.kind === 'control' && question.vote.reading?.base == null) {
    return stands(`${route.why}, and there is no base on which this builder could be asked`);
  }
  const { change } = question;
  switch (change.kind) {
    case 'none':
    case 'under-way':
      return { kind: 'measure', why: reason(route) };
    case 'void':
      return stands(change.why);
    case 'repeats':
      return afterRepeats(question, failure, route, change);
    case 'whole':
      return afterWholeBuilds(question, failure, route, change.builds);
  }
}

function reason(route: Judged): string {
  switch (route.kind) {
    case 'signature':
      return `it looks like ${route.id}`;
    case 'base':
      return 'it was seen on the base';
    case 'control':
      return route.why;
  }
}

/** Where a failure of the vote stands. */
export function standingOf(question: Question, failure: ReadFailure): Standing {
  const route = routeOf(failure);
  switch (route.kind) {
    case 'stands':
      return stands(route.why);
    case 'infrastructure':
      return { kind: 'infrastructure' };
    case 'red':
      return { kind: 'excused', excused: { failure, by: 'already-red', again: null } };
    case 'signature':
    case 'base':
    case 'control':
      return judge(question, failure, route);
  }
}
