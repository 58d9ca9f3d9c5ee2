// Defects that the simulation must find: at least one for each section of RUNS.md. Each is what somebody might write who knew the rule
// less well, or forgot it.

import type { BuildFacts, RequestFacts } from '../../../src/gate/facts.ts';
import type { BuildId } from '../../../src/gate/ids.ts';
import type { Run } from '../../../src/gate/run.ts';
import { inAttempts, type Defect } from './defect.ts';
import { evidenceDefects } from './sabotage-evidence.ts';
import { instanceDefects } from './sabotage-instances.ts';
import { measureDefects } from './sabotage-measures.ts';
import { everyNth, inObjects, inPayloads } from './tamper.ts';

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
  const isIt = everyNth(5);
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

/** A request that was merged away is taken for one whose build passed. */
function acceptSkipped(): Defect {
  const revisions = new Map<number, string>();
  const fakes = new Map<number, BuildFacts>();
  const fakeFor = (request: RequestFacts): BuildFacts => {
    const id = (request.id + 1_000_000) as BuildId;
    const step = {
      id: 1,
      number: 0,
      name: 'test',
      complete: true,
      results: 0,
      startedAt: 1,
      completeAt: 2,
      state: '',
    } as const;
    const fake: BuildFacts = {
      ...{
        id,
        number: 1,
        worker: null,
        complete: true,
        results: 0,
        startedAt: 1,
        completeAt: 2,
        state: 'skipped',
      },
      ...{
        revision: revisions.get(request.id) ?? null,
        steps: [step],
        stepTimedOut: false,
        waitsForLock: false,
        growth: '',
      },
    };
    fakes.set(id, fake);
    return fake;
  };
  return {
    rule: '4.6',
    master: (master) => ({
      ...master,
      force: async (call) => {
        const result = await master.force(call);
        const made = result.kind === 'forced' ? result.requests : [];
        for (const { request } of made) revisions.set(request, call.fields['revision'] ?? '');
        return result;
      },
      build: async (id) => fakes.get(id) ?? master.build(id),
      requests: async (ids) =>
        (await master.requests(ids)).map((one) =>
          one.results === 3 ? { ...one, results: 0, builds: [...one.builds, fakeFor(one)] } : one,
        ),
    }),
  };
}

/** By name, each made anew for a course. */
export const defects: Readonly<Record<string, () => Defect>> = {
  ...evidenceDefects,
  ...measureDefects,
  ...instanceDefects,
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
  'accept-skipped': acceptSkipped,
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
