import { expect } from 'chai';
import type { Row } from './bars.ts';
import { simulate } from './cells.ts';
import { short } from './sizes.ts';

describe('the decision in the simulated fleet (short form of npm run simulate:flakes)', () => {
  const rows: Row[] = [];

  before(function () {
    this.timeout(60_000);
    for (const cell of simulate({ ...short, seed: 1 })) rows.push(...cell);
  });

  it('misses no bar', () => {
    expect(rows.filter(({ bar }) => bar !== null).length).to.be.greaterThan(80);
    expect(rows.filter(({ judgement }) => judgement === 'missed')).to.deep.equal([]);
  });

  it('forgives no regression with a symptom of its own and none that always fails', () => {
    const never = rows.filter(({ bar }) => bar === '<= 0 %');
    expect(never.length).to.be.greaterThan(60);
    expect(never.filter(({ figure }) => !figure.startsWith('0.00 %'))).to.deep.equal([]);
  });

  it('would fail a third of the good changes without any rule', () => {
    const bare = rows.filter(({ name }) => name === '  without any rule');
    for (const { figure } of bare) expect(parseFloat(figure)).to.be.within(28, 38);
  });
});
