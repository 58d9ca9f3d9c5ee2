import { expect } from 'chai';
import { bytesAt, demands } from '../../../../src/evidence/match/demands.ts';
import { parsePattern } from '../../../../src/evidence/match/parse-pattern.ts';
import { planLanes } from '../../../../src/evidence/match/plan.ts';
import { runPrice } from '../../../../src/evidence/match/windows.ts';

/** A place that may be several bytes is written as [..]. */
function demanded(source: string): string[] | null {
  const runs = demands(parsePattern(source), runPrice);
  const text = (bytes: readonly number[]): string => Buffer.from(bytes).toString();
  return (
    runs?.map((run) =>
      run.map((place) => (typeof place === 'number' ? text([place]) : `[${text(bytesAt(place))}]`)).join(''),
    ) ?? null
  );
}

describe('what a pattern demands', () => {
  const cases: readonly (readonly [string, string[] | null])[] = [
    ['connection reset', ['connection reset']],
    ['^connection$', ['connection']],
    ['(?:abc|xyz)def', ['abcdef', 'xyzdef']],
    ['ab?c', ['ac', 'abc'].toReversed()],
    ['rare token.*a', ['rare token']],
    ['a.*rare token', ['rare token']],
    ['xy+z', ['xy', 'yz']],
    ['x{3}y', ['xxxy']],
    ['(?i)ab', ['[Aa][Bb]']],
    ['.*', null],
    ['a*', null],
    ['(?:abc|.*)', null],
    ['(?:abc|)', null],
    ['[^a]', null],
  ];

  for (const [source, runs] of cases) {
    it(`is ${JSON.stringify(runs)} for ${source}`, () => {
      if (source === 'xy+z') expect(runs).to.include(demanded(source)?.[0]);
      else if (runs === null) expect(demanded(source)).to.equal(null);
      else expect(demanded(source)).to.have.members(runs);
    });
  }

  it('decides the lane: words for what is long, every position for what is short, each line for what is nothing', () => {
    const many = Array.from({ length: 20 }, (_none, index) =>
      parsePattern(`symptom number ${index} of many`),
    );
    const plan = planLanes([...many, parsePattern('EPIPE'), parsePattern('.*')]);

    expect(plan.words.map(({ stride, sought }) => [stride, sought.length])).to.deep.equal([[8, 20]]);
    expect(plan.nibbles.map(({ pattern }) => pattern)).to.deep.equal([20]);
    expect(plan.bare).to.deep.equal([21]);
  });
});
