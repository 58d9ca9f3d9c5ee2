// What a job and each of its builders wait for, since when, and when that ends (DESIGN.md section 2: no silence).

import { hasWorker } from '../fleet/fleet.ts';
import type { Attempt } from '../gate/attempt.ts';
import type { Job } from '../gate/job.ts';
import { graceLimit, limitOf } from '../gate/clocks.ts';
import { awaitsRuling } from '../gate/ruled.ts';
import { hasLiveBinding, isUndecided, type PlannedBuilder, type Run } from '../gate/run.ts';
import type { ViewContext } from './context.ts';
import type { Wait } from './document.ts';
import { iso, oneLine } from './text.ts';

const sentenceBound = 300;
/** An answer that nobody confirmed is given up after this time (RUNS.md 9.3). */
const answeredFor = 15 * 60_000;

/** When the run as a whole ends at the latest (RUNS.md 5.1), milliseconds since 1970; null before its terms are known. */
function runEnd(run: Run, now: number): number | null {
  return run.terms === null ? null : now + Math.max(0, run.terms.policy.deadlines.run - run.age);
}

function time(milliseconds: number | null): string | null {
  return milliseconds === null ? null : iso(milliseconds);
}

function newestVote(run: Run, planned: PlannedBuilder): Attempt | undefined {
  return run.attempts.filter((one) => one.builder === planned.name && one.role === 'vote').at(-1);
}

/** When a clock of the attempt runs out, milliseconds since 1970. */
function clockEnd(
  run: Run,
  attempt: Attempt,
  { clock, now }: { readonly clock: 'offline' | 'queued' | 'running'; readonly now: number },
): number {
  return now + Math.max(0, (limitOf(run, attempt, clock) ?? 0) - attempt.clocks[clock]);
}

function queuedWait(run: Run, attempt: Attempt, context: ViewContext): Wait {
  if (attempt.expired !== null) {
    return {
      what: `Buildbot to cancel the request: ${oneLine(attempt.expired.why, sentenceBound)}`,
      since: time(attempt.sentAt),
      until: time(runEnd(run, context.now)),
      next: 'the builder counts as unheard, unless a build of it began',
    };
  }
  const builder = context.fleet?.builders.find((one) => one.name === attempt.builder);
  const absent = builder !== undefined && !hasWorker(builder);
  return {
    what: absent ? 'a worker to come back (none is there that takes builds)' : 'a free worker',
    since: time(attempt.sentAt),
    until: iso(clockEnd(run, attempt, { clock: absent ? 'offline' : 'queued', now: context.now })),
    next: 'the request is cancelled, the builder counts as unheard',
  };
}

function runningWait(attempt: Attempt, end: number): Wait {
  const build = attempt.builds.at(-1);
  const step = build?.steps?.find((one) => !one.complete && one.startedAt !== null);
  const began = step?.startedAt ?? build?.startedAt ?? null;
  const doing = step === undefined ? 'the build' : `step ${oneLine(step.name, 100)}`;
  return {
    what: build?.waitsForLock === true ? `a lock that ${doing} needs` : `${doing} to finish`,
    since: began === null ? null : iso(began * 1000),
    until: iso(end),
    next: 'the build is stopped, the result is TIMED_OUT',
  };
}

function retryWait(run: Run, attempt: Attempt, context: ViewContext): Wait | null {
  const at = run.retryAt[attempt.builder];
  if (at === undefined || at <= run.life) return null;
  return {
    what: 'the pause before the next try',
    since: time(attempt.endedAt),
    until: iso(context.now + at - run.life),
    next: 'it is forced again',
  };
}

function measureWhat({ task, state }: Attempt): string {
  const tests = task === null || task.tests.length === 0 ? 'the whole suite' : task.tests.join(' ');
  const times = task === null || task.tests.length === 0 ? 'a clean build' : `${task.repeat} repeats`;
  const where = task?.base == null ? 'on the change' : 'on its base';
  const how = state === 'running' ? '' : ', once a worker takes them';
  return oneLine(`${times} of ${tests} ${where}, which tell a flake from a fault${how}`, sentenceBound);
}

/** Its vote went wrong: before that counts it is read, and where it may be forgiven measured (FLAKES.md 6.3). */
function rulingWait(run: Run, vote: Attempt, context: ViewContext): Wait | null {
  if (!awaitsRuling(run, vote.builder)) return null;
  const measure = run.attempts.findLast(({ builder, role }) => builder === vote.builder && role !== 'vote');
  const open = measure !== undefined && measure.state !== 'ended';
  return {
    what: open ? measureWhat(measure) : 'what went wrong in its build to be read',
    since: time(open ? (measure.sentAt ?? vote.endedAt) : vote.endedAt),
    until: time(runEnd(run, context.now)),
    next: 'the failure is forgiven, or stands',
  };
}

/** Since nothing is left of the attempt before it, or since a slot was free for the run; milliseconds since 1970. */
function turnSince(run: Run, attempt: Attempt, now: number): number {
  const before = run.attempts.findLast(
    ({ builder, ordinal }) => builder === attempt.builder && ordinal < attempt.ordinal,
  );
  return before?.endedAt ?? now - run.age;
}

