import { expect } from 'chai';
import { startLoops } from '../../../src/daemon/loops.ts';
import { createLog } from '../../../src/observe/log.ts';
import { until } from '../../until.ts';

describe('the loops', () => {
  it('go on after a round that failed, and name one that does not come to its end', async () => {
    const lines: string[] = [];
    const log = await createLog({ level: 'warn', write: (line) => lines.push(line) });
    let rounds = 0;
    const failing = {
      name: 'failing',
      every: () => 1,
      run: () => Promise.reject(new Error(`round ${++rounds}`)),
    };
    const hanging = { name: 'hanging', every: () => 1, run: () => new Promise<void>(() => undefined) };

    const loops = startLoops([failing, hanging], log);
    await until(() => rounds >= 3 && loops.stuck(20).length > 0, {
      within: 2_000,
      what: 'three rounds and a hanging one',
    });

    expect(loops.stuck(20)).to.deep.equal(['hanging']);
    expect(lines.join('')).to.contain('round 2');
    loops.stop();
  });

  it('begin no round after their stop', async () => {
    const log = await createLog({ level: 'silent' });
    let rounds = 0;
    const loops = startLoops([{ name: 'counting', every: () => 1, run: () => void (rounds += 1) }], log);
    await until(() => rounds >= 2, { within: 2_000, what: 'two rounds' });

    loops.stop();
    const then = rounds;
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(rounds).to.equal(then);
  });
});
