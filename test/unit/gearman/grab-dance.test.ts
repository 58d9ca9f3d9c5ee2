import { expect } from 'chai';
import fc from 'fast-check';
import { createDance, type Dance } from '../../../src/gearman/grab-dance.ts';

interface Bench {
  readonly dance: Dance;
  /** Steps to the server and to abraxas, in order. */
  readonly steps: string[];
  gate: () => boolean;
}

function bench(): Bench {
  const at: Bench = {
    steps: [],
    gate: () => true,
    dance: createDance({
      mayGrab: () => at.gate(),
      toServer: (step) => at.steps.push(`> ${step}`),
      toAbraxas: (step) => at.steps.push(`< ${step}`),
      overdue: () => at.steps.push('overdue'),
      within: 60_000,
    }),
  };
  return at;
}

describe('the steps to a job', () => {
  const ended: Dance[] = [];
  const begin = (): Bench => {
    const at = bench();
    ended.push(at.dance);
    return at;
  };
  afterEach(() => {
    for (const dance of ended.splice(0)) dance.end();
  });

  /** To where abraxas sleeps and the server knows. */
  function asleep(): Bench {
    const at = begin();
    at.dance.preSleep();
    at.dance.grab();
    at.dance.noJob();
    at.dance.preSleep();
    return at;
  }

  it('begin with a grab, for no server says NOOP for what already waits (checklist 10)', () => {
    expect(asleep().steps).to.deep.equal(['< NOOP', '> GRAB_JOB_UNIQ', '< NO_JOB', '> PRE_SLEEP']);
  });

  it('ask again at once after a job', () => {
    const at = begin();
    at.dance.preSleep();
    at.dance.grab();
    expect(at.dance.assigned()).to.equal(true);
    at.dance.preSleep();
    at.dance.grab();
    expect(at.steps).to.deep.equal(['< NOOP', '> GRAB_JOB_UNIQ', '< NOOP', '> GRAB_JOB_UNIQ']);
  });

  it('refuse a job that nobody asked for', () => {
    expect(asleep().dance.assigned()).to.equal(false);
  });

  it('end without a word to the server while the gate is shut, until they are woken (rule 2.1)', () => {
    const at = begin();
    at.gate = () => false;
    at.dance.preSleep();
    at.dance.grab();
    at.dance.preSleep();
    at.dance.noop();
    expect(at.steps).to.deep.equal(['< NOOP', '< NO_JOB']);
    at.gate = () => true;
    at.dance.wake();
    at.dance.grab();
    expect(at.steps.slice(2)).to.deep.equal(['< NOOP', '> GRAB_JOB_UNIQ']);
  });

  it('keep a wake-up that comes between the refusal and the sleep', () => {
    const at = begin();
    at.gate = () => false;
    at.dance.preSleep();
    at.dance.grab();
    at.dance.wake();
    at.dance.preSleep();
    expect(at.steps).to.deep.equal(['< NOOP', '< NO_JOB', '< NOOP']);
  });

  it('pass on nothing once the gate has ended the connection', () => {
    const at = begin();
    at.gate = () => {
      at.dance.end();
      return true;
    };
    at.dance.preSleep();
    at.dance.grab();
    at.dance.preSleep();
    expect(at.steps).to.deep.equal(['< NOOP']);
  });

  it('give abraxas one NOOP however many come', () => {
    const at = asleep();
    for (let count = 0; count < 5; count += 1) at.dance.noop();
    expect(at.steps.slice(4)).to.deep.equal(['< NOOP']);
  });

  it('never lose a wake-up and never have two grabs open, whatever comes in whatever order', () => {
    const moves = ['abraxas', 'noop', 'noJob', 'assigned', 'wake', 'shut', 'open'] as const;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...moves)), (course) => {
        const at = begin();
        // abraxas as it is: sleeps first; a NOOP makes it grab, a NO_JOB or a job sleep again.
        let next: 'sleep' | 'grab' | null = 'sleep';
        let seen = 0;
        let isOpen = true;
        let open = 0;
        at.gate = () => isOpen;
        const look = (): void => {
          for (; seen < at.steps.length; seen += 1) {
            const step = at.steps[seen];
            if (step === '> GRAB_JOB_UNIQ') open += 1;
            if (step === '< NOOP') next = 'grab';
            if (step === '< NO_JOB') next = 'sleep';
          }
          expect(open).to.be.at.most(1);
        };
        const turn = (): void => {
          const step = next;
          next = null;
          if (step === 'sleep') at.dance.preSleep();
          if (step === 'grab') at.dance.grab();
        };
        for (const move of course) {
          if (move === 'abraxas') turn();
          else if (move === 'shut') isOpen = false;
          else if (move === 'open') isOpen = true;
          else if (move === 'assigned') {
            if (at.dance.assigned()) {
              open -= 1;
              next = 'sleep';
            }
          } else if (move === 'noJob') {
            if (at.dance.isGrabbing()) open -= 1;
            at.dance.noJob();
          } else at.dance[move]();
          look();
        }
        // With the gate open and a wake-up, a grab must come.
        isOpen = true;
        at.dance.wake();
        look();
        for (let count = 0; count < 6 && !at.dance.isGrabbing(); count += 1) {
          turn();
          look();
        }
        expect(at.dance.isGrabbing()).to.equal(true);
        at.dance.end();
      }),
    );
  });
});
