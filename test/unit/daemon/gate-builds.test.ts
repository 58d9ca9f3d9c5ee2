import { expect } from 'chai';
import { newGateBuilds } from '../../../src/daemon/gate-builds.ts';
import type { KeptRuling } from '../../../src/gate/kept-ruling.ts';
import type { Run } from '../../../src/gate/run.ts';
import { attempt, build, debian, failure, received, startedRun } from '../views/sample.ts';

const ended = { state: 'ended', outcome: { kind: 'passed' }, builds: [build(0)], endedAt: received } as const;
const forgiven: KeptRuling = {
  action: 'forgive',
  result: null,
  why: '',
  summary: '',
  unmeasured: false,
  basis: '',
};

function decided(attempts: Run['attempts'], wish: Partial<Run> = {}): Run {
  return { ...startedRun(attempts), phase: 'decided', ...wish };
}

describe('builds of the gate in the history', () => {
  const vote = attempt(debian, ended);
  const measure = attempt(debian, { ...ended, ordinal: 2, role: 'measure' });

  it('are kept when their run is decided, all that ended, and not before', () => {
    const running = startedRun([vote]);
    expect(newGateBuilds(null, running, 7)).to.deep.equal([]);
    const kept = newGateBuilds(running, decided([vote, measure, attempt(debian, { ordinal: 3 })]), 7);
    expect(kept.map(({ source, role, judged, builder }) => [source, role, judged, builder])).to.deep.equal([
      ['gate', 'vote', true, debian],
      ['gate', 'measure', true, debian],
    ]);
    expect(kept.map(({ decidedAt }) => decidedAt)).to.deep.equal([7, 7]);
  });

  it('are kept once, later ones as they end', () => {
    const before = decided([vote]);
    expect(newGateBuilds(before, { ...before, endedFor: 5 }, 7)).to.deep.equal([]);
    const later = newGateBuilds(before, decided([vote, measure]), 7);
    expect(later.map(({ role, decidedAt }) => [role, decidedAt])).to.deep.equal([['measure', undefined]]);
  });

  it('say nothing where a run was stopped', () => {
    expect(newGateBuilds(null, { ...decided([vote]), phase: 'stopped' }, 7)).to.deep.equal([]);
  });

  it('carry what became of each failure of the vote', () => {
    const found = failure({ class: 'seen-on-base' });
    const reading = { failures: [found], more: 2, doubt: 'cut', repeats: null, base: null };
    const red = { ...ended, outcome: { kind: 'failed', why: '' }, reading } as const;
    const run = decided([attempt(debian, red), attempt(debian, { ...red, ordinal: 2, role: 'measure' })], {
      rulings: { [debian]: forgiven },
    });
    const [first, second] = newGateBuilds(null, run, 7);
    expect(first?.failures[0]).to.include({ ruling: 'forgiven', class: 'seen-on-base' });
    expect([first?.more, first?.doubt]).to.deep.equal([2, 'cut']);
    expect(second?.failures[0]?.ruling).to.equal(null);
  });
});
