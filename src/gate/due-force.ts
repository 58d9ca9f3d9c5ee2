// Sending: which attempts may go now, together in which call, and what is sent after one that came to nothing (RUNS.md 4, 6.1).

import type { BuilderName } from '../fleet/fleet.ts';
import { intend, isOutOfTheWay, mayBeUnclaimed, type Attempt, type Task } from './attempt.ts';
import { mayRetry, nextOrdinal, retriesUsed, votesOf, votingBuilders, waitsForCheckout } from './attempts.ts';
import { sourceOf } from './change.ts';
import { change, changeAttempt, emit, pending, type Draft } from './draft.ts';
import { laneOf } from './lane.ts';
import { markerOf } from './marker.ts';
import { isRecheck } from './recheck.ts';
import type { Run } from './run.ts';

/** Milliseconds. */
const forceWithin = 60_000;
const vacancyWithin = 30_000;
const vacancyPause = 10_000;
const searchWithin = 60_000;
/** Two searches at least this far apart must find nothing before a sending counts as lost (RUNS.md 4.2). */
const searchPause = 10_000;
const firstRetryPause = 10_000;
const laterRetryPause = 60_000;
const longestPause = 30 * 60_000;

/** Makes the next attempt where the last one came to nothing: merged away, never arrived, or trouble that may be retried. */
export function intendNext(draft: Draft): void {
  if (draft.run.phase !== 'started' || draft.run.refusal !== null) return;
  for (const { name } of votingBuilders(draft.run)) intendNextOn(draft, name);
}

function intendNextOn(draft: Draft, builder: BuilderName): void {
  const { run } = draft;
  const last = votesOf(run, builder).at(-1);
  // The next attempt on a builder waits until nothing is left of the one before (RUNS.md 5.4).
  if (last === undefined || last.outcome === null || !isOutOfTheWay(last)) return;
  if (last.outcome.kind === 'void') {
    const pause = last.outcome.merged ? 0 : pauseAfterAbsence(votesOf(run, builder));
    if (pausedFor(draft, builder, pause)) add(draft, builder, !last.outcome.merged);
    return;
  }
  if (!mayRetry(run, builder) || waitsForCheckout(run, builder)) return;
  const pause = retriesUsed(run, builder) === 0 ? firstRetryPause : laterRetryPause;
  if (pausedFor(draft, builder, pause)) add(draft, builder, true);
}

/** One lost sending is sent anew at once; a master that swallows every one must not make a new attempt each time it is asked. */
export function pauseAfterAbsence(attempts: readonly Attempt[]): number {
  const absent = attempts.filter(({ outcome }) => outcome?.kind === 'void' && !outcome.merged);
  return absent.length < 2 ? 0 : Math.min(laterRetryPause * 2 ** (absent.length - 2), longestPause);
}

/** Begins a pause before the builder's next attempt; true once it is over. */
export function pausedFor(draft: Draft, builder: BuilderName, pause: number): boolean {
  const { retryAt, life } = draft.run;
  const due = retryAt[builder] ?? life + pause;
  if (life < due) {
    if (retryAt[builder] === undefined) change(draft, { retryAt: { ...retryAt, [builder]: due } });
    return false;
  }
  if (retryAt[builder] !== undefined)
    change(draft, {
      retryAt: Object.fromEntries(Object.entries(retryAt).filter(([name]) => name !== builder)),
    });
  return true;
}

function add(draft: Draft, builder: BuilderName, vacant: boolean): void {
  const ordinal = nextOrdinal(draft.run, builder);
  const attempt = intend(builder, { ordinal, role: 'vote', counts: 'voting', vacant });
  change(draft, { attempts: [...draft.run.attempts, attempt] });
}

/** Whether the attempt may be sent now: nothing of ours is unclaimed on the builder with this source stamp (RUNS.md 4.5). */
function mayGo(draft: Draft, attempt: Attempt): boolean {
  const { run, world } = draft;
  if (attempt.state !== 'intended' || attempt.sending !== null || !attempt.vacant || attempt.expired !== null)
    return false;
  if (world.busy.has(laneOf(run, attempt))) return false;
  // Advisory builds are forced only while a worker is there (RUNS.md 3.3).
  const isAdvisoryVote = attempt.counts === 'advisory' && attempt.role === 'vote';
  if (isAdvisoryVote && world.present?.has(attempt.builder) !== true) return false;
  const others = run.attempts.filter((each) => each.builder === attempt.builder && each !== attempt);
  return !others.some((each) => mayBeUnclaimed(each));
}

