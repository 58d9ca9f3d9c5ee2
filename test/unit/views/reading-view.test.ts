// Failures as they are shown: bounded, made visible, and the worst class first in one word.

import { expect } from 'chai';
import type { ReadFailure } from '../../../src/flakes/reading.ts';
import { likelyClass, readingView } from '../../../src/views/reading-view.ts';
import { failure, reading } from './sample.ts';

describe('what was read of a build', () => {
  it('is shown without a control character, in one line each', () => {
    const hostile = failure({ message: 'a\u001b[31m\r\nb\u202e', testId: 'x\u0007', step: 'te\nst' });
    const [shown] = readingView(reading([hostile], { doubt: 'cut\u001b' }), true).failures;

    expect(shown).to.include({ message: 'a\\x1b[31m b\\u{202e}', test_id: 'x\\x07', step: 'te st' });
    expect(readingView(reading([], { doubt: 'cut\u001b' }), false).doubt).to.equal('cut\\x1b');
  });

  it('is bounded, and says how much more there is', () => {
    const many = Array.from({ length: 50 }, () => failure({ message: 'm'.repeat(10_000) }));
    const shown = readingView(reading(many, { more: 7 }), false);

    expect(shown.failures).to.have.length(20);
    expect(shown.more).to.equal(37);
    expect(JSON.stringify(shown).length).to.be.lessThan(20_000);
  });

  it('says why what names a failure excuses nothing now', () => {
    const evidence = { redBase: 0, baseCommits: 9, failures: 1, runs: 100, suspended: null } as const;
    const known = { ...evidence, fleet: { failures: 9, runs: 4000 } };
    const signature = {
      id: 'FLK-1',
      state: 'active',
      allowed: true,
      maxRate: 0.05,
      containsFix: false,
    } as const;
    const why = (wish: Partial<ReadFailure>) =>
      readingView(reading([failure({ evidence: known, signature, ...wish })]), false).failures[0]
        ?.excuses_nothing;

    expect(why({})).to.equal(null);
    expect(why({ evidence: { ...known, suspended: 'FLK-1 came\u0007 9 times' } })).to.equal(
      'its rate jumped: FLK-1 came\\x07 9 times',
    );
    expect(why({ signature: null, evidence: { ...known, suspended: 'again' } })).to.match(/^its rate jumped/);
    expect(why({ evidence: { ...known, failures: 9 } })).to.match(/more than its max_rate of 0.05$/);
    expect(why({ signature: { ...signature, allowed: false } })).to.match(/not allowed to excuse$/);
    const undone = { ...signature, state: 'resolved', containsFix: true } as const;
    expect(why({ signature: undone })).to.match(/contains the fix: a regression$/);
  });

  it('comes to the class of what speaks most against the change', () => {
    const classes = (...found: readonly ReadFailure['class'][]) =>
      likelyClass(reading(found.map((one) => failure({ class: one }))));

    expect(classes('known-flake', 'new', 'already-red')).to.equal('new');
    expect(classes('known-flake')).to.equal('known-flake');
    expect(classes()).to.equal(null);
  });
});
