// Whether a failure that a SUCCESS rests on was rightly forgiven or withdrawn (FLAKES.md 6.3): by what the world knows of the tests, and by
// the builds that really ran. Nothing of `src` is imported here.

import type { Build, Request } from './buildbot.ts';
import { nothingShown, type Shown } from './failing-log.ts';
import type { Change } from './gatekeeper.ts';

/** What the world knows of tests that fail. */
export interface TestTruth {
  /** The test that always fails on this change and never on its base; null: the builder shows none. */
  faultOn(commit: string, builder: string): string | null;
  isRedOnBase(builder: string): boolean;
  /** By name of the test: whether an active signature names it, or a landed commit has shown it; what is always red on some bases. */
  readonly known: string;
  readonly seen: string;
  readonly red: string;
  readonly base: string;
}

export interface Measuring {
  readonly request: Request;
  readonly role: string;
}

type EndedBuild = Build & { readonly ended: NonNullable<Build['ended']> };

/** What became of the builder's vote; a text: why nothing excuses it. */
export type Excuse = 'passed' | 'forgiven' | 'withdrawn' | { readonly why: string };

const asked = 20;
const againAllowed = 5;
const stopsAt = 6;
const baseMust = 3;
const wholeBuilds = 5;

function shownBy({ ended: { end } }: EndedBuild): Shown {
  return end.shown ?? nothingShown;
}

function endedBuilds({ builds }: Request): readonly EndedBuild[] {
  return builds.filter((build): build is EndedBuild => build.ended !== null);
}

/** Builds of a vote that showed a failure at the commit, one that was cleared included. */
export function showing(request: Request, commit: string): readonly EndedBuild[] {
  return endedBuilds(request).filter(
    ({ ended: { end } }) => end.revision === commit && (end.test === 2 || end.shown?.cleared === true),
  );
}

/** The last build of each measure or control of a role that says something at a commit. */
function proving(measures: readonly Measuring[], role: string, commit: string): readonly EndedBuild[] {
  return measures
    .filter((each) => each.role === role && !each.request.late)
    .flatMap(({ request }) => endedBuilds(request).slice(-1))
    .filter(({ ended: { end } }) => end.revision === commit && end.test !== null && end.shown?.cut !== true);
}

function isTouched({ files }: Change, test: string): boolean {
  return files === null || files.some((file) => file.includes(test));
}

function failuresIn(build: EndedBuild): readonly (readonly string[])[] {
  const { repeats, tests } = shownBy(build);
  return repeats ?? [tests];
}

/** A measure that repeated to its end: nothing more is to be measured of the vote before it. */
export function isConclusive({ request }: Measuring, commit: string): boolean {
  return proving([{ request, role: 'measure' }], 'measure', commit).some((build) => {
    const { repeats } = shownBy(build);
    if (repeats === null || build.ended.end.results > 2) return false;
    return repeats.length >= asked || repeats.filter((failed) => failed.length > 0).length >= stopsAt;
  });
}

function holdsOnChange(test: string, builds: readonly EndedBuild[], allowed: number): boolean {
  const repeated = builds.find((build) => failuresIn(build).length > 1);
  if (repeated === undefined)
    return builds.length >= wholeBuilds && builds.every((build) => failuresIn(build).flat().length === 0);
  const repeats = failuresIn(repeated);
  return repeats.length >= asked && repeats.filter((failed) => failed.includes(test)).length <= allowed;
}

function failsOnBase(test: string, builds: readonly EndedBuild[]): boolean {
  const failed = builds.flatMap(failuresIn).filter((tests) => tests.includes(test));
  return failed.length >= baseMust;
}

/** What excuses the votes of a builder in a run that was called a SUCCESS. */
export function excuseOf(
  truth: TestTruth,
  change: Change,
  {
    builder,
    votes,
    measures,
  }: { builder: string; votes: readonly Request[]; measures: readonly Measuring[] },
): Excuse {
  const { commit } = change;
  const builds = votes.flatMap((request) => showing(request, commit));
  if (builds.length === 0) return 'passed';
  const tests = new Set(builds.flatMap((build) => shownBy(build).tests));
  const fault = truth.faultOn(commit, builder);
  if (fault !== null && tests.has(fault))
    return { why: `${fault} fails always, and is the change's own fault` };
  if (tests.size === 0 || builds.some((build) => shownBy(build).cut))
    return { why: 'the log of a failed build was cut, and nothing of it is known' };
  const last = Math.max(...builds.map(({ ended: { at } }) => at));
  const later = measures.filter(({ request }) => request.madeAt >= last);
  const [onChange, onBase] = [proving(later, 'measure', commit), proving(later, 'control', truth.base)];
  let excuse: Excuse = 'forgiven';
  for (const test of tests) {
    const allowed = test === truth.known ? againAllowed : test === truth.seen ? 0 : null;
    if (test === truth.red && truth.isRedOnBase(builder)) excuse = 'withdrawn';
    else if (allowed !== null && !isTouched(change, test) && holdsOnChange(test, onChange, allowed)) continue;
    else if (failsOnBase(test, onBase) && onChange.length > 0) excuse = 'withdrawn';
    else return { why: `nothing that was measured excuses ${test}` };
  }
  return excuse;
}
