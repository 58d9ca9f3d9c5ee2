import { expect } from 'chai';
import type { CaseAttempt, Ruling } from '../../../../src/flakes/decide/case.ts';
import { excusesNothing } from '../../../../src/flakes/decide/route.ts';
import type { ReadFailure } from '../../../../src/flakes/reading.ts';
import {
  aFailure,
  aFlake,
  flake,
  known,
  red,
  repeats,
  ruled,
  vote,
  flaky,
  novel,
  old,
  measured,
} from './a-case.ts';

describe('what is said of a ruling', () => {
  const leads = (ruling: Ruling) => ('summary' in ruling ? ruling.summary : '');
  const clean = ['measure', 'control'] as const;
  const ways: [string, readonly CaseAttempt[], RegExp, RegExp][] = [
    ['a known flake', [vote([flaky]), measured(flaky, 2)], /^FLK-12 on AMD64.*, 2 of 20$/, /FLK-12.*2 of 20/],
    [
      'a failure seen on the base',
      [vote([old]), measured(old, 0)],
      /seen on the base, 0 of 20$/,
      /seen.*0 of 20/,
    ],
    [
      'a builder that was red',
      [vote([aFailure({ evidence: red })])],
      /, red in its last two base builds$/,
      /last two/,
    ],
    [
      'a base that fails too',
      [vote([novel]), ...clean.map((role) => repeats(role, 20, [[novel, 3]]))],
      /fails on the base as well$/,
      /fails on the base/,
    ],
  ];
  for (const [title, attempts, summary, why] of ways) {
    it(`names the failure, the builder and why it counts no more: ${title}`, () => {
      const ruling = ruled(attempts);
      expect(leads(ruling)).to.match(summary).and.include(' on AMD64 Debian 3.x');
      expect(ruling.why).to.match(why).and.include('test_ssl.Tests.test_connect');
    });
  }

  it('says how many more failures stand beside the first, where there are any', () => {
    const broken = (file: string) => aFailure({ kind: 'compile', file });
    expect(ruled([vote([broken('a')])]).why).to.match(/never forgiven$/);
    expect(ruled([vote([broken('a'), broken('b'), broken('c')])]).why).to.match(/^a.*\(and 2 more\)$/);
  });

  it('tells why what names a failure excuses nothing, and nothing of what may excuse it', () => {
    const fixed = aFlake({ signature: { ...flake, state: 'resolved', containsFix: true } });
    const jumped = { ...known, suspended: '5 hits today' };
    const rows: [ReadFailure, RegExp | null][] = [
      [fixed, /FLK-12.*regression/],
      [aFlake({ signature: { ...flake, state: 'resolved' } }), null],
      [aFlake({ signature: { ...flake, containsFix: true } }), null],
      [aFailure({ evidence: jumped }), /5 hits today/],
      [aFlake({ signature: { ...flake, allowed: false } }), /not allowed/],
      [aFlake({ signature: { ...flake, allowed: false, state: 'monitor' } }), null],
      [aFlake({ evidence: null }), null],
      [flaky, null],
      [novel, null],
    ];
    for (const [failure, why] of rows) {
      if (why === null) expect(excusesNothing(failure)).to.equal(null);
      else expect(excusesNothing(failure)).to.match(why);
    }
  });
});
