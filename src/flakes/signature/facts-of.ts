// What signatures may ask of a failure, from the failure and its build.

import type { Failure } from '../failure.ts';
import type { Facts } from './fact-judge.ts';

/** What is known of the build that a failure stands in. null and left out: not known. */
export interface BuildFacts {
  readonly step?: string | null;
  readonly builder?: string | null;
  readonly worker?: string | null;
  readonly platform?: string | null;
  readonly branch?: string | null;
  readonly exitStatus?: number | null;
  /** Of the step, in seconds. */
  readonly seconds?: number | null;
}

/** The facts of one failure. */
export function factsOf(failure: Failure, build: BuildFacts): Facts {
  const { step, builder, worker, platform, branch, exitStatus, seconds } = build;
  const around = {
    step,
    builder,
    worker,
    platform,
    branch,
    exit_status: typeof exitStatus === 'number' ? String(exitStatus) : null,
    duration: typeof seconds === 'number' ? String(Math.floor(seconds)) : null,
  };
  return {
    kind: failure.kind,
    test_id: failure.testId,
    exception: failure.exception,
    message: failure.message,
    attempt: String(failure.attempt),
    ...Object.fromEntries(
      Object.entries(around).filter(([, value]) => value !== null && value !== undefined),
    ),
  };
}