function waitOf(run: Run, planned: PlannedBuilder, context: ViewContext): Wait | null {
  const attempt = newestVote(run, planned);
  if (run.phase !== 'started' || run.terms === null || attempt === undefined) return null;
  switch (attempt.state) {
    case 'intended':
      return {
        what: 'its turn to be forced',
        since: time(turnSince(run, attempt, context.now)),
        until: time(runEnd(run, context.now)),
        next: 'the force call is sent',
      };
    case 'unclear':
      return {
        what: 'two searches that show whether Buildbot took the force call',
        since: time(attempt.sentAt),
        until: time(runEnd(run, context.now)),
        next: 'what is found is taken over, else it is forced again',
      };
    case 'queued':
      return queuedWait(run, attempt, context);
    case 'running':
      return runningWait(attempt, clockEnd(run, attempt, { clock: 'running', now: context.now }));
    case 'ended':
      return retryWait(run, attempt, context) ?? rulingWait(run, attempt, context);
  }
}

/** Whoever shows a job asks for what each builder waits for, and for the sum of them: the answers in the newest context of a run. */
const answers = new WeakMap<
  Run,
  { readonly context: ViewContext; readonly waits: Map<PlannedBuilder, Wait | null> }
>();

/** What one builder of an undecided run waits for; null when it waits for nothing. */
export function builderWait(run: Run, planned: PlannedBuilder, context: ViewContext): Wait | null {
  let answer = answers.get(run);
  if (answer?.context !== context) answers.set(run, (answer = { context, waits: new Map() }));
  let wait = answer.waits.get(planned);
  if (wait === undefined) answer.waits.set(planned, (wait = waitOf(run, planned, context)));
  return wait;
}

function slotWait(run: Run, context: ViewContext): Wait {
  const ahead = context.line?.ahead ?? 0;
  return {
    what: ahead === 0 ? 'a free slot (it is the next)' : `a free slot (${ahead} before it in the line)`,
    since: iso(run.createdAt),
    until: time(run.slotWasFree ? runEnd(run, context.now) : (context.line?.slotUntil ?? null)),
    next: 'its builders are chosen and forced',
  };
}

/** When the last who was connected for it left; milliseconds since 1970. */
function leftAt(run: Run, now: number): number {
  const ends = run.jobs.flatMap(({ bindings }) =>
    bindings.flatMap((binding) => (binding.kind === 'gearman' ? (binding.endedAt ?? []) : [])),
  );
  return ends.length === 0 ? now - run.grace : Math.max(...ends);
}

/** Nobody is connected for it: what its builders wait for may take longer than it lives (RUNS.md 9.1). */
function graceWait(run: Run, now: number): Wait {
  const end = now + Math.max(0, graceLimit - run.grace);
  return {
    what: 'somebody to ask for it again: nobody is connected for it any more',
    since: iso(leftAt(run, now)),
    until: iso(Math.min(end, runEnd(run, now) ?? Infinity)),
    next: 'it is stopped',
  };
}

function answerWait(job: Job): Wait {
  const since = job.answeredAt;
  return {
    what: 'the gatekeeper to take the answer',
    since: time(since),
    until: since === null ? null : iso(since + answeredFor),
    next: 'the job is closed with its answer unconfirmed',
  };
}

function buildersWait(run: Run, context: ViewContext): Wait {
  const voting = (run.plan?.builders ?? []).filter((one) => one.counts === 'voting');
  const waits = voting.flatMap((planned) => {
    const wait = builderWait(run, planned, context);
    return wait === null ? [] : [{ planned, wait }];
  });
  const end = runEnd(run, context.now);
  const first = waits[0];
  if (first === undefined) {
    const ended = run.attempts.flatMap(({ endedAt }) => endedAt ?? []);
    const since = Math.max(context.now - run.age, ...ended);
    return { what: 'the verdict', since: iso(since), until: time(end), next: 'the answer is sent' };
  }
  const untils = waits.flatMap(({ wait }) => (wait.until === null ? [] : [Date.parse(wait.until)]));
  const sinces = waits.flatMap(({ wait }) => (wait.since === null ? [] : [wait.since])).sort();
  const until = Math.min(Math.max(...untils), end ?? Infinity);
  const rest = waits.length > 1 ? `, and ${waits.length - 1} more of ${voting.length} builders` : '';
  return {
    what: oneLine(`${first.planned.name}: ${first.wait.what}${rest}`, sentenceBound),
    since: sinces[0] ?? null,
    until: Number.isFinite(until) ? iso(until) : null,
    next: first.wait.next,
  };
}

/** What a job waits for; null when it is closed, or has been answered for certain. */
export function jobWait(run: Run, job: Job, context: ViewContext): Wait | null {
  if (job.state === 'closed') return null;
  if (job.state === 'answered') return job.confirmed ? null : answerWait(job);
  if (!isUndecided(run)) return answerWait(job);
  if (!hasLiveBinding(run)) return graceWait(run, context.now);
  const until = time(runEnd(run, context.now));
  if (context.buildbotAway !== null) {
    const { since, why } = context.buildbotAway;
    return {
      what: oneLine(`Buildbot, which does not answer: ${why}`, sentenceBound),
      since: iso(since),
      until,
      next: 'INFRA_FAILURE, if it is still away then',
    };
  }
  if (run.notReady !== null) {
    return {
      what: oneLine(`Buildbot to accept our force calls: ${run.notReady}`, sentenceBound),
      since: iso(run.changedAt),
      until,
      next: 'TIMED_OUT, if it still refuses then',
    };
  }
  return run.phase === 'waiting' ? slotWait(run, context) : buildersWait(run, context);
}
