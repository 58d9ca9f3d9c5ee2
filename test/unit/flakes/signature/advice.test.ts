import { expect } from 'chai';
import { adviceOn } from '../../../../src/flakes/signature/advice.ts';
import type { Signature } from '../../../../src/flakes/signature/signature.ts';
import { aSignature, fact } from './a-signature.ts';

const today = '2026-11-21';
const advice = (given: Partial<Signature>, lastHit?: string | null) =>
  adviceOn(
    aSignature(fact('kind', 'crash'), { created: '2026-01-01', ...given }),
    lastHit === undefined ? null : { hits: lastHit === null ? 0 : 3, lastHit },
    today,
  );

describe('what to do about a signature', () => {
  it('is nothing while it is seen, or young, or nobody knows', () => {
    expect(advice({ state: 'active' }, '2026-11-01')).to.equal(null);
    expect(advice({ state: 'active', created: '2026-11-01' }, null)).to.equal(null);
    expect(advice({ state: 'active' })).to.equal(null);
    expect(advice({ state: 'resolved', resolved: { at: '2026-11-01', commit: null } }, null)).to.equal(null);
  });

  it('is to retire it when it was not seen for 90 days', () => {
    expect(advice({ state: 'monitor' }, null)).to.match(/^set it to expired/);
    expect(advice({ state: 'active' }, '2026-08-23')).to.match(/^set it to expired/);
    expect(advice({ state: 'active' }, '2026-08-24')).to.equal(null);
    expect(advice({ state: 'resolved', resolved: { at: '2026-03-01', commit: null } }, null)).to.match(
      /^delete it: resolved/,
    );
    expect(advice({ state: 'expired' })).to.match(/^delete it/);
  });

  it('is to review it once the day has come', () => {
    expect(advice({ state: 'active', reviewBy: '2026-11-20' }, today)).to.equal(
      'review it: that was due on 2026-11-20',
    );
    expect(advice({ state: 'active', reviewBy: today }, today)).to.equal(null);
  });
});
