import { expect } from 'chai';
import { createStatuses } from '../../../src/gearman/statuses.ts';

describe('questions after handles', () => {
  it('are answered in the order in which they were asked, handle by handle (rule 9.3)', async () => {
    const statuses = createStatuses(10, () => undefined);
    const asked = ['a', 'b', 'a'].map((handle) => statuses.expect(handle, 1000));
    for (const [handle, status] of [
      ['a', 'running'],
      ['a', 'unknown'],
      ['b', 'queued'],
    ] as const)
      expect(statuses.answer(handle, status)).to.equal(true);
    expect(await Promise.all(asked)).to.deep.equal(['running', 'queued', 'unknown']);
    expect(statuses.answer('a', 'running')).to.equal(false);
  });

  it('keep their place when they were given up: a late answer is not taken for the next one', async () => {
    const statuses = createStatuses(10, () => undefined);
    expect(await statuses.expect('a', 1)).to.equal('silent');
    const second = statuses.expect('a', 1000);
    statuses.answer('a', 'running');
    statuses.answer('a', 'unknown');
    expect(await second).to.equal('unknown');
  });

  it('are silent beyond the bound, which is told, and none is kept', async () => {
    let told = 0;
    const statuses = createStatuses(2, () => (told += 1));
    const kept = [statuses.expect('a', 1000), statuses.expect('b', 1000)];
    expect(await statuses.expect('c', 1000)).to.equal('silent');
    expect(told).to.equal(1);
    expect(statuses.answer('c', 'running')).to.equal(false);
    statuses.close();
    expect(await Promise.all(kept)).to.deep.equal(['silent', 'silent']);
  });

  it('are silent once the connection ended', async () => {
    const statuses = createStatuses(2, () => undefined);
    statuses.close();
    expect(await statuses.expect('a', 60_000)).to.equal('silent');
  });
});
