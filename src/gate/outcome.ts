// What the end of a build means: the table of RUNS.md section 6, row by row. The first row that fits counts.

import type { Attempt, Base, Outcome } from './attempt.ts';
import { sourceOf } from './change.ts';
import type { BuildFacts } from './facts.ts';
import type { JobDefinition } from './request.ts';
import type { Terms } from './run.ts';

/** What was asked for, and by what it is proved. */
export interface Proof {
  readonly revision: string;
  readonly testSteps: JobDefinition['testSteps'];
  readonly trust: JobDefinition['revision'];
}

/** What proves an attempt; a control builds its base and not the change. */
export function proofOf(terms: Terms, base: Base | null): Proof {
  const { change, definition } = terms;
  const { revision } = sourceOf(change, base);
  return { revision, testSteps: definition.testSteps, trust: definition.revision };
}

/** `open`: not ended. `look`: this build must be read first. */
export type Judgement =
  | { readonly kind: 'open' }
  | { readonly kind: 'look'; readonly build: BuildFacts }
  | { readonly kind: 'ended'; readonly outcome: Outcome };

/** RETRY is no end, but the third one is enough (RUNS.md 5.3). */
const maxRetries = 3;

/** `got_revision` is the commit asked for, or begins with it where at least 12 digits were asked for; where revisions are trusted a missing one will do. */
export function isProved(build: BuildFacts, proof: Proof): boolean {
  if (build.revision === null) return proof.trust === 'trusted';
  const got = build.revision.toLowerCase();
  return (
    got === proof.revision ||
    (/^[0-9a-f]+$/.test(got) && proof.revision.length >= 12 && got.startsWith(proof.revision))
  );
}

/** 0, 1 or 2 when a test step is there and every one completed so, the worst of them; null when it did not run. */
export function testResult(build: BuildFacts, testSteps: readonly string[]): 0 | 1 | 2 | null {
  const steps = (build.steps ?? []).filter((step) => testSteps.includes(step.name));
  if (steps.length === 0) return null;
  let worst: 0 | 1 | 2 = 0;
  for (const { complete, results } of steps) {
    if (!complete || (results !== 0 && results !== 1 && results !== 2)) return null;
    if (results > worst) worst = results;
  }
  return worst;
}

/** Whether a test step of the build ended 2, whatever the others did: such a build is never forgotten (RUNS.md 4.6). */
export function showedFailure(build: BuildFacts, testSteps: readonly string[]): boolean {
  return (build.steps ?? []).some(
    (step) => testSteps.includes(step.name) && step.complete && step.results === 2,
  );
}

function ended(outcome: Outcome): Judgement {
  return { kind: 'ended', outcome };
}

function infrastructure(why: string, checkoutFailed = false): Outcome {
  return { kind: 'infrastructure', why, checkoutFailed };
}

function clearedTheCheckout(build: BuildFacts, proof: Proof): boolean {
  return build.revision !== null || testResult(build, proof.testSteps) !== null;
}

/** Rows that hold whatever the last build says: a test that failed at the proved commit in any build of the attempt. */
export function failedInSome(builds: readonly BuildFacts[], proof: Proof): Outcome | null {
  const failed = builds.find((build) => showedFailure(build, proof.testSteps) && isProved(build, proof));
  return failed === undefined
    ? null
    : { kind: 'failed', why: `a test step failed in build ${failed.number}` };
}

/** The rows for the last build, which is complete and did not end in RETRY. */
function judgeBuild(last: BuildFacts, builds: readonly BuildFacts[], proof: Proof): Outcome {
  const { results } = last;
  const proved = isProved(last, proof);
  const tests = testResult(last, proof.testSteps);
  const earlierFailure = builds.some((build) => build !== last && showedFailure(build, proof.testSteps));
  const steps = proof.testSteps.join(', ');
  if ((results === 0 || results === 1) && proved && (tests === 0 || tests === 1) && !earlierFailure)
    return { kind: 'passed' };
  if (tests !== null && last.revision === null && proof.trust !== 'trusted') {
    return {
      kind: 'config-error',
      why: `build ${last.number} says no got_revision: let its checkout step set it, or set revision: trusted`,
    };
  }
  if (results === 0 && tests === null) {
    return {
      kind: 'config-error',
      why: `build ${last.number} succeeded without a finished test step (${steps}): name the right one in test_steps`,
    };
  }
  if (proved && last.stepTimedOut === true)
    return { kind: 'timed-out', why: `a step of build ${last.number} timed out` };
  const failed = failedInSome(builds, proof);
  if (failed !== null) return failed;
  if (proved && results === 2) return { kind: 'failed', why: `build ${last.number} failed: ${last.state}` };
  return judgeTrouble(last, proof);
}

/** The rows that say nothing of the change. */
function judgeTrouble(last: BuildFacts, proof: Proof): Outcome {
  const { results, number } = last;
  if (last.revision !== null && !isProved(last, proof)) {
    return infrastructure(`build ${number} checked out ${last.revision} instead of ${proof.revision}`);
  }
  const noCheckout = (results === 1 || results === 2) && !clearedTheCheckout(last, proof);
  if (noCheckout) return infrastructure(`build ${number} did not check out: ${last.state}`, true);
  if (results === 1) return infrastructure(`build ${number} ended with warnings and ran no test step`);
  if (results === 6 && !last.state.includes('(Master Shutdown)')) {
    return { kind: 'aborted', why: `build ${number} was stopped at Buildbot: ${last.state}` };
  }
  return infrastructure(`build ${number} ended by trouble of Buildbot's own: ${last.state}`);
}

/** A request that is complete though no build of it ended properly: merged away, cancelled, or lost. */
function judgeRequest(attempt: Attempt, proof: Proof): Judgement {
  const failed = failedInSome(attempt.builds, proof);
  if (failed !== null) return ended(failed);
  const results = attempt.requestResults;
  if (results === null) return { kind: 'open' };
  if (results === 3) {
    return ended({ kind: 'void', why: 'Buildbot merged the request into another one', merged: true });
  }
  if (results === 6) return ended({ kind: 'aborted', why: 'the request was cancelled at Buildbot' });
  return ended(infrastructure(`the request ended with results ${results} and no build that says why`));
}

/**
 * Judges an attempt by what Buildbot has shown of its request. Every complete build must have been read with its steps, for
 * a test that failed before a RETRY still counts. What we asked Buildbot to stop is the caller's business.
 */
export function judge(attempt: Attempt, proof: Proof): Judgement {
  const last = attempt.builds.at(-1);
  // Builds of a request follow one another: one before the last has ended, also where no event said so.
  const unread = attempt.builds.find(
    (build) =>
      (build.complete && (build.steps === null || (build.results === 2 && build.stepTimedOut === null))) ||
      (!build.complete && build !== last),
  );
  if (unread !== undefined) return { kind: 'look', build: unread };
  if (last?.complete === true && last.results !== 5) return ended(judgeBuild(last, attempt.builds, proof));
  const retries = attempt.builds.filter((build) => build.results === 5).length;
  if (retries >= maxRetries) {
    return ended(
      failedInSome(attempt.builds, proof) ??
        infrastructure(`${retries} builds of one request ended in RETRY`),
    );
  }
  if (attempt.complete && attempt.requestResults !== null) return judgeRequest(attempt, proof);
  return { kind: 'open' };
}
