// The decision R* about one builder whose build failed (FLAKES.md 6.3, 6.3b). Any doubt lets the failure stand.

import type { ReadFailure } from '../reading.ts';
import { nextBuild } from './ask.ts';
import type { BuilderCase, Excused, Ruling } from './case.ts';
import { questionOf, type Question } from './question.ts';
import { nameOf, reasonOf, summaryOf } from './sentence.ts';
import { standingOf, type Standing } from './standing.ts';

interface Place {
  readonly failure: ReadFailure;
  readonly standing: Standing;
}

type Kind = Standing['kind'];

function fail(builder: string, why: string, failure: ReadFailure | null = null): Ruling {
  return { action: 'fail', builder, why, result: 'FAILURE', failure };
}

type PlaceOf<Wanted extends Kind> = Place & { readonly standing: Extract<Standing, { kind: Wanted }> };

function only<Wanted extends Kind>(places: readonly Place[], kind: Wanted): readonly PlaceOf<Wanted>[] {
  return places.filter((place): place is PlaceOf<Wanted> => place.standing.kind === kind);
}

/** Why nothing of the vote can be excused, whatever its failures are; null where each is looked at. */
function doubt({ vote }: Question): string | null {
  const { outcome, reading } = vote;
  if (outcome !== 'passed' && outcome !== 'failed') {
    return `the build did not end with a result of its tests but with ${outcome}: nothing to forgive`;
  }
  if (reading === null) return 'the failed build was not read';
  if (reading.doubt !== null) return `not all that went wrong is known: ${reading.doubt}`;
  if (reading.more > 0) return `${reading.more} failures more than are kept went wrong`;
  return reading.failures.length === 0 ? 'the build went wrong and no failure was found in it' : null;
}

function measure(question: Question, places: readonly Place[]): Ruling | null {
  const wanted = only(places, 'measure');
  const [first] = wanted;
  if (first === undefined) return null;
  const { builder, change } = question;
  const build = nextBuild(
    question,
    wanted.map(({ failure }) => failure),
    change,
  );
  const name = nameOf(first.failure);
  if (build.kind === 'refused') return fail(builder, `${name} stands: ${build.why}`, first.failure);
  const { tests, repeat, builds } = build;
  const why = `${name} is repeated on the change: ${first.standing.why}`;
  return { action: 'measure', builder, why, tests, repeat, builds };
}

function control(question: Question, places: readonly Place[]): Ruling | null {
  const wanted = only(places, 'control');
  const [first] = wanted;
  const on = question.vote.reading?.base ?? null;
  if (first === undefined || on === null) return null;
  const { builder, base } = question;
  const build = nextBuild(
    question,
    wanted.map(({ failure }) => failure),
    base,
  );
  const name = nameOf(first.failure);
  if (build.kind === 'refused') return fail(builder, `${name} stands: ${build.why}`, first.failure);
  const { tests, repeat, builds } = build;
  const why = `${name} is repeated on the base: ${first.standing.why}`;
  return { action: 'control', builder, why, tests, repeat, builds, base: on };
}

/** Every failure is excused. */
function excuse({ builder, policy }: Question, excused: readonly Excused[]): Ruling {
  const red = excused.filter(({ by }) => by === 'already-red' || by === 'control');
  const why = reasonOf(excused);
  const summary = summaryOf(excused, builder);
  if (red.length === 0) return { action: 'forgive', builder, why, summary, excused };
  if (policy.coverageWithout) return { action: 'withdraw', builder, why, summary, excused };
  return {
    action: 'fail',
    builder,
    why: `${reasonOf(red)}, but the coverage needs this vote`,
    result: 'NO_COVERAGE',
    failure: red[0]?.failure ?? null,
  };
}

function standingOnes(builder: string, places: readonly Place[]): Ruling | null {
  const all = only(places, 'stands');
  const [first] = all;
  if (first === undefined) return null;
  const more = all.length > 1 ? ` (and ${all.length - 1} more)` : '';
  return fail(builder, `${nameOf(first.failure)} stands: ${first.standing.why}${more}`, first.failure);
}

/**
 * What to do next about a builder whose vote went wrong. Looks at every failure of its vote: one that cannot be excused decides; else what
 * must be measured is measured, then controlled; what is Buildbot's own infrastructure is built again; a vote of which the base is to blame
 * is withdrawn where the coverage allows it; and the rest is forgiven. Total: whatever is missing or contradicts itself is a `fail`.
 */
export function decide(given: BuilderCase): Ruling {
  const { builder } = given;
  const question = questionOf(given);
  if (question === null) return fail(builder, 'no vote of this builder has ended');
  if (question.vote.outcome === 'infrastructure') {
    return {
      action: 'infra',
      builder,
      why: 'Buildbot itself broke the build off: it says nothing of the change',
    };
  }
  const why = doubt(question);
  if (why !== null) return fail(builder, why);
  const failures = question.vote.reading?.failures ?? [];
  const places = failures.map((failure) => ({ failure, standing: standingOf(question, failure) }));
  const next = standingOnes(builder, places) ?? measure(question, places) ?? control(question, places);
  if (next !== null) return next;
  const [broken] = only(places, 'infrastructure');
  if (broken !== undefined) {
    return {
      action: 'infra',
      builder,
      why: `${nameOf(broken.failure)} is infrastructure by Buildbot's own word`,
    };
  }
  return excuse(
    question,
    only(places, 'excused').map(({ standing }) => standing.excused),
  );
}
