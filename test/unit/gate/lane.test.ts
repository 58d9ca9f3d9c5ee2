// Where unclaimed requests meet at Buildbot: equal builder and equal source stamp (RUNS.md 4.5).

import { expect } from 'chai';
import { intend, type Base } from '../../../src/gate/attempt.ts';
import { sourceOf, sourceStamp } from '../../../src/gate/change.ts';
import { laneOf, stampsOf } from '../../../src/gate/lane.ts';
import type { BuilderName } from '../../../src/fleet/fleet.ts';
import { aChange, aRun, linux, windows } from './a-run.ts';

const base = { revision: 'b'.repeat(40), branch: 'main' };
const onBase = (of: Base | null) => ({ tests: [], repeat: 20, base: of, recheck: null });
const place = { ordinal: 1, role: 'vote', counts: 'voting', vacant: true } as const;
const vote = (builder: BuilderName) => intend(builder, place);
const task = (of: Base | null) => intend(linux, { ...place, role: 'control', task: onBase(of) });

describe('the lane of an attempt (rule 4.5)', () => {
  const run = aRun();

  it('is shared by every attempt on the change on one builder, also of another run, and by nothing else', () => {
    const lane = laneOf(run, vote(linux));
    expect(laneOf(aRun({ id: '00000000000000bb' }), vote(linux))).to.equal(lane);
    expect(laneOf(run, task(null))).to.equal(lane);
    for (const other of [vote(windows), task(base), task({ ...base, revision: 'c'.repeat(40) })])
      expect(laneOf(run, other)).to.not.equal(lane);
    const terms = run.terms && { ...run.terms, change: { ...aChange, revision: 'd'.repeat(40) } };
    expect(laneOf({ terms }, vote(linux))).to.not.equal(lane);
    expect(laneOf(run, vote(linux)), 'the second time').to.equal(lane);
  });

  it('has the source stamps of the change and of the bases of its controls', () => {
    const stamps = [sourceStamp(sourceOf(aChange, null)), sourceStamp(sourceOf(aChange, base))];
    const attempts = [vote(linux), vote(windows), task(base)];
    expect([...stampsOf({ ...run, attempts })]).to.deep.equal(stamps);
    expect([...stampsOf({ ...run, attempts: [] })]).to.deep.equal([]);
    expect([...stampsOf({ terms: null, attempts })]).to.deep.equal([]);
  });
});
