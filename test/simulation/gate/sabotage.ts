// Defects that the simulation must find: at least one for each section of RUNS.md. Each is what somebody might write who knew the rule
// less well, or forgot it.

import type { Master } from '../../../src/buildbot/master.ts';
import type { Outcome } from '../../../src/gate/attempt.ts';
import type { BuildFacts, RequestFacts, StepFacts } from '../../../src/gate/facts.ts';
import type { Run } from '../../../src/gate/run.ts';
import { inAttempts, type Defect } from './defect.ts';

const passed: Outcome = { kind: 'passed' };

/** A defect in how a finished build is read. */
function inBuilds(change: (build: BuildFacts) => BuildFacts): NonNullable<Defect['master']> {
  return (master): Master => ({ ...master, build: async (id) => change(await master.build(id)) });
}

function inRequests(change: (request: RequestFacts) => RequestFacts): NonNullable<Defect['master']> {
  return (master): Master => ({
    ...master,
    requests: async (ids) => (await master.requests(ids)).map(change),
  });
}

function withTest(build: BuildFacts, results: StepFacts['results']): BuildFacts {
  const [first] = build.steps ?? [];
  if (first === undefined || !build.complete) return build;
  return { ...build, steps: [first, { ...first, id: first.id + 1, number: 1, name: 'test', results }] };
}

/** An outcome that becomes another one as soon as it is there. */
function outcomes(change: (outcome: Outcome) => Outcome): NonNullable<Defect['result']> {
  return inAttempts((attempt) => {
    if (attempt.outcome === null) return attempt;
    const outcome = change(attempt.outcome);
    return outcome === attempt.outcome ? attempt : { ...attempt, outcome };
  });
}

/** What every object that goes to the gatekeeper becomes. */
function inObjects(change: (object: object, isEnd: boolean) => object): NonNullable<Defect['gearman']> {
  return (gearman) => ({
    ...gearman,
    data: (connection, handle, state, first) => gearman.data(connection, handle, change(state, false), first),
    finish: (connection, handle, state) => gearman.finish(connection, handle, change(state, true)),
  });
}

function inPayloads(change: (text: string) => string): NonNullable<Defect['listener']> {
  return (listener) => ({
    ...listener,
    assigned(job) {
      const payload = job.payload === 'too-large' ? job.payload : Buffer.from(change(job.payload.toString()));
      listener.assigned({ ...job, payload });
    },
  });
}

/** Every n-th time. */
function everyNth(n: number): () => boolean {
  let count = 0;
  return () => (count += 1) % n === 0;
}

function firstCommitOnly(): Defect {
  let commit: string | null = null;
  return {
    rule: '2.4',
    listener: inPayloads((text) => {
      const values = JSON.parse(text) as Record<string, string>;
      commit ??= values['ZUUL_COMMIT'] ?? '';
      return JSON.stringify({ ...values, ZUUL_COMMIT: commit });
    }),
  };
}

function answerNotSent(): Defect {
  const isIt = everyNth(25);
  return {
    rule: '9.3',
    gearman: (gearman) => ({
      ...gearman,
      finish: async (...args) => (isIt() ? 'confirmed' : gearman.finish(...args)),
    }),
  };
}

/** The handle is believed to mean the same on whatever connection there is. */
function handlesOutliveConnections(): Defect {
  return {
    rule: '9.1',
    event: (_, event) => (event.kind === 'connection-lost' || event.kind === 'restarted' ? null : event),
    gearman: (gearman) => ({
      ...gearman,
      finish: (connection, handle, state) =>
        gearman.finish(gearman.connections()[0]?.connection ?? connection, handle, state),
    }),
  };
}

function withoutBuilder(run: Run): Run {
  if (run.plan === null || run.plan.builders.length < 3) return run;
  const [, ...builders] = run.plan.builders;
  return { ...run, plan: { ...run.plan, builders } };
}

