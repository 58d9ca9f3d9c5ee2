// The reason of every buildset of ours (RUNS.md 4.1).

import { expect } from 'chai';
import fc from 'fast-check';
import type { RunId } from '../../../src/gate/ids.ts';
import { markerOf, markerPrefix, readMarker, runPrefix } from '../../../src/gate/marker.ts';

const hex = (length: number) =>
  fc.string({
    unit: fc.constantFrom(...Array.from('0123456789abcdef')),
    minLength: length,
    maxLength: length,
  });
const parts = fc.record(
  {
    manager: fc.string({ unit: fc.constantFrom('a', 'Z', '9', '.', '-'), minLength: 1, maxLength: 63 }),
    run: hex(16).map((text) => text as RunId),
    ordinal: fc.integer({ min: 1, max: 999_999_999 }),
    role: fc.constantFrom('vote' as const, 'measure' as const, 'control' as const),
    key: hex(16),
    nonce: hex(8),
  },
  { noNullPrototype: true },
);
const some = {
  manager: 'gate',
  run: '00000000000000aa' as RunId,
  ordinal: 1,
  role: 'vote',
  key: '00000000000000bb',
  nonce: '00000001',
} as const;

describe('a marker', () => {
  it('is gearbridge, manager, run id, ordinal, role, key and nonce, in that order (rule 4.1)', () => {
    expect(markerOf(some)).to.equal('gearbridge gate 00000000000000aa 1 vote 00000000000000bb 00000001');
  });

  it('is read back to what it was made of (rule 4.1)', () => {
    fc.assert(
      fc.property(parts, (each) => {
        expect(readMarker(markerOf(each))).to.deep.equal(each);
      }),
    );
  });

  it('begins with the prefixes that it is searched by (rule 4.3)', () => {
    expect(markerOf(some).startsWith(markerPrefix('gate'))).to.equal(true);
    expect(markerOf(some).startsWith(runPrefix('gate', some.run))).to.equal(true);
    expect(markerOf({ ...some, manager: 'gate2' }).startsWith(markerPrefix('gate'))).to.equal(false);
  });

  const good = markerOf(some);
  for (const foreign of [
    'rebuild',
    'force build',
    '',
    ` ${good}`,
    `${good} `,
    `${good}\n`,
    `x ${good}`,
    `A build was forced by 'gate': ${good}`,
    good.replace('vote', 'VOTE'),
    good.replace(' 1 ', ' 0 '),
    good.replace(' 1 ', ' 01 '),
    good.replace('00000001', '0000001g'),
    good.replace(' gate ', ' ga te '),
    good.toUpperCase(),
  ]) {
    it(`is not ${JSON.stringify(foreign)} (rule 1.4)`, () => {
      expect(readMarker(foreign)).to.equal(null);
    });
  }
});
