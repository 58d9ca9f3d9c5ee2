// Each attempt is looked at: has it ended, has a clock run out, was it never heard of (RUNS.md sections 5 and 6)?

import type { Attempt, ClockName, Outcome } from './attempt.ts';
import { runningBuild } from './attempt.ts';
import { buildBegan, endedVotes, votesOf, votingBuilders } from './attempts.ts';
import { limitOf } from './clocks.ts';
import { change, changeAttempt, emit, pending, type Draft } from './draft.ts';
import type { BuildFacts } from './facts.ts';
import { failedInSome, judge, proofOf, type Proof } from './outcome.ts';
import { isRecheck } from './recheck.ts';
import { isUndecided, type Run } from './run.ts';

/** Milliseconds. */
const lookWithin = 30_000;
const auditWithin = 60_000;
/** An earlier build that its master still calls unfinished is not asked for all the time. */
const lookAgain = 10_000;

/** Looks at every attempt that has not ended; those of a run that is decided too, so that its advisory builds come to an end. */
export function endAttempts(draft: Draft): void {
  const { terms } = draft.run;
  if (terms === null) return;
  for (const attempt of draft.run.attempts) {
    if (attempt.state === 'ended') continue;
    const proof = proofOf(terms, attempt.task?.base ?? null);
    if (!judgeAttempt(draft, attempt, proof)) endByClock(draft, attempt);
  }
}

function end(draft: Draft, attempt: Attempt, outcome: Outcome): void {
  changeAttempt(draft, attempt, { state: 'ended', outcome, endedAt: draft.now.wall });
}

/** True when the attempt has ended, or waits for a look at one of its builds. */
function judgeAttempt(draft: Draft, attempt: Attempt, proof: Proof): boolean {
  const judgement = judge(attempt, proof);
  switch (judgement.kind) {
    case 'open':
      return attempt.expired !== null && resolveExpired(draft, attempt);
    case 'look':
      lookAt(draft, attempt, judgement.build);
      return true;
    case 'ended':
      // Wait for REST: an earlier build that nobody saw may have shown a failure.
      return !attempt.listed || endAsAsked(draft, attempt, judgement.outcome);
  }
}

function lookAt(draft: Draft, attempt: Attempt, build: BuildFacts): void {
  if (build.complete) {
    look(draft, attempt, build);
    return;
  }
  const { life } = draft.run;
  if (attempt.lookedAt !== null && life - attempt.lookedAt < lookAgain) return;
  look(draft, changeAttempt(draft, attempt, { lookedAt: life }), build);
}

function look(draft: Draft, attempt: Attempt, build: BuildFacts): void {
  if (attempt.request === null || draft.world.buildbot !== 'up') return;
  if (pending(draft, (effect) => effect.kind === 'look' && effect.build === build.id)) return;
  emit(draft, { kind: 'look', request: attempt.request, build: build.id }, lookWithin);
}

/** What ended because we asked has the outcome for which we asked; only a person's stop is ABORTED (RUNS.md section 6). */
function endAsAsked(draft: Draft, attempt: Attempt, outcome: Outcome): boolean {
  if (outcome.kind !== 'aborted' || attempt.asked === null || attempt.asked.refused) {
    end(draft, attempt, outcome);
    return true;
  }
  if (attempt.expired !== null) return resolveExpired(draft, attempt);
  end(draft, attempt, { kind: 'infrastructure', why: 'stopped by the gate', checkoutFailed: false });
  return true;
}

/**
 * An attempt whose offline or queued clock ran out. It is unheard when its request went without a build, or refuses to go and
 * is still unclaimed, and no build of the run ever began on the builder; else the clock's end is infrastructure (RUNS.md 5.5).
 */
function resolveExpired(draft: Draft, attempt: Attempt): boolean {
  const { run } = draft;
  if (attempt.expired === null) return false;
  if (runningBuild(attempt) !== undefined) {
    // A build began before the cancel reached it: it goes on and counts.
    changeAttempt(draft, attempt, { expired: null });
    return false;
  }
  // An event alone says complete without the builds: those come by REST (RUNS.md 5.5).
  const gone = attempt.request === null || (attempt.complete && attempt.requestResults !== null);
  const refuses = attempt.asked?.refused === true && attempt.asked.lookedSince && !attempt.claimed;
  if (!gone && !refuses) return true;
  const { clock, why } = attempt.expired;
  // What a measure or control comes to is no word about the builder, so nothing of it is audited (RUNS.md 1.3).
  if (buildBegan(run, attempt.builder) || attempt.counts === 'advisory' || attempt.role !== 'vote') {
    const proof = run.terms === null ? null : proofOf(run.terms, attempt.task?.base ?? null);
    const failed = proof === null ? null : failedInSome(attempt.builds, proof);
    end(draft, attempt, failed ?? { kind: 'infrastructure', why, checkoutFailed: false });
    return true;
  }
  const audit = run.audits[attempt.builder];
  if (audit?.ended === endedVotes(run)) end(draft, attempt, { kind: 'unheard', clock, why });
  else askAudit(draft, attempt);
  return true;
}

