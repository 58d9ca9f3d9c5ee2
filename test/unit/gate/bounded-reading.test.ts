// What of a reading is kept with its attempt.

import { expect } from 'chai';
import type { ReadFailure } from '../../../src/flakes/reading.ts';
import { boundedReading } from '../../../src/gate/bounded-reading.ts';
import { aFailure, flake } from '../flakes/decide/a-case.ts';
import { aReading } from './a-run.ts';

const long = 'x'.repeat(301);
const just = 'x'.repeat(300);
const many = (count: number) => Array.from({ length: count }, (_, at) => aFailure({ file: `test_${at}` }));
const keptOf = (over: Partial<ReadFailure>) =>
  boundedReading(aReading({ failures: [aFailure(over)] })).failures[0];

describe('a reading that is kept', () => {
  it('is as it was read where it is small', () => {
    const reading = aReading({
      failures: many(50),
      more: 2,
      doubt: 'cut',
      repeats: { ran: 20, failed: 1, byKey: { a: 1 } },
    });
    expect(boundedReading(reading)).to.deep.equal(reading);
    expect(boundedReading(aReading())).to.deep.equal(aReading());
  });

  it('counts the failures beyond fifty, and is in doubt for them', () => {
    const kept = boundedReading(aReading({ failures: many(53), more: 4 }));
    expect(kept.failures).to.have.length(50);
    expect(kept).to.include({ more: 7 });
    expect(kept.doubt).to.match(/^3 failures/);
    expect(boundedReading(aReading({ failures: many(51), doubt: 'cut' })).doubt).to.equal('cut');
  });

  it('keeps no more than 32 KiB of failures', () => {
    const failures = many(50).map((each) => ({
      ...each,
      ...{ message: just, step: just, fingerprint: just, incident: just },
    }));
    const kept = boundedReading(aReading({ failures }));
    expect(kept.failures.length).to.be.within(15, 25);
    expect(JSON.stringify(kept.failures).length).to.be.at.most(33 * 1024);
    expect(kept.more).to.equal(50 - kept.failures.length);
  });

  it('cuts what is only shown at 300 characters', () => {
    const shown = ['message', 'step', 'testId', 'fingerprint', 'incident'] as const;
    for (const field of shown) {
      expect(keptOf({ [field]: long })?.[field], field).to.equal(just);
      expect(keptOf({ [field]: just })?.[field], field).to.equal(just);
    }
    expect(keptOf({ message: null, testId: null })).to.include({ message: null, testId: null });
  });

  it('drops what is compared where it is longer, for a part of it would be taken for something else', () => {
    for (const field of ['file', 'excuseKey'] as const) {
      expect(keptOf({ [field]: long })?.[field], field).to.equal(null);
      expect(keptOf({ [field]: just })?.[field], field).to.equal(just);
    }
    expect(keptOf({ signature: { ...flake, id: long } })?.signature).to.equal(null);
    expect(keptOf({ signature: flake })?.signature).to.deep.equal(flake);
  });

  it('cuts a long doubt, and keeps fifty keys of repeats, none of them cut', () => {
    const doubt = boundedReading(aReading({ doubt: long })).doubt;
    expect(doubt).to.equal(just);
    const keys = Array.from({ length: 60 }, (_, at) => [`key ${at}`, 1]);
    const byKey = Object.fromEntries([[long, 1], [just, 1], ...keys]) as Record<string, number>;
    const kept = boundedReading(aReading({ repeats: { ran: 20, failed: 1, byKey } })).repeats;
    expect(Object.keys(kept?.byKey ?? {}))
      .to.have.length(50)
      .and.include(just)
      .and.not.include(long);
    expect(kept).to.include({ ran: 20, failed: 1 });
  });
});
