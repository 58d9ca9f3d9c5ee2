import { expect } from 'chai';
import { found } from './find.ts';
import { goals } from './goals.ts';

describe('the faults that a gate must live through', function () {
  this.timeout(120_000);

  it('each have a test of their own that is there; a title that is nowhere is noticed', async () => {
    const nowhere = { ...goals[0]!, title: 'a title that no test has' };
    const there = await found([...goals, nowhere]);
    expect(goals.filter((goal) => !there.includes(goal)).map(({ fault }) => fault)).to.deep.equal([]);
    expect(there).to.not.include(nowhere);
    expect(goals).to.have.length(15);
  });
});
