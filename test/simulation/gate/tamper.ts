// The usual ways to tamper with a daemon from outside: what it reads, what it decides, what it says.

import type { Master } from '../../../src/buildbot/master.ts';
import type { Outcome } from '../../../src/gate/attempt.ts';
import type { BuildFacts, RequestFacts, StepFacts } from '../../../src/gate/facts.ts';
import { inAttempts, type Defect } from './defect.ts';

export const passed: Outcome = { kind: 'passed' };

/** A defect in how a finished build is read. */
export function inBuilds(change: (build: BuildFacts) => BuildFacts): NonNullable<Defect['master']> {
  return (master): Master => ({ ...master, build: async (id) => change(await master.build(id)) });
}

export function inRequests(change: (request: RequestFacts) => RequestFacts): NonNullable<Defect['master']> {
  return (master): Master => ({
    ...master,
    requests: async (ids) => (await master.requests(ids)).map(change),
  });
}

export function withTest(build: BuildFacts, results: StepFacts['results']): BuildFacts {
  const [first] = build.steps ?? [];
  if (first === undefined || !build.complete) return build;
  return { ...build, steps: [first, { ...first, id: first.id + 1, number: 1, name: 'test', results }] };
}

/** An outcome that becomes another one as soon as it is there. */
export function outcomes(change: (outcome: Outcome) => Outcome): NonNullable<Defect['result']> {
  return inAttempts((attempt) => {
    if (attempt.outcome === null) return attempt;
    const outcome = change(attempt.outcome);
    return outcome === attempt.outcome ? attempt : { ...attempt, outcome };
  });
}

/** What every object that goes to the gatekeeper becomes. */
export function inObjects(
  change: (object: object, isEnd: boolean) => object,
): NonNullable<Defect['gearman']> {
  return (gearman) => ({
    ...gearman,
    data: (connection, handle, state, first) => gearman.data(connection, handle, change(state, false), first),
    finish: (connection, handle, state) => gearman.finish(connection, handle, change(state, true)),
  });
}

export function inPayloads(change: (text: string) => string): NonNullable<Defect['listener']> {
  return (listener) => ({
    ...listener,
    assigned(job) {
      const payload = job.payload === 'too-large' ? job.payload : Buffer.from(change(job.payload.toString()));
      listener.assigned({ ...job, payload });
    },
  });
}

/** Every n-th time. */
export function everyNth(n: number): () => boolean {
  let count = 0;
  return () => (count += 1) % n === 0;
}
