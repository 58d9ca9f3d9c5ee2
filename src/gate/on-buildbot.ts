// What was seen at Buildbot goes into the attempts; what it means is judged when the run is looked at (due-attempts.ts).

import type { Attempt } from './attempt.ts';
import { changeAttempt, settle, tick, type Draft } from './draft.ts';
import type { RunEvent } from './event.ts';
import type { BuildFacts, RequestFacts } from './facts.ts';
import type { RequestId } from './ids.ts';
import { isUndecided } from './run.ts';

type Of<Kind extends RunEvent['kind']> = Extract<RunEvent, { kind: Kind }>;

/** A build with more steps than this is shown by its last ones while it runs. */
const mostSteps = 100;

function attemptOf(draft: Draft, request: RequestId): Attempt | undefined {
  return draft.run.attempts.find((attempt) => attempt.request === request);
}

/** What is known of a build, and what a newer look adds. A look without steps never hides those read before the build's end. */
function merged(known: BuildFacts | undefined, seen: BuildFacts): BuildFacts {
  if (known === undefined) return seen;
  // An old answer that arrives after the end is no news.
  if (known.complete && !seen.complete) return known;
  const keepsSteps = seen.steps === null && (known.complete || !seen.complete);
  return {
    ...seen,
    worker: seen.worker ?? known.worker,
    revision: seen.revision ?? known.revision,
    steps: keepsSteps ? known.steps : seen.steps,
    stepTimedOut: keepsSteps ? known.stepTimedOut : seen.stepTimedOut,
    growth: seen.growth === '' ? known.growth : seen.growth,
  };
}

function withBuild(builds: readonly BuildFacts[], seen: BuildFacts): readonly BuildFacts[] {
  const known = builds.find((build) => build.id === seen.id);
  const list = builds.filter((build) => build !== known);
  return [...list, merged(known, seen)].sort((one, other) => one.id - other.id);
}

function grown(before: readonly BuildFacts[], after: readonly BuildFacts[]): boolean {
  return after.some((build) => {
    const known = before.find((each) => each.id === build.id);
    return known === undefined || known.growth !== build.growth || known.complete !== build.complete;
  });
}

/** An unheard vote is void when a build begins before the verdict: that build goes on and counts (RUNS.md 5.5). */
function reopen(draft: Draft, attempt: Attempt, begun: boolean): Attempt {
  if (!begun || attempt.outcome?.kind !== 'unheard' || !isUndecided(draft.run)) return attempt;
  return changeAttempt(draft, attempt, { state: 'running', outcome: null, endedAt: null, expired: null });
}

type Seen = Pick<Attempt, 'claimed' | 'complete' | 'requestResults' | 'builds'>;

function isSame(one: Seen, other: Seen): boolean {
  return (
    one.claimed === other.claimed &&
    one.complete === other.complete &&
    one.requestResults === other.requestResults &&
    one.builds.length === other.builds.length &&
    JSON.stringify(one.builds) === JSON.stringify(other.builds)
  );
}

function update(draft: Draft, attempt: Attempt, seen: Partial<Attempt> & Pick<Attempt, 'builds'>): void {
  const reset = grown(attempt.builds, seen.builds) ? { clocks: { ...attempt.clocks, silent: 0 } } : {};
  if (isSame(attempt, { ...attempt, ...seen })) return;
  let changed = changeAttempt(draft, attempt, { ...seen, ...reset });
  changed = reopen(draft, changed, changed.builds.length > 0);
  // A complete request is unclaimed as well, and yet not queued again.
  if (!changed.complete && (changed.state === 'queued' || changed.state === 'running')) {
    changeAttempt(draft, changed, { state: changed.claimed ? 'running' : 'queued' });
  }
}

