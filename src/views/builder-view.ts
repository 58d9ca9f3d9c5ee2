// One builder of a run as people see it: its state in one word, its attempts and builds, the steps that run now.

import type { BuilderVerdict, ResultWord } from '../gate/answer.ts';
import type { Attempt, Outcome } from '../gate/attempt.ts';
import type { BuildFacts, Results, StepFacts } from '../gate/facts.ts';
import type { Reading } from '../flakes/reading.ts';
import type { PlannedBuilder, Run } from '../gate/run.ts';
import { awaitsRuling } from '../gate/ruled.ts';
import { wordOf } from '../gate/verdict.ts';
import { buildUrl, requestUrl, type ViewContext } from './context.ts';
import type { AttemptView, BuilderState, BuilderView, BuildView, ReadingView, StepView } from './document.ts';
import { likelyClass, readingView } from './reading-view.ts';
import { builderWait } from './waits.ts';
import { iso, oneLine } from './text.ts';

const sentenceBound = 500;
/** How much of a name is shown, in UTF-16 units. */
export const nameBound = 200;
const shownAttempts = 20;
const shownSteps = 100;

const resultNames = ['success', 'warnings', 'failure', 'skipped', 'exception', 'retry', 'cancelled'] as const;

function seconds(time: number | null): string | null {
  return time === null ? null : iso(time * 1000);
}

function stepState(results: Results | null, started: boolean): StepView['state'] {
  if (results === null) return started ? 'running' : 'waiting';
  const name = resultNames[results];
  // A step has no word of its own for RETRY: it is how an exception in it shows.
  return name === 'retry' ? 'exception' : name;
}

function stepView(step: StepFacts): StepView {
  return {
    name: oneLine(step.name, nameBound),
    state: stepState(step.results, step.startedAt !== null),
    text: oneLine(step.state, sentenceBound),
    started_at: seconds(step.startedAt),
    complete_at: seconds(step.completeAt),
  };
}

function buildView(build: BuildFacts, attempt: Attempt, context: ViewContext): BuildView {
  return {
    number: build.number,
    worker: build.worker === null ? null : oneLine(build.worker, nameBound),
    result: build.results === null ? null : resultNames[build.results],
    text: oneLine(build.state, sentenceBound),
    revision: build.revision === null ? null : oneLine(build.revision, nameBound),
    url: buildUrl(context, { builder: attempt.builder, number: build.number, request: attempt.request }),
    started_at: iso(build.startedAt * 1000),
    complete_at: seconds(build.completeAt),
  };
}

function outcomeWhy(outcome: Outcome | null): string {
  return outcome === null || outcome.kind === 'passed' ? '' : oneLine(outcome.why, sentenceBound);
}

function attemptView(attempt: Attempt, context: ViewContext): AttemptView {
  return {
    ordinal: attempt.ordinal,
    role: attempt.role,
    state: attempt.state,
    outcome: attempt.outcome?.kind ?? null,
    why: outcomeWhy(attempt.outcome),
    request: attempt.request,
    url: attempt.request === null ? null : requestUrl(context.buildbotUrl, attempt.request),
    sent_at: attempt.sentAt === null ? null : iso(attempt.sentAt),
    ended_at: attempt.endedAt === null ? null : iso(attempt.endedAt),
    builds: attempt.builds.map((build) => buildView(build, attempt, context)),
    recheck: attempt.task?.recheck == null ? null : oneLine(attempt.task.recheck, nameBound),
    repeats: repeatsOf(attempt),
  };
}

function repeatsOf({ reading }: Attempt): AttemptView['repeats'] {
  const repeats = reading?.repeats ?? null;
  return repeats === null ? null : { failed: repeats.failed, ran: repeats.ran };
}

/** The result word that an outcome of a vote comes to when nothing is retried, forgiven or withdrawn; a void one is sent again. */
function outcomeWord(outcome: Outcome): ResultWord | null {
  return outcome.kind === 'void' ? null : wordOf(outcome);
}

function endedState(outcome: Outcome | null, retrying: boolean): BuilderState {
  if (outcome === null || outcome.kind === 'void') return 'retrying';
  if (outcome.kind === 'passed') return 'passed';
  if (outcome.kind === 'unheard') return 'unheard';
  return outcome.kind === 'infrastructure' && retrying ? 'retrying' : 'failed';
}

/** Whether the verdict ended the attempt, or kept it from being sent; what a person ended was seen to end so before we asked. */
function isCutShort(run: Run, { outcome, asked, requestResults, builds }: Attempt): boolean {
  const byPerson = asked === null && (requestResults === 6 || builds.at(-1)?.results === 6);
  return run.phase === 'decided' && outcome?.kind === 'aborted' && !byPerson;
}

function liveState(run: Run, newest: Attempt | undefined): BuilderState {
  // What had come to its end before the run was stopped keeps its own word.
  const over = newest?.state === 'ended' && newest.outcome !== null && newest.outcome.kind !== 'aborted';
  if (run.phase === 'stopped' && !over) return 'stopped';
  if (newest === undefined) return 'planned';
  if (isCutShort(run, newest)) return 'stopped';
  switch (newest.state) {
    case 'intended':
      return 'sending';
    case 'unclear':
    case 'queued':
    case 'running':
      return newest.state;
    case 'ended':
      if (run.phase === 'started' && awaitsRuling(run, newest.builder)) return 'measuring';
      return endedState(newest.outcome, (run.retryAt[newest.builder] ?? 0) > run.life);
  }
}

