// How a run begins: with its first job and its terms, or refused at birth.

import type { ResultWord } from './answer.ts';
import type { RunId } from './ids.ts';
import type { Job } from './job.ts';
import type { Run, Terms } from './run.ts';

export interface Birth {
  readonly id: RunId;
  readonly jobName: string;
  readonly resultText: Run['resultText'];
  readonly job: Job;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly arrival: number;
}

function blank(birth: Birth): Run {
  return {
    schema: 2,
    id: birth.id,
    key: null,
    keyHash: '',
    jobName: birth.jobName,
    resultText: birth.resultText,
    terms: null,
    createdAt: birth.at,
    arrival: birth.arrival,
    phase: 'waiting',
    jobs: [birth.job],
    plan: null,
    attempts: [],
    refusal: null,
    outOfTime: null,
    life: 0,
    age: 0,
    slotWasFree: false,
    grace: 0,
    endedFor: 0,
    adopted: false,
    retryAt: {},
    audits: {},
    rulings: {},
    verdict: null,
    leftBehind: [],
    gaveUp: false,
    effects: [],
    nextEffect: 1,
    notReady: null,
    changedAt: birth.at,
  };
}

/** A run for a content key; its terms are fixed now (RUNS.md 1.2). */
export function newRun(
  birth: Birth,
  terms: Terms,
  key: { readonly text: string; readonly hash: string },
): Run {
  return { ...blank(birth), terms, key: key.text, keyHash: key.hash };
}

/** A job that cannot be served: answered at once, nothing forced, never joined (RUNS.md 2.6). */
export function refusedRun(birth: Birth, refusal: { readonly word: ResultWord; readonly why: string }): Run {
  return { ...blank(birth), refusal };
}
