// What was left over is found by its environment, and ended.

import { expect } from 'chai';
import { endMarked, marked } from '../../../src/servers/leftovers.ts';
import { launch, type Child } from '../../../src/servers/process.ts';

describe('what is left over under a mark', () => {
  const mark = `MARK=${process.pid}-${Math.random()}`;
  let children: Child[] = [];

  const sleeper = async (value: string): Promise<Child> => {
    const [name = '', text] = value.split('=');
    const env = { PATH: process.env['PATH'], [name]: text };
    const child = await launch({ name: 'sleep', program: '/bin/sleep', args: ['60'], env, diesBy: 'signal' });
    children.push(child);
    return child;
  };

  afterEach(async () => {
    await Promise.all(children.map((child) => child.kill()));
    children = [];
  });

  it('is ended, and nothing else is', async () => {
    const [ours, other] = [await sleeper(mark), await sleeper(`${mark}0`)];
    expect(await marked(mark)).to.deep.equal([ours.pid]);
    await endMarked(mark);

    expect(await ours.ended).to.equal('SIGKILL');
    expect(other.running()).to.equal(true);
    expect(await marked(mark)).to.deep.equal([]);
  });
});
