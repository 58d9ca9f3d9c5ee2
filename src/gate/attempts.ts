// Questions about the attempts of a run that several rules ask.

import type { BuilderName } from '../fleet/fleet.ts';
import type { Attempt, Outcome } from './attempt.ts';
import { testResult } from './outcome.ts';
import type { PlannedBuilder, Run } from './run.ts';

const votingOf = new WeakMap<NonNullable<Run['plan']>, readonly PlannedBuilder[]>();

/** The voting builders of the plan; none before there is one. */
export function votingBuilders({ plan }: Pick<Run, 'plan'>): readonly PlannedBuilder[] {
  if (plan === null) return [];
  let voting = votingOf.get(plan);
  if (voting === undefined)
    votingOf.set(plan, (voting = plan.builders.filter((builder) => builder.counts === 'voting')));
  return voting;
}

/** Every rule asks for the votes of each builder, at each step of a run: a list of attempts is gone through once. */
const groupedVotes = new WeakMap<Run['attempts'], ReadonlyMap<BuilderName, readonly Attempt[]>>();

function votesByBuilder(attempts: Run['attempts']): ReadonlyMap<BuilderName, readonly Attempt[]> {
  const grouped = new Map<BuilderName, Attempt[]>();
  for (const attempt of attempts) {
    if (attempt.role !== 'vote') continue;
    const votes = grouped.get(attempt.builder);
    if (votes === undefined) grouped.set(attempt.builder, [attempt]);
    else votes.push(attempt);
  }
  return grouped;
}

/** The attempts that decide a builder's outcome, in the order of their ordinals (RUNS.md 1.3). */
export function votesOf({ attempts }: Pick<Run, 'attempts'>, builder: BuilderName): readonly Attempt[] {
  let grouped = groupedVotes.get(attempts);
  if (grouped === undefined) groupedVotes.set(attempts, (grouped = votesByBuilder(attempts)));
  return grouped.get(builder) ?? [];
}

/** Ordinals count through over all roles of a builder, each is sent at most once. */
export function nextOrdinal(run: Run, builder: BuilderName): number {
  return (
    1 + Math.max(0, ...run.attempts.filter((each) => each.builder === builder).map((each) => each.ordinal))
  );
}

/** Whether a build of this run ever began on the builder, over all votes (RUNS.md 5.5). */
export function buildBegan(run: Run, builder: BuilderName): boolean {
  return (
    votesOf(run, builder).some((attempt) => attempt.builds.length > 0) || run.audits[builder]?.began === true
  );
}

/** How many votes have ended: an audit is fresh while this has not moved. */
export function endedVotes(run: Run): number {
  return run.attempts.filter(
    (attempt) => attempt.role === 'vote' && attempt.counts === 'voting' && attempt.state === 'ended',
  ).length;
}

function infrastructureEnds(votes: readonly Attempt[]): number {
  return votes.filter((attempt) => attempt.outcome?.kind === 'infrastructure').length;
}

/** Whether the last end of the builder's votes is trouble that may be tried again (RUNS.md 6.1). */
export function mayRetry(run: Run, builder: BuilderName): boolean {
  const votes = votesOf(run, builder);
  const retries = run.terms?.policy.retries ?? 0;
  return votes.at(-1)?.outcome?.kind === 'infrastructure' && infrastructureEnds(votes) <= retries;
}

/** How often the builder's trouble was built again already. */
export function retriesUsed(run: Run, builder: BuilderName): number {
  return Math.max(0, infrastructureEnds(votesOf(run, builder)) - 1);
}

/** The builder's outcome once nothing will be sent for it any more; null before. */
export function finalOutcome(run: Run, builder: BuilderName): Outcome | null {
  const last = votesOf(run, builder).at(-1);
  if (last?.state !== 'ended' || last.outcome === null || last.outcome.kind === 'void') return null;
  return mayRetry(run, builder) ? null : last.outcome;
}

/** Checkouts that failed on the builder, and whether any got through there. */
export function checkouts(
  run: Run,
  builder: BuilderName,
): { readonly failed: number; readonly good: boolean } {
  const votes = votesOf(run, builder);
  const steps = run.terms?.definition.testSteps ?? [];
  const failed = votes.filter(
    ({ outcome }) => outcome?.kind === 'infrastructure' && outcome.checkoutFailed,
  ).length;
  const builds = votes.flatMap((attempt) => attempt.builds);
  return {
    failed,
    good: builds.some((build) => build.revision !== null || testResult(build, steps) !== null),
  };
}

/** One failed checkout and one retry; where the policy has no retries, the first one must do. */
function checkoutsNeeded(run: Run): number {
  return 1 + Math.min(1, run.terms?.policy.retries ?? 0);
}

/** Whether a retry must wait until it is known that the ref can be fetched anywhere (RUNS.md 6, below the table). */
export function waitsForCheckout(run: Run, builder: BuilderName): boolean {
  if (checkouts(run, builder).failed < checkoutsNeeded(run)) return false;
  return !votingBuilders(run).some(({ name }) => checkouts(run, name).good || endedOtherwise(run, name));
}

/** Whether the builder was heard, and its last word is not that the checkout failed: then it did not fail everywhere. */
function endedOtherwise(run: Run, builder: BuilderName): boolean {
  const outcome = finalOutcome(run, builder);
  if (outcome === null || outcome.kind === 'unheard') return false;
  return checkouts(run, builder).failed < checkoutsNeeded(run);
}

/** Whether the checkout failed, after one retry each, on every voting builder that was heard. */
export function checkoutFailedEverywhere(run: Run): boolean {
  const voting = votingBuilders(run);
  const heard = voting.filter(({ name }) => votesOf(run, name).at(-1)?.outcome?.kind !== 'unheard');
  if (heard.length === 0) return false;
  return heard.every(({ name }) => {
    if (votesOf(run, name).at(-1)?.state !== 'ended') return false;
    const { failed, good } = checkouts(run, name);
    return failed >= checkoutsNeeded(run) && !good;
  });
}
