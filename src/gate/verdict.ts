// The one answer of a run, from the outcomes of its voting builders (RUNS.md section 7). Any doubt is not SUCCESS.

import { shortfalls } from '../fleet/coverage.ts';
import type { BuilderVerdict, ResultWord, Verdict } from './answer.ts';
import type { Outcome } from './attempt.ts';
import { finalOutcome, votesOf, votingBuilders } from './attempts.ts';
import type { KeptRuling } from './kept-ruling.ts';
import { failedInSome, proofOf } from './outcome.ts';
import { awaitsRuling, rulingOn } from './ruled.ts';
import type { PlannedBuilder, Run } from './run.ts';
import { summarise } from './summary.ts';

/** The first of these that any builder says is the verdict. */
const precedence = [
  'CONFIG_ERROR',
  'FAILURE',
  'TIMED_OUT',
  'ABORTED',
  'INFRA_FAILURE',
  'NO_COVERAGE',
] as const;

/** The word of an outcome that counts; null for one that passed. */
export function wordOf(outcome: Outcome): Exclude<ResultWord, 'SUCCESS'> | null {
  switch (outcome.kind) {
    case 'passed':
      return null;
    case 'config-error':
      return 'CONFIG_ERROR';
    case 'timed-out':
      return 'TIMED_OUT';
    case 'failed':
      return 'FAILURE';
    case 'infrastructure':
    case 'void':
      return 'INFRA_FAILURE';
    case 'aborted':
      return 'ABORTED';
    case 'unheard':
      return outcome.clock === 'offline' ? 'NO_COVERAGE' : 'INFRA_FAILURE';
  }
}

const classes: Readonly<Record<Outcome['kind'], string | null>> = {
  passed: null,
  'config-error': 'configuration',
  'timed-out': 'change',
  failed: 'change',
  infrastructure: 'infrastructure',
  aborted: 'person',
  unheard: 'unheard',
  void: 'infrastructure',
};

/** The outcome that counts for a builder; out of time, the one that it must be given (RUNS.md 5.1). */
function countedOutcome(run: Run, builder: PlannedBuilder): Outcome | null {
  const outcome = finalOutcome(run, builder.name);
  if (run.outOfTime === null) return outcome;
  // An unheard vote that the last audit could not confirm any more is not withdrawn either.
  const questioned = outcome?.kind === 'passed' && awaitsRuling(run, builder.name);
  if (outcome !== null && outcome.kind !== 'unheard' && !questioned) return outcome;
  // A failure that only a re-run inside the build cleared, and that nobody could measure: in doubt it is no pass (RUNS.md 6.3).
  const why = questioned
    ? 'the run ran out of time before what failed in its build was measured'
    : 'the run ran out of time';
  // A test that failed before a RETRY is known, though its attempt has not ended (RUNS.md 5.1).
  const builds = votesOf(run, builder.name).flatMap((attempt) => attempt.builds);
  const failed = run.terms === null ? null : failedInSome(builds, proofOf(run.terms, null));
  if (failed !== null) return failed;
  return run.outOfTime === 'TIMED_OUT'
    ? { kind: 'timed-out', why }
    : { kind: 'infrastructure', why, checkoutFailed: false };
}

/** Whether every voting builder has its outcome. */
export function isComplete(run: Run): boolean {
  return run.plan !== null && votingBuilders(run).every((builder) => countedOutcome(run, builder) !== null);
}

function evidence(
  run: Run,
  builder: PlannedBuilder,
): Pick<BuilderVerdict, 'attempts' | 'worker' | 'revision' | 'build'> {
  const votes = votesOf(run, builder.name);
  const build = votes.flatMap((attempt) => attempt.builds).at(-1);
  return {
    attempts: votes.filter((attempt) => attempt.request !== null).length,
    worker: build?.worker ?? null,
    revision: build?.revision ?? null,
    build: build === undefined ? null : { number: build.number, id: build.id },
  };
}

/** What a vote comes to. `lost`: it was to be withdrawn, and the coverage needs it. */
type Counts = 'itself' | 'forgiven' | 'withdrawn' | 'lost';

interface Counted {
  readonly builder: PlannedBuilder;
  readonly outcome: Outcome | null;
  readonly ruling: KeptRuling | null;
  readonly counts: Counts;
}

function stateOf({ outcome, counts }: Counted): BuilderVerdict['state'] {
  if (outcome === null) return 'open';
  if (counts === 'withdrawn' || counts === 'forgiven') return counts;
  if (outcome.kind === 'passed') return 'passed';
  return outcome.kind === 'unheard' ? 'unheard' : 'failed';
}

