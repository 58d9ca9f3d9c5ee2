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

  it('comes to the class of what speaks most against the change', () => {
    const classes = (...found: readonly ReadFailure['class'][]) =>
      likelyClass(reading(found.map((one) => failure({ class: one }))));

    expect(classes('known-flake', 'new', 'already-red')).to.equal('new');
    expect(classes('known-flake')).to.equal('known-flake');
    expect(classes()).to.equal(null);
  });
});
