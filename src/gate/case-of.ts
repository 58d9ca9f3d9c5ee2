// What a run knows, as the question that is decided on (flakes/decide).

import type { BuilderCase, Budget, CaseAttempt, CaseOutcome } from '../flakes/decide/case.ts';
import { shortfalls } from '../fleet/coverage.ts';
import type { BuilderName } from '../fleet/fleet.ts';
import { ownerOf } from '../fleet/owner.ts';
import type { Attempt, Outcome } from './attempt.ts';
import { finalOutcome, votingBuilders } from './attempts.ts';
import { failedBuilds, voteInQuestion } from './due-readings.ts';
import type { World } from './event.ts';
import { isInQuestion } from './ruled.ts';
import type { Run } from './run.ts';

/** Builds for measuring: of one run, on one builder a day, on the machines of one owner a day, on all a day. A volunteer's machine is not ours to hammer (FLAKES.md section 2). */
const limits = { job: 60, builder: 40, owner: 80, day: 400 } as const;
/** A builder whose factory cannot repeat runs so many whole builds. */
const wholeBuilds = 5;

function outcomeOf(outcome: Outcome | null): CaseOutcome | null {
  if (outcome === null) return 'open';
  return outcome.kind === 'void' ? null : outcome.kind;
}

function caseAttempt(run: Run, attempt: Attempt): readonly CaseAttempt[] {
  const outcome = outcomeOf(attempt.outcome);
  if (outcome === null) return [];
  const { builder, role, reading } = attempt;
  const failed = failedBuilds(run, attempt).length;
  // One build is read: what failed in another one of the same request is not known.
  const doubt = failed > 1 ? `${failed} builds of this request failed, and only the last was read` : null;
  const isClean = outcome === 'passed' && attempt.role === 'vote' && isInQuestion(attempt) !== true;
  const read = isClean ? null : reading;
  return [
    { builder, role, outcome, reading: read === null ? null : { ...read, doubt: read.doubt ?? doubt } },
  ];
}

/** Whether the coverage may still be met without this builder's vote, by those that passed, were forgiven or may come to that. */
function coverageWithout(run: Run, builder: BuilderName): boolean {
  const others = votingBuilders(run).filter(({ name }) => name !== builder);
  const counting = others.filter(({ name }) => {
    const kind = finalOutcome(run, name)?.kind;
    if (voteInQuestion(run, name) === null) return kind === undefined || kind === 'passed';
    const ruling = run.rulings[name];
    return ruling === undefined || ruling.action === 'forgive';
  });
  const platforms = counting.map(({ platform }) => platform);
  return counting.length > 0 && shortfalls(run.plan?.coverage ?? {}, platforms).length === 0;
}

function ownersOf(run: Run, builder: BuilderName): ReadonlySet<string> {
  const workers = run.plan?.builders.find(({ name }) => name === builder)?.workers ?? [];
  return new Set(workers.map(ownerOf));
}

function budgets(run: Run, builder: BuilderName, { spent }: World): readonly Budget[] {
  const job = run.attempts.filter(({ role, request }) => role !== 'vote' && request !== null).length;
  const owners = [...ownersOf(run, builder)].map((owner) => spent.byOwner.get(owner) ?? 0);
  return [
    { of: 'job', limit: limits.job, spent: job },
    { of: 'builder', limit: limits.builder, spent: spent.byBuilder.get(builder) ?? 0 },
    { of: 'owner', limit: limits.owner, spent: Math.max(0, ...owners) },
    { of: 'day', limit: limits.day, spent: spent.inAll },
  ];
}

/** Milliseconds of the longest build of this run on the builder, where no median is known; one that failed early says too little, so twice that. */
function ownBuild(run: Run, builder: BuilderName): number {
  const builds = run.attempts
    .filter((attempt) => attempt.builder === builder)
    .flatMap(({ builds }) => builds);
  const lasted = builds.map(({ startedAt, completeAt }) => ((completeAt ?? startedAt) - startedAt) * 1000);
  return 2 * Math.max(0, ...lasted);
}

function wholeBuildsFit(run: Run, builder: BuilderName, world: World): boolean {
  const limit = run.terms?.policy.deadlines.run ?? 0;
  const median = world.medians.get(builder) ?? ownBuild(run, builder);
  return run.age + wholeBuilds * median <= limit;
}

/** The question on one builder whose vote has been read. */
export function caseOf(run: Run, builder: BuilderName, world: World): BuilderCase {
  const voting = new Set(votingBuilders(run).map(({ name }) => name));
  return {
    builder,
    attempts: run.attempts
      .filter((each) => voting.has(each.builder))
      .flatMap((each) => caseAttempt(run, each)),
    policy: {
      coverageWithout: coverageWithout(run, builder),
      canRepeat: null,
      wholeBuildsFit: wholeBuildsFit(run, builder, world),
      budgets: budgets(run, builder, world),
    },
  };
}