/** The word that a vote says; null where it says none: it passed, was forgiven, does not count, or is open. */
function wordFor({ outcome, ruling, counts }: Counted): ReturnType<typeof wordOf> {
  if (outcome === null || counts === 'forgiven' || counts === 'withdrawn') return null;
  return counts === 'lost' || ruling?.result === 'NO_COVERAGE' ? 'NO_COVERAGE' : wordOf(outcome);
}

function entry(run: Run, counted: Counted): BuilderVerdict {
  const { builder, outcome, ruling, counts } = counted;
  const silent = outcome === null || counts === 'forgiven' || counts === 'withdrawn';
  const why = ruling?.why ?? (outcome !== null && 'why' in outcome ? outcome.why : '');
  return {
    name: builder.name,
    platform: builder.platform,
    role: builder.counts,
    state: stateOf(counted),
    result: silent ? null : (wordFor(counted) ?? 'SUCCESS'),
    class: outcome === null ? null : classes[outcome.kind],
    why,
    ...evidence(run, builder),
  };
}

/** A failure in a vote that passed with warnings and stands makes it a failed one (RUNS.md 6.3). */
function ruledOutcome(outcome: Outcome | null, ruling: KeptRuling | null): Outcome | null {
  if (outcome?.kind !== 'passed' || ruling?.action !== 'fail') return outcome;
  return { kind: 'failed', why: ruling.why };
}

function countVotes(run: Run): readonly Counted[] {
  const votes = votingBuilders(run).map((builder) => {
    const ruling = countedOutcome(run, builder) === null ? null : rulingOn(run, builder.name);
    return { builder, ruling, outcome: ruledOutcome(countedOutcome(run, builder), ruling) };
  });
  const covered = isCovered(run, votes.filter(fills));
  return votes.map((vote) => ({ ...vote, counts: countsFor(run, vote, covered) }));
}

type Vote = Omit<Counted, 'counts'>;

/** Whether the vote fills its place in the coverage: it passed as it is, or was forgiven. */
function fills({ outcome, ruling }: Vote): boolean {
  if (ruling !== null) return ruling.action === 'forgive';
  return outcome?.kind === 'passed';
}

function isCovered(run: Run, votes: readonly Vote[]): boolean {
  const platforms = votes.map(({ builder }) => builder.platform);
  return platforms.length > 0 && shortfalls(run.plan?.coverage ?? {}, platforms).length === 0;
}

/** A vote is withdrawn only where the coverage is met without it (RUNS.md 6.2). */
function countsFor(run: Run, { outcome, ruling }: Vote, covered: boolean): Counts {
  if (ruling?.action === 'forgive') return 'forgiven';
  if (ruling?.action === 'withdraw') return covered ? 'withdrawn' : 'lost';
  const mayWithdraw = covered && run.terms?.policy.unheard === 'withdraw';
  return mayWithdraw && outcome?.kind === 'unheard' ? 'withdrawn' : 'itself';
}

function decidingWord(votes: readonly Counted[], run: Run): ResultWord {
  const words = votes.map(wordFor);
  const worst = precedence.find((word) => words.includes(word));
  if (worst !== undefined) return worst;
  const complete = votes.every((vote) => vote.outcome !== null);
  return complete && isCovered(run, votes.filter(fills)) ? 'SUCCESS' : 'NO_COVERAGE';
}

/** The verdict of a run whose voting builders all have their outcome, or whose refusal decides it. */
export function verdictOf(run: Run, at: number): Verdict {
  const votes = countVotes(run);
  const advisory = (run.plan?.builders ?? [])
    .filter((builder) => builder.counts === 'advisory')
    .map((builder): Counted => ({
      builder,
      outcome: votesOf(run, builder.name).at(-1)?.outcome ?? null,
      ruling: null,
      counts: 'itself',
    }));
  const builders = [...votes, ...advisory].map((counted) => entry(run, counted));
  if (run.refusal !== null) {
    const { word, why } = run.refusal;
    return { word, summary: why, reason: why, builders, at };
  }
  if (run.plan === null) {
    const why = 'Buildbot could not be asked before the run ran out of time';
    return { word: run.outOfTime ?? 'INFRA_FAILURE', summary: why, reason: why, builders, at };
  }
  const word = decidingWord(votes, run);
  return { word, ...summarise(run, word, builders), builders, at };
}