/** One call for all builders of one role, ordinal and task; advisory ones in a call of their own. */
function groups(attempts: readonly Attempt[]): readonly (readonly [Attempt, ...Attempt[]])[] {
  const byCall = new Map<string, [Attempt, ...Attempt[]]>();
  for (const attempt of attempts) {
    const call = JSON.stringify([attempt.counts, attempt.role, attempt.ordinal, attempt.task]);
    const group = byCall.get(call);
    if (group === undefined) byCall.set(call, [attempt]);
    else group.push(attempt);
  }
  return [...byCall.values()];
}

/** The whole suite is one run of it: only where tests are named may the factory repeat them (FLAKES.md 6.3). */
function taskFields(task: Task | null): Readonly<Record<string, string>> {
  if (task === null || task.tests.length === 0) return {};
  return { gate_tests: task.tests.join(' '), gate_repeat: String(task.repeat) };
}

/** The source stamp and the properties that every build of ours has (DESIGN.md section 6); nothing blank, for blank means "the default". */
export function forceFields(
  run: Run,
  { ordinal, role, task }: Pick<Attempt, 'ordinal' | 'role' | 'task'>,
): Readonly<Record<string, string>> {
  const change = run.terms?.change;
  const source = change === undefined ? {} : sourceOf(change, task?.base ?? null);
  const fields: Readonly<Record<string, string>> = {
    ...source,
    gate_job: run.jobName,
    gate_uuid: run.jobs[0]?.number ?? '',
    gate_attempt: String(ordinal),
    gate_role: role,
    change_ref: change?.changeRef ?? '',
    ...taskFields(task),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value.trim() !== ''));
}

/** Whether the run still sends the attempt: before the verdict all of them, after it only what somebody asks to measure again. */
function maySend(run: Run, attempt: Attempt): boolean {
  if (run.phase === 'decided') return isRecheck(attempt);
  return run.phase === 'started' && run.refusal === null && run.outOfTime === null;
}

/** Sends what may go. Nothing is sent while Buildbot is away or refuses us: nobody's fault, the run waits and says so (RUNS.md 4.8). */
export function force(draft: Draft): void {
  const { run, world } = draft;
  if (!run.adopted || !draft.run.attempts.some((attempt) => maySend(run, attempt))) return;
  if (world.buildbot !== 'up' || world.newestBuildset === null) return;
  if (world.notReady !== run.notReady) change(draft, { notReady: world.notReady });
  if (world.notReady !== null) return;
  const ready = draft.run.attempts.filter((attempt) => maySend(run, attempt) && mayGo(draft, attempt));
  const calls = groups(ready);
  if (calls.length === 0) return;
  calls.slice(0, world.nonces.length).forEach((group, at) => sendGroup(draft, group, world.nonces[at] ?? ''));
}

function sendGroup(draft: Draft, group: readonly [Attempt, ...Attempt[]], nonce: string): void {
  const { run, world, now } = draft;
  const [first] = group;
  const { ordinal, role } = first;
  const marker = markerOf({ manager: world.manager, run: run.id, ordinal, role, key: run.keyHash, nonce });
  const builders = group.map((attempt) => attempt.builder);
  const fields = forceFields(run, first);
  const sending = emit(draft, { kind: 'force', builders, ordinal, role, marker, fields }, forceWithin);
  for (const attempt of group) {
    changeAttempt(draft, attempt, {
      sending,
      marker,
      sentAfter: world.newestBuildset,
      sentAt: now.wall,
      searchedAt: [],
    });
  }
}

/** Searches the markers of unclear sendings; those of a stopped run as well, which are never sent again (RUNS.md 4.2). */
export function search(draft: Draft): void {
  if (draft.world.buildbot !== 'up') return;
  for (const attempt of draft.run.attempts) {
    const { marker, sentAfter, searchedAt } = attempt;
    if (attempt.state !== 'unclear' || marker === null) continue;
    const last = searchedAt.at(-1);
    if (last !== undefined && draft.run.life - last < searchPause) continue;
    if (pending(draft, (effect) => effect.kind === 'search' && effect.marker === marker)) continue;
    emit(draft, { kind: 'search', marker, after: sentAfter }, searchWithin);
  }
}

/** After a merge: has the request that swallowed ours been claimed (RUNS.md 4.6)? */
export function askVacancy(draft: Draft): void {
  const { run, world } = draft;
  if (run.phase !== 'started' || world.buildbot !== 'up') return;
  for (const attempt of run.attempts) {
    if (attempt.state !== 'intended' || attempt.vacant) continue;
    const asked = attempt.vacancyAskedAt;
    if (asked !== null && run.life - asked < vacancyPause) continue;
    if (pending(draft, (effect) => effect.kind === 'vacancy' && effect.builder === attempt.builder)) continue;
    changeAttempt(draft, attempt, { vacancyAskedAt: run.life });
    const base = attempt.task?.base ?? null;
    emit(draft, { kind: 'vacancy', builder: attempt.builder, base }, vacancyWithin);
  }
}