function askAudit(draft: Draft, attempt: Attempt): void {
  const ended = endedVotes(draft.run);
  if (draft.world.buildbot !== 'up') return;
  if (pending(draft, (effect) => effect.kind === 'audit' && effect.builder === attempt.builder)) return;
  emit(draft, { kind: 'audit', builder: attempt.builder, ended }, auditWithin);
}

const words: Readonly<Record<ClockName, string>> = {
  offline: 'no worker of the builder was there',
  queued: 'no worker took the request',
  running: 'the build ran too long',
  silent: 'the build said nothing',
};

function minutes(milliseconds: number): string {
  return `${Math.round(milliseconds / 6000) / 10} min`;
}

function overdue(attempt: Attempt, run: Run): ClockName | undefined {
  // Only those that run now: a clock that ran out before a build began must not hide the others from then on.
  const running = attempt.claimed ? (['running', 'silent'] as const) : (['offline', 'queued'] as const);
  return running.find((name) => attempt.clocks[name] >= (limitOf(run, attempt, name) ?? Infinity));
}

/** Where the history says how long builds take, the sentence says so. */
function whyOf(run: Run, attempt: Attempt, clock: ClockName): string {
  const usual = clock === 'running' && limitOf(run, attempt, clock) !== run.terms?.policy.deadlines.running;
  const what = usual ? 'the build ran three times as long as 99 of 100 of its builder do' : words[clock];
  return usual
    ? `${what}: ${minutes(attempt.clocks[clock])}`
    : `${what} for ${minutes(attempt.clocks[clock])}`;
}

function endByClock(draft: Draft, attempt: Attempt): void {
  const clock = overdue(attempt, draft.run);
  if (clock === undefined || attempt.expired !== null) {
    if (clock === undefined) lookIfSilent(draft, attempt);
    return;
  }
  const why = whyOf(draft.run, attempt, clock);
  if (clock === 'running' || clock === 'silent') {
    end(draft, attempt, { kind: 'timed-out', why });
    return;
  }
  const expired = changeAttempt(draft, attempt, { expired: { clock, why } });
  resolveExpired(draft, expired);
}

/** The silent clock asks REST only after half its time without an event, then an eighth of it apart (RUNS.md 5.2). */
function lookIfSilent(draft: Draft, attempt: Attempt): void {
  const limit = draft.run.terms?.policy.deadlines.silent ?? Infinity;
  const build = runningBuild(attempt);
  if (build === undefined || attempt.clocks.silent < limit / 2 || draft.world.buildbot !== 'up') return;
  if (attempt.lookedAt !== null && draft.run.life - attempt.lookedAt < limit / 8) return;
  const looked = changeAttempt(draft, attempt, { lookedAt: draft.run.life });
  look(draft, looked, build);
}

/**
 * Right before the verdict every unheard builder is audited once more: what a delayed packet made may have begun by now
 * (RUNS.md 5.5). True when all of them are still unheard of.
 */
export function confirmUnheard(draft: Draft): boolean {
  let confirmed = true;
  for (const { name } of votingBuilders(draft.run)) {
    const last = votesOf(draft.run, name).at(-1);
    if (last?.outcome?.kind !== 'unheard') continue;
    const audit = draft.run.audits[name];
    if (audit?.began === true) {
      changeAttempt(draft, last, {
        outcome: { kind: 'infrastructure', why: last.outcome.why, checkoutFailed: false },
      });
      confirmed = false;
    } else if (audit?.ended !== endedVotes(draft.run)) {
      askAudit(draft, last);
      confirmed = false;
    }
  }
  return confirmed;
}

/** What the verdict leaves open of voting attempts is no part of it any more. */
export function closeVotes(draft: Draft, why: string): void {
  if (isUndecided(draft.run)) return;
  for (const attempt of draft.run.attempts) {
    const sent = attempt.request !== null || isRecheck(attempt);
    const left = draft.run.phase === 'decided' && attempt.counts === 'advisory' && sent;
    if (attempt.state === 'ended' || attempt.state === 'unclear' || attempt.sending !== null || left)
      continue;
    const complete = attempt.complete || attempt.request === null;
    changeAttempt(draft, attempt, {
      state: 'ended',
      complete,
      outcome: { kind: 'aborted', why },
      endedAt: draft.now.wall,
    });
  }
  if (Object.keys(draft.run.retryAt).length > 0) change(draft, { retryAt: {} });
}
