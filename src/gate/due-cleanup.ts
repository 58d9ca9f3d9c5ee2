// Stopping is a wait, not a call (RUNS.md 8.2): cancel what is unclaimed, stop what runs, look again, until every request is complete.

import { runningBuild, type Attempt } from './attempt.ts';
import { change, changeAttempt, emit, pending, type Draft } from './draft.ts';
import type { Effect } from './effect.ts';
import { isUndecided, mustBeCleaned, type Run } from './run.ts';

/** Milliseconds. Thousands of a reset wait in line for a busy master; asking for the same again would only make the line longer. */
const controlWithin = 450_000;
const askAgain = 10_000;
const giveUpAfter = 24 * 60 * 60_000;

function reasonFor(run: Run, attempt: Attempt): string {
  if (run.phase === 'stopped') return 'gearbridge: nobody asks for this run any more';
  if (run.phase === 'decided') return 'gearbridge: the run has its verdict';
  return `gearbridge: ${attempt.expired?.why ?? (attempt.outcome !== null && 'why' in attempt.outcome ? attempt.outcome.why : 'not needed')}`;
}

/** Its build is done; Buildbot completes the request some milliseconds later (BUILDBOT.md section 6). */
function endsByItself(attempt: Attempt): boolean {
  const last = attempt.builds.at(-1);
  return last?.complete === true && last.results !== 5;
}

/** Whether Buildbot is to end the attempt: the run no longer needs it, or a clock of its own ran out. */
function isUnwanted(run: Run, attempt: Attempt): boolean {
  if (attempt.request === null || attempt.complete || endsByItself(attempt)) return false;
  return mayStillCount(run, attempt) ? !attempt.claimed : mustBeCleaned(run, attempt);
}

/** Its offline or queued clock ran out, and a build that begins all the same goes on: under an unheard vote before the verdict it counts (RUNS.md 5.5). */
function mayStillCount(run: Run, attempt: Attempt): boolean {
  if (attempt.expired === null || run.phase === 'stopped') return false;
  return attempt.state !== 'ended' || (isUndecided(run) && attempt.outcome?.kind === 'unheard');
}

/** Whether it was asked for lately. A build that began after its request was to be cancelled is stopped at once. */
function wasJustAsked({ asked }: Attempt, what: 'cancel' | 'stop', life: number): boolean {
  if (asked === null || life - asked.at >= askAgain) return false;
  return asked.what === 'stop' || what === 'cancel';
}

function clean(draft: Draft, attempt: Attempt): void {
  const { life } = draft.run;
  const { asked, request } = attempt;
  const build = runningBuild(attempt);
  const what = build === undefined ? 'cancel' : 'stop';
  if (request === null || wasJustAsked(attempt, what, life)) return;
  // Where cancel is refused, builds are stopped as they start.
  if (what === 'cancel' && asked?.refused === true) return;
  const isAsked = (effect: Effect): boolean =>
    (effect.kind === 'cancel' || effect.kind === 'stop') && effect.request === request;
  if (pending(draft, isAsked)) return;
  changeAttempt(draft, attempt, { asked: { what, at: life, refused: false, lookedSince: false } });
  const why = reasonFor(draft.run, attempt);
  if (build === undefined) emit(draft, { kind: 'cancel', request, why }, controlWithin);
  else emit(draft, { kind: 'stop', request, build: build.id, why }, controlWithin);
}

/** Asks Buildbot to end what is unwanted, every ten seconds until it is gone; after a day the record says what was left. */
export function cleanUp(draft: Draft): void {
  const { run, world } = draft;
  if (run.gaveUp) return;
  if (!isUndecided(run) && run.endedFor >= giveUpAfter) {
    const left = run.attempts.filter((attempt) => mustBeCleaned(run, attempt));
    const leftBehind = left.map((attempt) => `${attempt.builder}: request ${attempt.request ?? 'unknown'}`);
    if (left.length > 0) change(draft, { gaveUp: true, leftBehind });
    return;
  }
  if (world.buildbot !== 'up') return;
  for (const attempt of run.attempts) {
    if (isUnwanted(run, attempt)) clean(draft, attempt);
  }
}
