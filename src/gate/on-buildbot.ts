// What was seen at Buildbot goes into the attempts; what it means is judged when the run is looked at (due-attempts.ts).

import type { Attempt } from './attempt.ts';
import { change, changeAttempt, settle, tick, type Draft } from './draft.ts';
import type { RunEvent } from './event.ts';
import type { BuildFacts, RequestFacts } from './facts.ts';
import type { RequestId } from './ids.ts';
import { isUndecided } from './run.ts';

type Of<Kind extends RunEvent['kind']> = Extract<RunEvent, { kind: Kind }>;

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

function update(draft: Draft, attempt: Attempt, seen: Partial<Attempt> & Pick<Attempt, 'builds'>): void {
  const same = JSON.stringify([attempt.claimed, attempt.complete, attempt.requestResults, attempt.builds]);
  const reset = grown(attempt.builds, seen.builds) ? { clocks: { ...attempt.clocks, silent: 0 } } : {};
  const next = { ...attempt, ...seen, ...reset };
  if (JSON.stringify([next.claimed, next.complete, next.requestResults, next.builds]) === same) return;
  let changed = changeAttempt(draft, attempt, { ...seen, ...reset });
  changed = reopen(draft, changed, changed.builds.length > 0);
  if (changed.state === 'queued' || changed.state === 'running') {
    changeAttempt(draft, changed, { state: changed.claimed ? 'running' : 'queued' });
  }
}

function seeRequest(draft: Draft, facts: RequestFacts): void {
  const attempt = attemptOf(draft, facts.id);
  if (attempt === undefined) return;
  if (attempt.asked?.refused === true && !attempt.asked.lookedSince) {
    seeAfterRefusal(draft, attempt);
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

/** An event says that the request is complete. It alone judges nothing: a REST answer, which lists the builds, does. */
export function noteRequestCompleted(draft: Draft, event: Of<'request-completed'>): void {
  const attempt = attemptOf(draft, event.request);
  if (attempt !== undefined && !attempt.complete)
    changeAttempt(draft, attempt, { complete: true, claimed: false });
}

/** Buildbot takes force calls again. */
export function forgetNotReady(draft: Draft): void {
  if (draft.run.notReady !== null) change(draft, { notReady: null });
}
