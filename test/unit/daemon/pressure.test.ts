import { expect } from 'chai';
import { createPressure, type Pressure } from '../../../src/daemon/pressure.ts';
import { thisMachine } from '../../../src/daemon/this-machine.ts';
import { until } from '../../until.ts';

const mebibyte = 1024 ** 2;

describe('pressure', () => {
  let free: number;
  let lag: number;
  let pressure: Pressure;
  beforeEach(() => {
    free = 1024 * mebibyte;
    lag = 0;
    pressure = createPressure('/store', { freeBytes: () => Promise.resolve(free), lag: () => lag });
  });
  const look = async (): Promise<string | null> => {
    await pressure.look();
    return pressure.get();
  };

  it('is there while the disk is nearly full, with what to do, and does not come and go', async () => {
    expect(await look()).to.equal(null);
    free = 63 * mebibyte;
    expect(await look()).to.match(/^the disk of \/store has 63 MiB left; make room$/);
    free = 80 * mebibyte;
    expect(await look()).to.not.equal(null);
    free = 97 * mebibyte;
    expect(await look()).to.equal(null);
    free = 80 * mebibyte;
    expect(await look()).to.equal(null);
  });

  it('is there when the event loop is held up twice in a row, not once', async () => {
    lag = 1_500;
    expect(await look()).to.equal(null);
    expect(await look()).to.match(/held up for 1\.5 s/);
    lag = 10;
    expect(await look()).to.equal(null);
    lag = 1_500;
    expect(await look()).to.equal(null);
  });

  it('is measured on this machine: free bytes, and the longest delay since the last look', async () => {
    const machine = thisMachine();
    expect(await machine.freeBytes('/tmp')).to.be.above(0);
    await until(
      () => {
        const busy = performance.now() + 400;
        while (performance.now() < busy);
        return machine.lag() > 200;
      },
      { within: 10_000, what: 'the delay to be seen' },
    );
  });
});
