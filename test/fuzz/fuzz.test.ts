import { expect } from 'chai';
import { campaign } from './campaign.ts';
import { createChance } from './chance.ts';
import { expectFit, held } from './held.ts';

async function thrown(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
}

describe('bad input', function () {
  this.timeout(120_000);

  it('of every kind breaks nothing and leaves nothing behind (short form of npm run fuzz)', async () => {
    const fed = await campaign({ packets: 40_000, answers: 12_000, configurations: 400, seed: 20_261_121 });
    expect(fed.map(({ count }) => count)).to.satisfy((counts: readonly number[]) =>
      counts.every((n) => n >= 400),
    );
    for (const { kind, growth } of fed) expect(growth, kind).to.be.below(8 * 1024 ** 2);
  });

  it('that broke something would be told with the seed that gives it again', async () => {
    const message = await thrown(held(7, () => expectFit('a\u001b[2J', 'a refusal')));
    expect(message).to.include('seed 7');
    const draws = [1, 1].map((seed) => Array.from({ length: 5 }, createDraws(seed)));
    expect(draws[0]).to.deep.equal(draws[1]);
  });
});

function createDraws(seed: number): () => number {
  const chance = createChance(seed);
  return () => chance.whole(1_000_000);
}