const classes = {
  passed: null,
  void: null,
  failed: 'change',
  'timed-out': 'change',
  'config-error': 'configuration',
  infrastructure: 'infrastructure',
  aborted: 'person',
  unheard: 'unheard',
} as const satisfies Record<Outcome['kind'], string | null>;

/** What the verdict says of a builder, or before it falls what its newest attempt says. */
function judged(
  run: Run,
  newest: Attempt | undefined,
  { verdict, live }: { readonly verdict: BuilderVerdict | undefined; readonly live: Reading | null },
): Pick<BuilderView, 'result' | 'class' | 'why'> {
  if (verdict !== undefined && verdict.state !== 'open') {
    return { result: verdict.result, class: verdict.class, why: oneLine(verdict.why, sentenceBound) };
  }
  const outcome = newest?.outcome ?? null;
  if (newest === undefined || outcome === null) {
    return { result: null, class: live === null ? null : likelyClass(live), why: '' };
  }
  if (isCutShort(run, newest)) return { result: null, class: null, why: outcomeWhy(outcome) };
  if (run.phase === 'started' && awaitsRuling(run, newest.builder)) {
    const read = newest.reading ?? live;
    return { result: null, class: read === null ? null : likelyClass(read), why: outcomeWhy(outcome) };
  }
  return { result: outcomeWord(outcome), class: classes[outcome.kind], why: outcomeWhy(outcome) };
}

function elapsed(attempts: readonly Attempt[], state: BuilderState, now: number): number | null {
  const sent = attempts.flatMap((attempt) => (attempt.sentAt === null ? [] : [attempt.sentAt]));
  if (sent.length === 0) return null;
  const newest = attempts.at(-1);
  const open = newest?.state !== 'ended' || state === 'retrying' || state === 'measuring';
  return Math.max(0, (open ? now : (newest.endedAt ?? now)) - Math.min(...sent));
}

/** Events name no worker while a build runs; where the builder has only one, it is that one. */
function onlyWorker(planned: PlannedBuilder, began: boolean): string | null {
  const [only, ...others] = planned.workers;
  return began && only !== undefined && others.length === 0 ? oneLine(only, nameBound) : null;
}

/**
 * The reading on which the verdict rests; until there is one, what was read while the build runs. Of an advisory builder no other comes
 * at its end.
 */
function foundIn(
  planned: PlannedBuilder,
  newest: Attempt | undefined,
  live: Reading | null,
): ReadingView | null {
  const reading = newest?.reading ?? null;
  if (reading !== null) return readingView(reading, false);
  const isLast = planned.counts === 'advisory' && newest?.state === 'ended';
  return live === null ? null : readingView(live, !isLast);
}

/** One planned builder of a run. Its attempts of all roles are shown; the vote attempts alone give its state (RUNS.md 1.3). */
export function builderView(run: Run, planned: PlannedBuilder, context: ViewContext): BuilderView {
  const attempts = run.attempts.filter((attempt) => attempt.builder === planned.name);
  const votes = attempts.filter((attempt) => attempt.role === 'vote');
  const newest = votes.at(-1);
  const verdict = run.verdict?.builders.find((one) => one.name === planned.name);
  const state = verdict !== undefined && verdict.state !== 'open' ? verdict.state : liveState(run, newest);
  const build = newest?.builds.at(-1);
  const live = context.live.get(planned.name) ?? null;
  const shown = newest !== undefined && build !== undefined ? buildView(build, newest, context) : null;
  const request = newest?.request ?? null;
  return {
    name: oneLine(planned.name, nameBound),
    platform: oneLine(planned.platform, nameBound),
    role: planned.counts,
    state,
    ...judged(run, newest, { verdict, live }),
    attempt: votes.findLast((vote) => vote.sentAt !== null)?.ordinal ?? 0,
    worker: shown?.worker ?? onlyWorker(planned, build !== undefined),
    revision: shown?.revision ?? null,
    url: shown?.url ?? (request === null ? null : requestUrl(context.buildbotUrl, request)),
    elapsed_ms: elapsed(votes, state, context.now),
    waits_for: builderWait(run, planned, context),
    found: foundIn(planned, newest, live),
    steps: (build?.steps ?? []).slice(-shownSteps).map(stepView),
    attempts: attempts.slice(-shownAttempts).map((attempt) => attemptView(attempt, context)),
  };
}

/** The likely class of each builder of which a reading tells, in one text that is equal while none of them changes. */
export function likelyClasses({ attempts }: Run, live: ViewContext['live']): string {
  const read = new Map(live);
  for (const { role, builder, reading } of attempts)
    if (role === 'vote' && reading !== null) read.set(builder, reading);
  return [...read].map(([builder, reading]) => `${builder}: ${likelyClass(reading) ?? ''}`).join('\n');
}
