import { expect } from 'chai';
import { startAbraxas, type AbraxasClient } from '../../../src/gearman/abraxas-client.ts';
import { until } from '../../until.ts';

interface Bench {
  readonly abraxas: AbraxasClient;
  /** What abraxas did, in order. */
  readonly did: string[];
  waitFor(count: number): Promise<string[]>;
}

function bench(): Bench {
  const did: string[] = [];
  const abraxas = startAbraxas({
    preSleep: () => did.push('sleep'),
    grab: () => did.push('grab'),
    job: (ticket, payload) => did.push(`${ticket} ${Buffer.isBuffer(payload)} ${payload.toString()}`),
    trouble: (error) => did.push(error.message),
  });
  return {
    abraxas,
    did,
    async waitFor(count) {
      await until(() => did.length >= count, { within: 2000, what: `${count} steps of abraxas` });
      return did;
    },
  };
}

describe('abraxas on a stream of ours', () => {
  let at: Bench;
  beforeEach(() => {
    at = bench();
  });
  afterEach(() => {
    at.abraxas.end();
  });

  it('is ready by itself, sleeps, and grabs once for a NOOP (defect 1)', async () => {
    expect(await at.waitFor(1)).to.deep.equal(['sleep']);
    at.abraxas.step('NOOP');
    expect(await at.waitFor(2)).to.deep.equal(['sleep', 'grab']);
    at.abraxas.step('NO_JOB');
    expect(await at.waitFor(3)).to.deep.equal(['sleep', 'grab', 'sleep']);
  });

  it('reads a job and is free again at once, also with an empty argument (defect 21, defect 23)', async () => {
    await at.waitFor(1);
    for (const [count, text] of ['', 'argument', 'x'.repeat(1 << 20)].entries()) {
      at.abraxas.step('NOOP');
      await at.waitFor(2 + count * 3);
      at.abraxas.assign(`j${count}`, Buffer.from(text));
      const steps = await at.waitFor(4 + count * 3);
      expect(steps.slice(2 + count * 3)).to.deep.equal([`j${count} true ${text}`, 'sleep']);
    }
  });

  it('gives no job any more once it has ended, also none that is inside it (checklist 11)', async () => {
    await at.waitFor(1);
    at.abraxas.step('NOOP');
    await at.waitFor(2);
    const other = bench();
    at.abraxas.assign('j1', Buffer.from('x'));
    at.abraxas.end();
    // A whole round of another one takes longer than what is left of the first.
    await other.waitFor(1);
    other.abraxas.step('NOOP');
    await other.waitFor(2);
    other.abraxas.assign('j2', Buffer.from('x'));
    await other.waitFor(4);
    other.abraxas.end();
    expect(at.did).to.deep.equal(['sleep', 'grab']);
  });
});
