import { expect } from 'chai';
import { onceUp } from '../../../src/daemon/rhythms.ts';

describe('a task for a master that answers', () => {
  it('runs soon after the master has answered for the first time, then in its own rhythm (rule 4.3)', async () => {
    let up = false;
    let rounds = 0;
    const task = onceUp(() => up, { name: 'sweep', every: () => 30_000, run: () => void (rounds += 1) });

    await task.run();
    expect([rounds, task.every()]).to.deep.equal([0, 1_000]);
    up = true;
    expect(task.every(), 'the round was lost').to.equal(1_000);
    await task.run();
    expect([rounds, task.every()]).to.deep.equal([1, 30_000]);
    up = false;
    await task.run();
    expect([rounds, task.every()]).to.deep.equal([1, 1_000]);
  });
});
