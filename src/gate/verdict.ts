// The one answer of a run, from the outcomes of its voting builders (RUNS.md section 7). Any doubt is not SUCCESS.

import { shortfalls } from '../fleet/coverage.ts';
import type { BuilderVerdict, ResultWord, Verdict } from './answer.ts';
import type { Outcome } from './attempt.ts';
import { finalOutcome, votesOf, votingBuilders } from './attempts.ts';
import { failedInSome, proofOf } from './outcome.ts';
import type { PlannedBuilder, Run } from './run.ts';

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
  if (outcome !== null && outcome.kind !== 'unheard') return outcome;
  const why = 'the run ran out of time';
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

interface Counted {
  readonly builder: PlannedBuilder;
  readonly outcome: Outcome | null;
  readonly withdrawn: boolean;
}

function stateOf({ outcome, withdrawn }: Counted): BuilderVerdict['state'] {
  if (outcome === null) return 'open';
  if (withdrawn) return 'withdrawn';
  if (outcome.kind === 'passed') return 'passed';
  return outcome.kind === 'unheard' ? 'unheard' : 'failed';
}

function entry(run: Run, counted: Counted): BuilderVerdict {
  const { builder, outcome, withdrawn } = counted;
  return {
    name: builder.name,
    platform: builder.platform,
    role: builder.counts,
    state: stateOf(counted),
    result: outcome === null || withdrawn ? null : (wordOf(outcome) ?? 'SUCCESS'),
    class: outcome === null ? null : classes[outcome.kind],
    why: outcome !== null && 'why' in outcome ? outcome.why : '',
    ...evidence(run, builder),
  };
}

function countVotes(run: Run): readonly Counted[] {
  const outcomes = votingBuilders(run).map((builder) => ({ builder, outcome: countedOutcome(run, builder) }));
  const passed = outcomes
    .filter(({ outcome }) => outcome?.kind === 'passed')
    .map(({ builder }) => builder.platform);
  const covered = passed.length > 0 && shortfalls(run.plan?.coverage ?? {}, passed).length === 0;
  // A vote is withdrawn only where the coverage is met without it (RUNS.md 6.2).
  const mayWithdraw = covered && run.terms?.policy.unheard === 'withdraw';
  return outcomes.map((each) => ({ ...each, withdrawn: mayWithdraw && each.outcome?.kind === 'unheard' }));
}

function decidingWord(votes: readonly Counted[], run: Run): ResultWord {
  const words = votes
    .filter((vote) => !vote.withdrawn && vote.outcome !== null)
    .map((vote) => vote.outcome && wordOf(vote.outcome));
  const worst = precedence.find((word) => words.includes(word));
  if (worst !== undefined) return worst;
  const passed = votes.filter((vote) => vote.outcome?.kind === 'passed').map((vote) => vote.builder.platform);
  const covered = shortfalls(run.plan?.coverage ?? {}, passed).length === 0;
  return passed.length > 0 && covered && votes.every((vote) => vote.outcome !== null)
    ? 'SUCCESS'
    : 'NO_COVERAGE';
}

function summarise(
  word: ResultWord,
  builders: readonly BuilderVerdict[],
): { summary: string; reason: string } {
  const voting = builders.filter((builder) => builder.role === 'voting');
  const passed = voting.filter((builder) => builder.state === 'passed').length;
  const notes = [...withdrawnNote(voting), ...advisoryNote(builders)];
  if (word === 'SUCCESS')
    return {
      summary: [`${passed} of ${voting.length} voting builders passed`, ...notes].join('; '),
      reason: '',
    };
  const culprits = voting.filter((builder) => builder.result === word);
  const first = culprits[0];
  const named = first === undefined ? 'too few builders passed' : `${first.name}: ${first.why}`;
  const more = culprits.length > 1 ? ` and ${culprits.length - 1} more` : '';
  const count = `${passed} of ${voting.length} voting builders passed`;
  return { summary: [`${named}${more}`, count, ...notes].join('; '), reason: `${named}${more}` };
}

function withdrawnNote(voting: readonly BuilderVerdict[]): readonly string[] {
  const withdrawn = voting.filter((builder) => builder.state === 'withdrawn');
  return withdrawn.length === 0
    ? []
    : [`withdrawn: ${withdrawn.map(({ name, why }) => `${name} (${why})`).join(', ')}`];
}

function advisoryNote(builders: readonly BuilderVerdict[]): readonly string[] {
  const red = builders.filter((builder) => builder.role === 'advisory' && builder.state === 'failed');
  return red.length === 0
    ? []
    : [`advisory: ${red.map(({ name, result }) => `${name} ${result ?? ''}`).join(', ')}`];
}

/** The verdict of a run whose voting builders all have their outcome, or whose refusal decides it. */
export function verdictOf(run: Run, at: number): Verdict {
  const votes = countVotes(run);
  const advisory = (run.plan?.builders ?? [])
    .filter((builder) => builder.counts === 'advisory')
    .map((builder): Counted => ({
      builder,
      outcome: votesOf(run, builder.name).at(-1)?.outcome ?? null,
      withdrawn: false,
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
  return { word, ...summarise(word, builders), builders, at };
}
