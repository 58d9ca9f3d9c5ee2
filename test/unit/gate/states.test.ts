// States against events, without a gap: every event in every phase of a run and every state of an attempt; and the diagram of
// src/gate/README.md, held against what the code does.

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { AttemptState } from '../../../src/gate/attempt.ts';
import type { RunEvent } from '../../../src/gate/event.ts';
import type { Run } from '../../../src/gate/run.ts';
import { attemptEdges, drawn, runEdges } from './a-diagram.ts';
import {
  aBinding,
  aBuild,
  aJob,
  aPlanned,
  aReading,
  aRun,
  aStep,
  Course,
  hour,
  ids,
  minute,
  second,
  started,
  underWay,
} from './a-run.ts';

type Kind = RunEvent['kind'];
const nothing = ids.effect(999);
const c1 = ids.connection('c1');

/** One event of each kind, as fitting for the course as it can be; what fits nothing names what nobody knows. */
const events: Readonly<Record<Kind, (course: Course) => RunEvent>> = {
  poke: () => ({ kind: 'poke' }),
  restarted: () => ({ kind: 'restarted' }),
  attached: () => ({ kind: 'attached', job: aJob('u2'), replaces: null }),
  bound: () => ({ kind: 'bound', number: ids.number('u1'), binding: aBinding() }),
  described: () => ({ kind: 'described', number: ids.number('u1'), text: 'x' }),
  detached: () => ({ kind: 'detached', number: ids.number('u1'), why: 'x' }),
  promoted: () => ({ kind: 'promoted' }),
  recheck: () => ({ kind: 'recheck', bug: 'BUG-7' }),
  'connection-lost': () => ({ kind: 'connection-lost', connection: c1 }),
  'client-left': ({ run }) => {
    const binding = run.jobs[0]?.bindings[0];
    if (binding?.kind !== 'gearman') throw new Error('no binding');
    return { kind: 'client-left', connection: c1, handle: binding.handle };
  },
  seen: (course) => {
    if (requestOf(course) === null) return { kind: 'seen', requests: [] };
    const facts = course.facts('linux', { claimed: true, builds: [underWay()] });
    return { kind: 'seen', requests: [facts] };
  },
  'build-seen': (course) => ({
    kind: 'build-seen',
    request: requestOf(course) ?? ids.request(999),
    build: aBuild(),
    effect: null,
  }),
  'build-grew': (course) => ({
    kind: 'build-grew',
    request: requestOf(course) ?? ids.request(999),
    build: ids.build(1),
  }),
  'step-seen': (course) => ({
    kind: 'step-seen',
    request: requestOf(course) ?? ids.request(999),
    build: ids.build(1),
    step: aStep(),
  }),
  'events-missed': () => ({ kind: 'events-missed' }),
  'request-completed': (course) => ({
    kind: 'request-completed',
    request: requestOf(course) ?? ids.request(999),
  }),
  announced: (course) => ({ kind: 'announced', effect: course.awaited('announce')[0]?.id ?? nothing }),
  answered: (course) => ({
    kind: 'answered',
    effect: course.awaited('answer')[0]?.id ?? nothing,
    delivery: 'confirmed',
  }),
  adoption: (course) => ({ kind: 'adoption', effect: course.awaited('adopt')[0]?.id ?? nothing, found: [] }),
  'force-result': (course) => {
    const call = course.awaited('force')[0];
    const requests = (call?.builders ?? []).map((builder, at) => ({
      builder,
      request: ids.request(50 + at),
    }));
    const result = { kind: 'forced', buildset: ids.buildset(9), requests } as const;
    return { kind: 'force-result', effect: call?.id ?? nothing, result };
  },
  'search-result': (course) => {
    const search = course.awaited('search')[0];
    const found = course.run.attempts
      .filter((attempt) => attempt.state === 'unclear')
      .map(({ builder }, at) => ({
        builder,
        marker: search!.marker,
        buildset: ids.buildset(9),
        request: ids.request(50 + at),
      }));
    return { kind: 'search-result', effect: search?.id ?? nothing, found };
  },
  'vacancy-result': () => ({ kind: 'vacancy-result', effect: nothing, vacant: true }),
  'control-result': (course) => ({
    kind: 'control-result',
    effect: course.awaited('cancel')[0]?.id ?? nothing,
    outcome: 'forbidden',
  }),
  'audit-result': () => ({ kind: 'audit-result', effect: nothing, began: true }),
  'build-read': (course) => ({
    kind: 'build-read',
    effect: course.awaited('read')[0]?.id ?? nothing,
    request: requestOf(course) ?? ids.request(999),
    build: ids.build(1),
    reading: aReading(),
  }),
  'effect-ended': (course) => ({ kind: 'effect-ended', effect: course.run.effects.at(-1)?.id ?? nothing }),
};

function requestOf(course: Course) {
  return course.run.attempts.find((attempt) => attempt.builder === 'linux')?.request ?? null;
}

const kinds = Object.keys(events) as Kind[];
const lone = [aPlanned('linux')];
const sending = () => new Course(aRun()).start([aPlanned('linux'), aPlanned('windows')]).adopt();

function told(course: Course, ...list: readonly RunEvent[]): Course {
  for (const event of list) course.tell(event);
  return course;
}

