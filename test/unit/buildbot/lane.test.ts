import { expect } from 'chai';
import { pauseAfter } from '../../../src/buildbot/backoff.ts';
import { createLane } from '../../../src/buildbot/lane.ts';

function manualClock() {
  const tasks = new Set<() => void>();
  return {
    now: () => 0,
    random: () => 0,
    after: (_: number, task: () => void) => {
      tasks.add(task);
      return () => void tasks.delete(task);
    },
    fire: () => {
      for (const task of tasks) task();
      tasks.clear();
    },
    waiting: () => tasks.size,
  };
}

function oneLine(waiting: number, clock = manualClock()) {
  return createLane({ atOnce: 1, lines: [{ atOnce: 1, waiting }] }, clock);
}

describe('a lane', () => {
  it('lets so many go at once, and the next when one leaves, in the order in which they came', async () => {
    const clock = manualClock();
    const lane = oneLine(5, clock);
    const order: number[] = [];
    const first = await lane.enter(1);
    const others = [1, 2, 3].map(async (n) => {
      const leave = await lane.enter(1);
      order.push(n);
      if (typeof leave === 'function') leave();
    });
    expect(clock.waiting()).to.equal(3);
    if (typeof first === 'function') first();
    await Promise.all(others);
    expect(order).to.deep.equal([1, 2, 3]);
    expect(clock.waiting()).to.equal(0);
  });

  it('lets some go ahead of the others, each in the order in which they came', async () => {
    const lane = oneLine(5);
    const order: string[] = [];
    const first = await lane.enter(1);
    const others = (['stop', 'cancel', 'another cancel'] as const).map(async (what) => {
      const leave = await lane.enter(1, { ahead: what !== 'stop' });
      order.push(what);
      if (typeof leave === 'function') leave();
    });
    if (typeof first === 'function') first();
    await Promise.all(others);
    expect(order).to.deep.equal(['cancel', 'another cancel', 'stop']);
  });

  it('lets lines take turns, and keeps from each the places that it may not hold', async () => {
    const limits = {
      atOnce: 3,
      lines: [
        { atOnce: 3, waiting: 9 },
        { atOnce: 2, waiting: 9 },
      ],
    };
    const lane = createLane(limits, manualClock());
    const order: string[] = [];
    const leaving: (() => void)[] = [];
    const enter = async (what: string, line: number): Promise<void> => {
      const leave = await lane.enter(1, { line });
      order.push(what);
      if (typeof leave === 'function') leaving.push(leave);
    };
    for (const stop of ['stop 1', 'stop 2', 'stop 3', 'stop 4']) void enter(stop, 1);
    for (const force of ['force 1', 'force 2', 'force 3']) void enter(force, 0);
    for (let turn = 0; turn < 7; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      leaving.shift()?.();
    }
    expect(order.slice(0, 3)).to.deep.equal(['stop 1', 'stop 2', 'force 1']);
    expect(order.slice(3)).to.deep.equal(['stop 3', 'force 2', 'stop 4', 'force 3']);
  });

  it('is full when so many wait', async () => {
    const lane = oneLine(1);
    await lane.enter(1);
    void lane.enter(1);
    expect(await lane.enter(1)).to.equal('full');
  });

  it('lets nobody wait longer than his patience, nor hold a place after it', async () => {
    const clock = manualClock();
    const lane = oneLine(1, clock);
    const first = await lane.enter(1);
    const late = lane.enter(1);
    clock.fire();
    expect(await late).to.equal('late');
    if (typeof first === 'function') first();
    expect(await lane.enter(1)).to.be.a('function');
  });

  it('frees a place once, however often it is left', async () => {
    const lane = oneLine(0);
    const first = await lane.enter(1);
    if (typeof first === 'function') {
      first();
      first();
    }
    expect(await lane.enter(1)).to.be.a('function');
    expect(await lane.enter(1)).to.equal('full');
  });
});

describe('the pause before another try', () => {
  it('doubles from half a second to half a minute', () => {
    const most = [0, 1, 2, 5, 6, 1000].map((failures) => pauseAfter(failures, 0.999999));
    expect(most).to.deep.equal([500, 1000, 2000, 16_000, 30_000, 30_000]);
  });

  it('is at least half of that, so that clients come back apart', () => {
    expect(pauseAfter(0, 0)).to.equal(250);
    expect(pauseAfter(50, 0)).to.equal(15_000);
  });
});
