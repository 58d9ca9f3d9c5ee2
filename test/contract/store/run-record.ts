// Runs and endings to store, as small as they may be, or as large as asked.

import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import type { BuildId, JobNumber, RunId } from '../../../src/gate/ids.ts';
import type { Job } from '../../../src/gate/job.ts';
import type { Run } from '../../../src/gate/run.ts';
import type { Ending } from '../../../src/store/history.ts';

export function runId(arrival: number): RunId {
  return arrival.toString(16).padStart(16, '0') as RunId;
}

function job(number: string, filler: string): Job {
  return {
    number: number as JobNumber,
    unique: number,
    argumentsHash: '',
    function: 'build:gate',
    parameters: { ZUUL_PIPELINE: filler },
    receivedAt: 1,
    state: 'open',
    bindings: [],
    answer: null,
    answeredAt: null,
    answeredFor: 0,
    confirmed: false,
    description: null,
  };
}

export interface RunWish {
  readonly id?: RunId;
  readonly key?: string | null;
  readonly numbers?: readonly string[];
  readonly changedAt?: number;
  readonly bytes?: number;
}

/** A run that arrived at a place in line; its key, id and the number of its one job follow from it. */
export function runRecord(arrival: number, wish: RunWish = {}): Run {
  const { id = runId(arrival), key = `key ${arrival}`, numbers = [`n${arrival}`], changedAt = 1000 } = wish;
  return {
    schema: 2,
    id,
    key,
    keyHash: '',
    jobName: 'gate',
    resultText: 'plain',
    terms: null,
    createdAt: 1,
    arrival,
    phase: 'waiting',
    jobs: numbers.map((number) => job(number, 'x'.repeat(wish.bytes ?? 0))),
    plan: null,
    attempts: [],
    retryAt: {},
    age: 0,
    slotWasFree: false,
    grace: 0,
    adopted: false,
    audits: {},
    rulings: {},
    verdict: null,
    leftBehind: [],
    effects: [],
    nextEffect: 1,
    notReady: null,
    refusal: null,
    outOfTime: null,
    life: 0,
    endedFor: 0,
    gaveUp: false,
    changedAt,
  };
}

export function ending(endedAt: number, wish: Partial<Ending> = {}): Ending {
  return {
    run: runId(1),
    builder: 'AMD64 Debian 3.x' as BuilderName,
    ordinal: 1,
    role: 'vote',
    counts: 'voting',
    platform: 'linux',
    worker: 'debian-1' as WorkerName,
    build: { id: 7 as BuildId, number: 3 },
    jobName: 'gate',
    project: 'cpython',
    branch: 'main',
    revision: 'a'.repeat(40),
    outcome: 'passed',
    waited: 10,
    ran: 100,
    endedAt,
    ...wish,
  };
}