const phases: Readonly<Record<Run['phase'], () => Course>> = {
  waiting: () => told(new Course(aRun()), { kind: 'poke' }),
  started: () => started(lone),
  decided: () => started(lone).ends('linux'),
  stopped: () => told(started(lone), { kind: 'detached', number: ids.number('u1'), why: 'x' }),
};

const states: Readonly<Record<AttemptState, () => Course>> = {
  intended: sending,
  unclear: () => sending().forced({ kind: 'unclear', why: 'cut' }),
  queued: () => started(),
  running: () => {
    const course = started();
    course.begins('linux');
    return course;
  },
  ended: () => started().ends('linux'),
};

/** Where an event leads, from the states in the order of the columns; kinds that are not here change none. */
const phaseAfter: Partial<Record<Kind, readonly Run['phase'][]>> = {
  detached: ['stopped', 'stopped', 'decided', 'stopped'],
  'build-seen': ['waiting', 'decided', 'decided', 'stopped'],
};
const stateAfter: Partial<Record<Kind, readonly AttemptState[]>> = {
  restarted: ['unclear', 'unclear', 'queued', 'running', 'ended'],
  // What is being sent or searched for is seen through, though nobody asks any more.
  detached: ['intended', 'unclear', 'ended', 'ended', 'ended'],
  seen: ['intended', 'unclear', 'running', 'running', 'ended'],
  'build-seen': ['intended', 'unclear', 'ended', 'running', 'ended'],
  'force-result': ['queued', 'unclear', 'queued', 'running', 'ended'],
  'search-result': ['intended', 'queued', 'queued', 'running', 'ended'],
  'effect-ended': ['unclear', 'unclear', 'queued', 'running', 'ended'],
};

describe('every event', () => {
  const phaseNames = Object.keys(phases) as Run['phase'][];
  for (const [at, phase] of phaseNames.entries()) {
    for (const kind of kinds) {
      const expected = phaseAfter[kind]?.[at] ?? phase;
      it(`${kind} takes a ${phase} run to ${expected} (rule 1.5)`, () => {
        const course = phases[phase]();
        expect(course.run.phase).to.equal(phase);
        const { verdict } = course.run;
        course.tell(events[kind](course));
        expect(course.run.phase).to.equal(expected);
        if (verdict !== null) expect(course.run.verdict).to.deep.equal(verdict);
        expect(JSON.parse(JSON.stringify(course.run))).to.deep.equal(course.run);
      });
    }
  }

  const stateNames = Object.keys(states) as AttemptState[];
  for (const [at, state] of stateNames.entries()) {
    for (const kind of kinds) {
      const expected = stateAfter[kind]?.[at] ?? state;
      it(`${kind} takes an attempt that is ${state} to ${expected} (rule 1.3)`, () => {
        const course = states[state]();
        expect(course.attempt('linux').state).to.equal(state);
        course.tell(events[kind](course));
        expect(course.attempt('linux').state).to.equal(expected);
      });
    }
  }
});

describe('the diagram in src/gate/README.md', () => {
  const nobody = new Set<never>();
  const unheardOf = () => {
    const course = started().see({ present: nobody });
    course.wait(30 * minute);
    for (const { id } of course.awaited('cancel'))
      course.tell({ kind: 'control-result', effect: id, outcome: 'forbidden' });
    course.seen('linux');
    course.wait(second);
    return course.audited();
  };
  const shows: readonly (() => Course)[] = [
    () => told(new Course(aRun()), { kind: 'detached', number: ids.number('u1'), why: 'x' }),
    () => {
      const course = new Course(aRun());
      for (let round = 0; round < 10; round++) course.wait(hour);
      return course;
    },
    () => started(lone).ends('linux'),
    phases.stopped,
    () => sending().forced({ kind: 'refused', why: 'no' }),
    () => {
      const course = states.unclear();
      course.tell(events['search-result'](course));
      return course;
    },
    () => {
      const course = states.unclear();
      for (let round = 0; round < 2; round++) {
        for (const { id } of course.awaited('search'))
          course.tell({ kind: 'search-result', effect: id, found: [] });
        course.wait(10 * second);
      }
      return course;
    },
    () => {
      const course = states.running();
      return course.ends('linux', { results: 5, tests: null });
    },
    () => {
      const course = states.running();
      course.wait(45 * minute);
      return course;
    },
    () => {
      const course = unheardOf();
      course.begins('linux');
      return course;
    },
  ];

  it('shows every edge that there is, and none that there is not (rule 1.3)', () => {
    const seen = new Set(shows.flatMap((show) => [...show().edges]));
    const table = [
      ...runEdges.filter((edge) => edge.from !== '[*]').map(({ from, to }) => `run ${from} ${to}`),
      ...attemptEdges.map(({ from, to }) => `attempt ${from} ${to}`),
    ];
    expect([...seen].sort()).to.deep.equal(table.sort());
  });

  it('is drawn from the table', () => {
    const readme = readFileSync(new URL('../../../src/gate/README.md', import.meta.url), 'utf8');
    expect(readme).to.contain(drawn(runEdges));
    expect(readme).to.contain(drawn(attemptEdges));
  });
});