/** By name, each made anew for a course. */
export const defects: Readonly<Record<string, () => Defect>> = {
  'skip-the-journal': () => ({
    rule: '1.5',
    store: (store) => ({ ...store, write: async () => ({ kind: 'written' }) }),
  }),
  'write-each-run-once': () => {
    const seen = new Set<string>();
    return {
      rule: '1.5',
      store: (store) => ({
        ...store,
        write: async (run, place) => {
          if (seen.has(run.id) && place.open) return { kind: 'written' };
          seen.add(run.id);
          return store.write(run, place);
        },
      }),
    };
  },
  'forget-what-was-being-sent': () => ({
    rule: '1.3',
    event: (run, event) =>
      event.kind === 'restarted' && run.attempts.some(({ sending }) => sending !== null) ? null : event,
    result: inAttempts((attempt, run) => {
      const lost = attempt.sending !== null && !run.effects.some(({ id }) => id === attempt.sending);
      return lost || attempt.state === 'unclear'
        ? { ...attempt, sending: null, marker: null, state: 'intended' }
        : attempt;
    }),
  }),
  'trust-gate-uuid': () => ({
    rule: '1.4',
    master: (master) => ({
      ...master,
      // A rebuild has the stamp and the properties of what it repeats.
      requests: async (ids) => {
        const rebuilds = (
          await master.buildsets({ contains: 'rebuild', unfinished: false, withRequests: true })
        ).flatMap(({ requests }) => requests);
        const facts = await master.requests([...ids, ...rebuilds.map(({ id }) => id)]);
        const copies = facts.filter(({ id }) => !ids.includes(id));
        return facts
          .filter(({ id }) => ids.includes(id))
          .map((one) => {
            const copy = copies.find(({ builder, id }) => builder === one.builder && id > one.id);
            return copy === undefined ? one : { ...copy, id: one.id, buildset: one.buildset };
          });
      },
    }),
  }),
  'key-without-commit': firstCommitOnly,
  'number-changes': () => {
    let count = 0;
    return { rule: '1.1', gearman: inObjects((object) => ({ ...object, number: `n${(count += 1)}` })) };
  },
  'another-revision': () => ({
    rule: '2.7',
    master: (master) => ({
      ...master,
      force: (call) => master.force({ ...call, fields: { ...call.fields, revision: 'e1'.repeat(20) } }),
    }),
  }),
  'forget-a-builder': () => ({ rule: '3.2', result: withoutBuilder }),
  'ask-for-no-coverage': () => ({
    rule: '3.4',
    result: (run) => (run.plan === null ? run : { ...run, plan: { ...run.plan, coverage: {} } }),
  }),
  'no-search': () => ({
    rule: '4.2',
    master: (master) => ({
      ...master,
      force: async (call) => {
        const result = await master.force(call);
        return result.kind === 'unclear' ? { ...result, kind: 'not-sent' } : result;
      },
    }),
  }),
  'one-search': () => ({
    rule: '4.2',
    result: inAttempts((attempt) => {
      if (attempt.state !== 'unclear' || attempt.searchedAt.length === 0) return attempt;
      const outcome = { kind: 'void', why: 'one search found nothing', merged: false } as const;
      return { ...attempt, state: 'ended', complete: true, outcome };
    }),
  }),
  'no-sweep': () => ({
    rule: '4.3',
    master: (master) => ({
      ...master,
      buildsets: async (query) => (query.unfinished && !query.withRequests ? [] : master.buildsets(query)),
    }),
  }),
  'accept-skipped': () => ({
    rule: '4.6',
    result: outcomes((outcome) => (outcome.kind === 'void' && outcome.merged ? passed : outcome)),
  }),
  'clocks-stand-still': () => ({
    rule: '5.1',
    result: (run) => ({
      ...run,
      age: 0,
      attempts: run.attempts.map((attempt) => ({
        ...attempt,
        clocks: { offline: 0, queued: 0, running: 0, silent: 0 },
      })),
    }),
  }),
  'a-retry-is-an-end': () => ({
    rule: '5.3',
    master: inRequests((request) => {
      const last = request.builds.at(-1);
      return last?.results === 5 ? { ...request, complete: true, results: 5 } : request;
    }),
    result: outcomes((outcome) => (outcome.kind === 'infrastructure' ? passed : outcome)),
  }),
  'unheard-though-begun': () => ({
    rule: '5.5',
    result: outcomes((outcome) =>
      outcome.kind === 'timed-out' ? { kind: 'unheard', clock: 'offline', why: outcome.why } : outcome,
    ),
  }),
  'withdraw-infrastructure': () => ({
    rule: '6.2',
    result: outcomes((outcome) =>
      outcome.kind === 'infrastructure' ? { kind: 'unheard', clock: 'offline', why: outcome.why } : outcome,
    ),
  }),
  'ignore-got-revision': () => {
    let wanted: string | null = null;
    return {
      rule: '6',
      event: (run, event) => {
        wanted = run.terms?.change.revision ?? null;
        if (event.kind !== 'build-seen' || !event.build.complete) return event;
        return { ...event, build: { ...event.build, revision: wanted } };
      },
    };
  },
  'accept-no-test-step': () => ({
    rule: '6',
    master: inBuilds((build) =>
      build.results === 0 && build.steps?.length === 1 ? withTest(build, 0) : build,
    ),
  }),
  'accept-a-skipped-test': () => ({
    rule: '6',
    master: inBuilds((build) =>
      build.results === 0 && build.steps?.[1]?.results === 3 ? withTest(build, 0) : build,
    ),
  }),
  'forget-an-earlier-failure': () => ({
    rule: '6',
    master: inBuilds((build) => (build.results === 5 ? { ...build, steps: [] } : build)),
  }),
  'retry-a-failure': () => ({
    rule: '6.1',
    result: outcomes((outcome) =>
      outcome.kind === 'failed' || outcome.kind === 'timed-out'
        ? { kind: 'infrastructure', why: outcome.why, checkoutFailed: false }
        : outcome,
    ),
  }),
  'a-failure-passes': () => ({
    rule: '6',
    result: outcomes((outcome) => (outcome.kind === 'failed' ? passed : outcome)),
  }),
  'forgive-without-measuring': () => ({
    rule: '6.2',
    result: (run) => {
      if (run.verdict?.word !== 'FAILURE') return run;
      const jobs = run.jobs.map((job) =>
        job.answer?.word === 'FAILURE'
          ? { ...job, answer: { ...job.answer, word: 'SUCCESS' as const } }
          : job,
      );
      return { ...run, jobs, verdict: { ...run.verdict, word: 'SUCCESS' } };
    },
  }),
  'infrastructure-passes': () => ({
    rule: '7.1',
    result: outcomes((outcome) => (outcome.kind === 'infrastructure' ? passed : outcome)),
  }),
  'an-empty-result': () => ({
    rule: '7.3',
    gearman: inObjects((object, isEnd) => (isEnd ? { ...object, result: '' } : object)),
  }),
  'a-null-result': () => ({
    rule: '7.3',
    gearman: inObjects((object, isEnd) => (isEnd ? { ...object, result: null } : object)),
  }),
  'success-from-the-start': () => ({
    rule: '7.3',
    gearman: inObjects((object, isEnd) => (isEnd ? object : { ...object, result: 'SUCCESS' })),
  }),
  'an-object-without-bound': () => ({
    rule: '7.2',
    gearman: inObjects((object) => ({ ...object, log: 'x'.repeat(70_000) })),
  }),
  'stop-nothing': () => ({
    rule: '8.2',
    master: (master) => ({ ...master, cancel: async () => 'asked', stop: async () => 'asked' }),
  }),
  'join-a-stopped-run': () => ({
    rule: '8.3',
    result: (run) => {
      if (run.phase !== 'stopped' || run.terms === null) return run;
      const why = 'nobody asks for it';
      return {
        ...run,
        phase: 'decided',
        verdict: { word: 'ABORTED', summary: why, reason: why, builders: [], at: run.changedAt },
      };
    },
  }),
  'ignore-a-stop': () => ({
    rule: '8.1',
    event: (_, event) => (event.kind === 'detached' ? null : event),
  }),
  'handles-outlive-connections': handlesOutliveConnections,
  'answer-not-sent': answerNotSent,
  'grab-nothing-after-a-loss': () => {
    let lost = false;
    return {
      rule: '9.1',
      listener: (listener) => ({
        ...listener,
        lost(connection, why) {
          lost = true;
          listener.lost(connection, why);
        },
        mayGrab: (connection) => !lost && listener.mayGrab(connection),
      }),
    };
  },
};
