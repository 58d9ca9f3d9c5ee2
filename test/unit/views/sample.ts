// Runs as the gate makes them, for the tests of what is shown: two voting builders and an advisory one, at a chosen point of life.

import type { ReadFailure, Reading } from '../../../src/flakes/reading.ts';
import type { Builder, BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import { intend, type Attempt } from '../../../src/gate/attempt.ts';
import type { BuildFacts, Results, StepFacts } from '../../../src/gate/facts.ts';
import type { BuildId, ConnectionId, Handle, JobNumber, RequestId, RunId } from '../../../src/gate/ids.ts';
import type { Job } from '../../../src/gate/job.ts';
import type { PlannedBuilder, Run } from '../../../src/gate/run.ts';
import type { ViewContext } from '../../../src/views/context.ts';

/** 2026-03-04T05:06:07.000Z: when the sample job came. */
export const received = Date.UTC(2026, 2, 4, 5, 6, 7);
export const minute = 60_000;
export const revision = '3f786850e387550fdab836ed7e6dc881de23001b';

export const debian = 'AMD64 Debian 3.x' as BuilderName;
export const windows = 'AMD64 Windows 3.x' as BuilderName;
export const rawhide = 'AMD64 Rawhide 3.x' as BuilderName;

export function planned(name: BuilderName, change: Partial<PlannedBuilder> = {}): PlannedBuilder {
  return { name, platform: 'linux', counts: 'voting', workers: ['w1' as WorkerName], ...change };
}

export function sampleJob(change: Partial<Job> = {}): Job {
  return {
    number: '0a1b2c3d' as JobNumber,
    unique: '0a1b2c3d',
    argumentsHash: 'f00',
    function: 'build:cpython-gate:main',
    parameters: { ZUUL_PROJECT: 'cpython', ZUUL_CHANGE: '1234' },
    receivedAt: received,
    state: 'open',
    bindings: [
      {
        kind: 'gearman',
        connection: 'c1' as ConnectionId,
        server: '127.0.0.1:4730',
        serverKind: 'gearmand',
        handle: 'H:x:1' as Handle,
        state: 'live',
        announced: true,
        answered: false,
      },
    ],
    answer: null,
    answeredAt: null,
    answeredFor: 0,
    confirmed: false,
    description: null,
    ...change,
  };
}

const definition = {
  name: 'cpython-gate',
  project: 'cpython',
  builders: { tags: ['3.x'] },
  policy: 'gate',
  vcs: 'git',
  testSteps: ['test'],
  revision: 'proved',
  resultText: 'explained',
} as const;

const terms: NonNullable<Run['terms']> = {
  definition,
  policy: {
    coverage: null,
    retries: 2,
    unheard: 'withdraw',
    deadlines: {
      offline: 30 * minute,
      queued: 240 * minute,
      running: 240 * minute,
      silent: 45 * minute,
      run: 480 * minute,
    },
  },
  change: {
    project: 'cpython',
    repository: 'https://git.example.org/cpython',
    branch: 'main',
    revision,
    changeRef: 'refs/zuul/main/Z1',
    forceBranch: 'refs/zuul/main/Z1',
    files: null,
  },
};

/** A run that waits for a slot; `change` brings it further. */
export function sampleRun(change: Partial<Run> = {}): Run {
  return {
    schema: 2,
    id: '00112233aabbccdd' as RunId,
    key: 'k',
    keyHash: '0123456789abcdef',
    jobName: 'cpython-gate',
    resultText: 'explained',
    terms,
    createdAt: received,
    arrival: 1,
    phase: 'waiting',
    jobs: [sampleJob()],
    plan: null,
    attempts: [],
    refusal: null,
    outOfTime: null,
    life: 0,
    age: 0,
    slotWasFree: false,
    grace: 0,
    endedFor: 0,
    adopted: true,
    retryAt: {},
    audits: {},
    rulings: {},
    verdict: null,
    leftBehind: [],
    gaveUp: false,
    effects: [],
    nextEffect: 1,
    notReady: null,
    changedAt: received,
    ...change,
  };
}

/** The same run of a job with `result_text: plain`. */
export function plainly(run: Run): Run {
  return { ...run, resultText: 'plain' };
}

export function startedRun(attempts: readonly Attempt[], change: Partial<Run> = {}): Run {
  return sampleRun({
    phase: 'started',
    slotWasFree: true,
    plan: {
      builders: [
        planned(debian),
        planned(windows, { platform: 'windows', workers: ['win' as WorkerName] }),
        planned(rawhide, { counts: 'advisory', workers: ['raw' as WorkerName] }),
      ],
      coverage: { linux: 1, windows: 1 },
    },
    attempts,
    ...change,
  });
}

export function attempt(builder: BuilderName, change: Partial<Attempt> = {}): Attempt {
  const fresh = intend(builder, { ordinal: 1, role: 'vote', counts: 'voting', vacant: true });
  return { ...fresh, state: 'queued', sentAt: received + 1_000, request: 11 as RequestId, ...change };
}

export function step(name: string, results: Results | null, change: Partial<StepFacts> = {}): StepFacts {
  return {
    id: 1,
    number: 1,
    name,
    complete: results !== null,
    results,
    startedAt: received / 1000 + 20,
    completeAt: results === null ? null : received / 1000 + 80,
    state: '',
    ...change,
  };
}

export function build(results: Results | null, change: Partial<BuildFacts> = {}): BuildFacts {
  return {
    id: 7 as BuildId,
    number: 3,
    worker: 'w1' as WorkerName,
    complete: results !== null,
    results,
    startedAt: received / 1000 + 10,
    completeAt: results === null ? null : received / 1000 + 90,
    state: results === null ? 'building' : 'finished',
    revision,
    steps: [],
    stepTimedOut: null,
    waitsForLock: false,
    growth: '',
    ...change,
  };
}

function builder(id: number, name: BuilderName, connected: boolean): Builder {
  const worker = { name: 'w' as WorkerName, connected, paused: false, graceful: false };
  return { id, name, tags: ['3.x'], workers: [worker] };
}

export function context(change: Partial<ViewContext> = {}): ViewContext {
  return {
    now: received + 5 * minute,
    manager: 'gate.example.org',
    version: '0.1.0',
    publicUrl: 'https://gate.example.org/',
    buildbotUrl: 'https://buildbot.example.org/',
    fleet: { builders: [builder(4, debian, true), builder(5, windows, false), builder(6, rawhide, true)] },
    buildbotAway: null,
    live: new Map(),
    line: null,
    host: { name: 'gate', fqdn: 'gate.example.org', ips: ['192.0.2.7'] },
    ...change,
  };
}

export const failure = (wish: Partial<ReadFailure> = {}): ReadFailure => ({
  testId: 'test_a.T.test_x',
  file: 'test_a',
  kind: 'test-failure',
  message: 'AssertionError: 1 != 2',
  lines: [3, 8],
  step: 'test',
  fingerprint: 'f',
  excuseKey: 'k',
  incident: 'i',
  cleared: false,
  signature: null,
  class: 'new',
  touched: true,
  evidence: null,
  ...wish,
});
export const reading = (failures: readonly ReadFailure[], wish: Partial<Reading> = {}): Reading => ({
  failures,
  more: 0,
  doubt: null,
  repeats: null,
  base: null,
  ...wish,
});
