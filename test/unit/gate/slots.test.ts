// Who may start, and whether more may be grabbed (RUNS.md 2.5).

import { expect } from 'chai';
import type { GearmanBinding, Job } from '../../../src/gate/job.ts';
import type { Run } from '../../../src/gate/run.ts';
import {
  isInLine,
  isUnderWay,
  mayGrab,
  mayStart,
  takesSlot,
  type GrabState,
} from '../../../src/gate/slots.ts';
import { transition } from '../../../src/gate/transition.ts';
import { aBinding, aJob, aPlanned, aRun, aWorld, ids, started } from './a-run.ts';

function waiting(id: string, arrival: number, state: GearmanBinding['state'] = 'live'): Run {
  return aRun({ id, arrival, job: aJob(id, { bindings: [aBinding({ state })] }) });
}

function running(): Run {
  return started([aPlanned('linux')]).run;
}

const state: GrabState = {
  maxJobs: 2,
  slotsTaken: 0,
  inLine: 0,
  onTheWay: 0,
  waiting: 0,
  closed: 'no',
  oursWaits: false,
};

describe('slots', () => {
  it('go to waiting runs in order of arrival (rule 2.5)', () => {
    const [late, early, middle] = [waiting('c', 3), waiting('a', 1), waiting('b', 2)];
    expect(mayStart([late, early, middle], 2)).to.deep.equal([early, middle]);
    expect(mayStart([late, early, running()], 2)).to.deep.equal([early]);
    expect(mayStart([late, running(), running()], 2)).to.deep.equal([]);
  });

  it('go first to what an operator promoted, the last promoted before all (rule 2.5)', () => {
    const promoted = (run: Run, wall: number): Run =>
      transition(
        run,
        { event: { kind: 'promoted' }, world: aWorld({ slotFree: false }) },
        { wall, mono: wall },
      ).run;
    const [early, middle, late] = [
      waiting('a', 1),
      promoted(waiting('b', 2), 10),
      promoted(waiting('c', 3), 20),
    ];
    expect(mayStart([early, middle, late], 3)).to.deep.equal([late, middle, early]);
    const started = running();
    expect(promoted(started, 10).promotedAt).to.equal(undefined);
  });

  it('pass over a waiting run without a live binding (rule 2.5)', () => {
    const [gone, next] = [waiting('a', 1, 'void'), waiting('b', 2)];
    expect(mayStart([gone, next], 1)).to.deep.equal([next]);
    expect(isInLine(gone)).to.equal(false);
  });

  it('are for waiting runs alone, and for none that is refused (rule 2.5)', () => {
    const run = waiting('a', 1);
    expect(isInLine(run)).to.equal(true);
    for (const phase of ['started', 'decided', 'stopped'] as const)
      expect(isInLine({ ...run, phase }), phase).to.equal(false);
    expect(isInLine({ ...run, refusal: { word: 'CONFIG_ERROR', why: 'no' } })).to.equal(false);
  });

  it('are kept where one of several clients may come back, whatever became of jobs that are done (rule 9.1)', () => {
    const { run } = started([aPlanned('linux')]);
    const job = (number: string, state: GearmanBinding['state'], over: Partial<Job> = {}) =>
      aJob(number, { bindings: [aBinding({ state })], ...over });
    const takes = (...jobs: readonly Job[]) => takesSlot({ ...run, jobs });
    expect(takes(job('u1', 'left'), job('u2', 'void'))).to.equal(true);
    expect(takes(job('u1', 'left'), job('u2', 'left'))).to.equal(false);
    expect(takes(job('u1', 'left'), job('u2', 'void', { state: 'closed' }))).to.equal(false);
    expect(takes(job('u1', 'left'), job('u2', 'void', { state: 'answered' }))).to.equal(false);
  });

  it('are kept by a started run in its grace, and given up when its client left (rule 9.1)', () => {
    const course = started([aPlanned('linux')]);
    course.tell({ kind: 'connection-lost', connection: ids.connection('c1') });
    expect(takesSlot(course.run)).to.equal(true);
    const other = started([aPlanned('linux')]);
    const { handle } = other.run.jobs[0]?.bindings[0] as GearmanBinding;
    other.tell({ kind: 'client-left', connection: ids.connection('c1'), handle });
    expect(takesSlot(other.run)).to.equal(false);
    other.tell({ kind: 'connection-lost', connection: ids.connection('c1') });
    expect(takesSlot(other.run), 'after the connection is lost as well').to.equal(false);
  });

  it('are given up when the client left after its job was handed out again (rule 9.1)', () => {
    const course = started([aPlanned('linux')]);
    course.tell({ kind: 'connection-lost', connection: ids.connection('c1') });
    const again = aBinding({ connection: ids.connection('c2') });
    course.tell({ kind: 'bound', number: ids.number('u1'), binding: again });
    expect(takesSlot(course.run)).to.equal(true);
    course.tell({ kind: 'client-left', connection: again.connection, handle: again.handle });
    expect(takesSlot(course.run)).to.equal(false);
  });

  it('are not taken by decided and stopped runs, cleaning or not (rule 8.2)', () => {
    for (const phase of ['decided', 'stopped', 'waiting'] as const)
      expect(takesSlot({ ...running(), phase }), phase).to.equal(false);
  });
});

describe('grabbing', () => {
  const table: readonly (readonly [string, Partial<GrabState>, boolean])[] = [
    ['goes on while a slot is free', {}, true],
    ['ends when all slots are taken', { slotsTaken: 2 }, false],
    ['counts those in line', { slotsTaken: 1, inLine: 1 }, false],
    ['counts those on the way', { slotsTaken: 1, onTheWay: 1 }, false],
    ['is not blocked by a waiting run that is passed over', { slotsTaken: 1, waiting: 1 }, true],
    ['ends when no new work is wanted', { closed: 'new-work' }, false],
    ['goes past the slots while a job of ours waits there', { slotsTaken: 2, oursWaits: true }, true],
    ['goes past a drain for a job of ours', { closed: 'new-work', oursWaits: true }, true],
    ['never passes a store that refuses', { closed: 'everything', oursWaits: true }, false],
    ['goes past the slots up to 100', { slotsTaken: 2, oursWaits: true, waiting: 99 }, true],
    ['ends at 100 that wait', { slotsTaken: 2, oursWaits: true, waiting: 99, onTheWay: 1 }, false],
  ];
  for (const [what, wish, expected] of table) {
    it(`${what} (rule 2.5)`, () => {
      expect(mayGrab({ ...state, ...wish })).to.equal(expected);
    });
  }
});

describe('a drained daemon', () => {
  it('waits for started runs and for answers that are on their way (rule 9.5)', () => {
    expect(isUnderWay(waiting('a', 1))).to.equal(false);
    expect(isUnderWay(running())).to.equal(true);
    const course = started([aPlanned('linux')]).ends('linux');
    expect(isUnderWay(course.run)).to.equal(true);
    const [job] = course.run.jobs;
    const closed = { ...job!, state: 'closed' as const };
    expect(isUnderWay({ ...course.run, jobs: [closed] })).to.equal(false);
    expect(isUnderWay({ ...course.run, jobs: [closed, job!] })).to.equal(true);
  });
});
