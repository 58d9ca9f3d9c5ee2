import { expect } from 'chai';
import { createPulse, type Pulse } from '../../../src/daemon/pulse.ts';
import type { InstanceId } from '../../../src/store/sharing.ts';

const one = 'aaaaaaaa' as InstanceId;
const other = 'bbbbbbbb' as InstanceId;

/** Looks every 250 ms from one time to another while the beats stand as they are; who is silent at the end. */
function looks(
  pulse: Pulse,
  beats: ReadonlyMap<InstanceId, number>,
  span: readonly [from: number, to: number],
): readonly InstanceId[] {
  let silent: ReadonlySet<InstanceId> = new Set();
  for (let now = span[0]; now <= span[1]; now += 250) silent = pulse.note(beats, now);
  return [...silent];
}

describe('the pulse of other instances', () => {
  it('is gone after six seconds without a beat, and not before (rule 9.9)', () => {
    const pulse = createPulse();
    expect(looks(pulse, new Map([[one, 1]]), [0, 5_750])).to.deep.equal([]);
    expect(looks(pulse, new Map([[one, 1]]), [6_000, 6_000])).to.deep.equal([one]);
  });

  it('is there again with the next beat, and each has its own', () => {
    const pulse = createPulse();
    looks(pulse, new Map([[one, 1]]), [0, 4_000]);
    const later = new Map([
      [one, 2],
      [other, 9],
    ]);
    expect(looks(pulse, later, [4_250, 10_000])).to.deep.equal([]);
    expect(looks(pulse, new Map([...later, [other, 10]]), [10_250, 10_250])).to.deep.equal([one]);
  });

  it('does not count time in which nobody could look: the store was away, or we were paused', () => {
    const pulse = createPulse();
    const beats = new Map([[one, 1]]);
    expect(looks(pulse, beats, [0, 3_000])).to.deep.equal([]);
    expect(looks(pulse, beats, [603_000, 604_500])).to.deep.equal([]);
    expect(looks(pulse, beats, [604_750, 605_000])).to.deep.equal([one]);
  });

  it('takes a beat that differs for a beat, whatever clock made it', () => {
    const pulse = createPulse();
    looks(pulse, new Map([[one, 1_000_000]]), [0, 5_000]);
    expect(looks(pulse, new Map([[one, 7]]), [5_250, 10_000])).to.deep.equal([]);
  });

  it('forgets who has left', () => {
    const pulse = createPulse();
    looks(pulse, new Map([[one, 1]]), [0, 7_000]);
    expect(looks(pulse, new Map(), [7_250, 7_250])).to.deep.equal([]);
    expect(looks(pulse, new Map([[one, 1]]), [7_500, 7_500])).to.deep.equal([]);
  });
});
