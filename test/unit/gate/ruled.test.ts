// Whether a ruling holds, and what must be ruled on (RUNS.md 6.3, FLAKES.md 6.3).

import { expect } from 'chai';
import type { Reading } from '../../../src/flakes/reading.ts';
import { intend, isOutOfTheWay, mayBeUnclaimed, type Attempt } from '../../../src/gate/attempt.ts';
import type { KeptRuling } from '../../../src/gate/kept-ruling.ts';
import { basisOf, isFinal, isInQuestion, rulingOn } from '../../../src/gate/ruled.ts';
import { aFailure } from '../flakes/decide/a-case.ts';
import { aReading, aRun, ids, linux, windows } from './a-run.ts';

const fresh = intend(linux, { ordinal: 1, role: 'vote', counts: 'voting', vacant: true });
const forgiven: KeptRuling = {
  action: 'forgive',
  result: null,
  why: '',
  summary: '',
  unmeasured: false,
  basis: '',
};
const stands: KeptRuling = { ...forgiven, action: 'fail', result: 'FAILURE' };

describe('a ruling', () => {
  it('is final only where a failure stands', () => {
    expect(isFinal(stands)).to.equal(true);
    expect(isFinal({ ...stands, result: 'NO_COVERAGE' })).to.equal(false);
    expect(isFinal(forgiven)).to.equal(false);
    expect(isFinal({ ...forgiven, result: 'FAILURE' })).to.equal(false);
  });

  it('that excuses holds until another attempt ends or is read, one that stands for ever', () => {
    const before = { ...aRun(), attempts: [fresh, { ...fresh, builder: windows }] };
    const [first, second] = before.attempts;
    const kept = (ruling: KeptRuling) => ({ [linux]: { ...ruling, basis: basisOf(before) } });
    const ended = { ...before, attempts: [{ ...first!, state: 'ended' as const }, second!] };
    const read = { ...before, attempts: [{ ...first!, reading: aReading() }, second!] };
    expect(rulingOn({ ...before, rulings: kept(forgiven) }, linux)).to.include({ action: 'forgive' });
    expect(rulingOn({ ...before, rulings: kept(forgiven) }, windows)).to.equal(null);
    for (const after of [ended, read]) {
      expect(rulingOn({ ...after, rulings: kept(forgiven) }, linux)).to.equal(null);
      expect(rulingOn({ ...after, rulings: kept(stands) }, linux)).to.include({ action: 'fail' });
    }
  });

  it('is needed for each vote that failed, and behind warnings for what may be hidden or was cleared (rule 6.3)', () => {
    const passed = { kind: 'passed' } as const;
    const failed = { kind: 'failed', why: '' } as const;
    const tidy = aFailure({ kind: 'env-changed' });
    const rows: [Attempt['outcome'], Reading | null, boolean | null][] = [
      [passed, null, null],
      [failed, null, null],
      [failed, aReading(), true],
      [passed, aReading(), false],
      [passed, aReading({ more: 1 }), true],
      [passed, aReading({ doubt: 'cut' }), true],
      [passed, aReading({ failures: [tidy] }), false],
      [passed, aReading({ failures: [tidy, { ...tidy, cleared: true }] }), true],
      [passed, aReading({ failures: [tidy, aFailure()] }), true],
    ];
    for (const [outcome, reading, expected] of rows)
      expect(isInQuestion({ ...fresh, outcome, reading }), JSON.stringify({ outcome, reading })).to.equal(
        expected,
      );
  });
});

describe('the place of an attempt', () => {
  const request = ids.request(1);

  it('is free once it has ended and its request is complete, or never was (rule 5.4)', () => {
    const rows: [Partial<Attempt>, boolean][] = [
      [{ state: 'ended', request, complete: true }, true],
      [{ state: 'ended', request: null }, true],
      [{ state: 'ended', request }, false],
      [{ state: 'running', request, complete: true }, false],
      [{ state: 'intended', request: null }, false],
    ];
    for (const [over, free] of rows)
      expect(isOutOfTheWay({ ...fresh, ...over }), JSON.stringify(over)).to.equal(free);
  });

  it('is taken while a request of it is unclaimed, unclear or on its way (rule 4.5)', () => {
    const rows: [Partial<Attempt>, boolean][] = [
      [{}, false],
      [{ sending: ids.effect(1) }, true],
      [{ state: 'unclear' }, true],
      [{ state: 'queued', request }, true],
      [{ state: 'running', request, claimed: true }, false],
      [{ state: 'ended', request, complete: true }, false],
      [{ state: 'ended', request }, true],
    ];
    for (const [over, taken] of rows)
      expect(mayBeUnclaimed({ ...fresh, ...over }), JSON.stringify(over)).to.equal(taken);
  });
});