function seeRequest(draft: Draft, facts: RequestFacts): void {
  const attempt = attemptOf(draft, facts.id);
  // A master with a new database deals its ids out again: this request is somebody else's.
  if (attempt === undefined || (attempt.buildset !== null && facts.buildset !== attempt.buildset)) return;
  if (attempt.asked?.refused === true && !attempt.asked.lookedSince) {
    seeAfterRefusal(draft, attempt);
    seeRequest(draft, facts);
    return;
  }
  if (!attempt.listed) {
    changeAttempt(draft, attempt, { listed: true });
    seeRequest(draft, facts);
    return;
  }
  const builds = facts.builds.reduce(withBuild, attempt.builds);
  const complete = attempt.complete || facts.complete;
  update(draft, attempt, {
    builds,
    complete,
    claimed: facts.claimed && !complete,
    requestResults: facts.complete ? facts.results : attempt.requestResults,
  });
}

/** A later look after a refused cancel has come (RUNS.md 5.5). */
function seeAfterRefusal(draft: Draft, attempt: Attempt): void {
  if (attempt.asked !== null)
    changeAttempt(draft, attempt, { asked: { ...attempt.asked, lookedSince: true } });
}

/** Builds may have come and gone unseen: what is known of open requests is not all until REST has listed it (RUNS.md section 6). */
export function doubtBuilds(draft: Draft): void {
  for (const attempt of draft.run.attempts) {
    const open = attempt.request !== null && attempt.state !== 'ended' && attempt.requestResults === null;
    // Complete by an event alone is taken back as well, or nobody would ask REST for it again.
    if (open && (attempt.listed || attempt.complete))
      changeAttempt(draft, attempt, { listed: false, complete: false });
  }
}

/** Requests with their builds, by REST. */
export function seeRequests(draft: Draft, event: Of<'seen'>): void {
  for (const facts of event.requests) seeRequest(draft, facts);
}

/** One build, by an event or by a look of ours. A build that is not complete says that its request is claimed. */
export function seeBuild(draft: Draft, event: Of<'build-seen'>): void {
  if (event.effect !== null) settle(draft, event.effect);
  const attempt = attemptOf(draft, event.request);
  if (attempt === undefined) return;
  const builds = withBuild(attempt.builds, event.build);
  const claimed = event.build.complete ? attempt.claimed && event.build.results !== 5 : !attempt.complete;
  update(draft, attempt, { builds, claimed });
}

/** Steps or logs of a build have grown: the silent clock begins anew. */
export function noteGrowth(draft: Draft, event: Of<'build-grew'>): void {
  const attempt = attemptOf(draft, event.request);
  if (attempt === undefined || attempt.clocks.silent === 0) return;
  const clocks = { ...attempt.clocks, silent: 0 };
  tick(draft, {
    attempts: draft.run.attempts.map((each) => (each === attempt ? { ...attempt, clocks } : each)),
  });
}

/**
 * A step of a running build began or ended, by an event: shown, and a sign of growth. The steps by which an end is judged are
 * read anew once the build is complete.
 */
export function seeStep(draft: Draft, event: Of<'step-seen'>): void {
  const attempt = attemptOf(draft, event.request);
  const build = attempt?.builds.find((each) => each.id === event.build);
  if (attempt === undefined || build === undefined || build.complete) return;
  const others = (build.steps ?? []).filter((step) => step.id !== event.step.id);
  const steps = [...others, event.step].sort((one, other) => one.number - other.number).slice(-mostSteps);
  const builds = attempt.builds.map((each) => (each === build ? { ...build, steps } : each));
  const seen = { ...attempt, builds, clocks: { ...attempt.clocks, silent: 0 } };
  tick(draft, { attempts: draft.run.attempts.map((each) => (each === attempt ? seen : each)) });
}

/** An event says that the request is complete. It alone judges nothing: a REST answer, which lists the builds, does. */
export function noteRequestCompleted(draft: Draft, event: Of<'request-completed'>): void {
  const attempt = attemptOf(draft, event.request);
  if (attempt !== undefined && !attempt.complete)
    changeAttempt(draft, attempt, { complete: true, claimed: false });
}
