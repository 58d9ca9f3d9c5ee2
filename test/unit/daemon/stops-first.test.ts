// While stops are answered nothing else is begun, for a bounded time.

import { expect } from 'chai';
import { createStopsFirst } from '../../../src/daemon/stops-first.ts';
import { until } from '../../until.ts';

function bench() {
  let now = 0;
  let ended = 0;
  let timers: { readonly at: number; readonly task: () => void }[] = [];
  const after = (milliseconds: number, task: () => void) => {
    const timer = { at: now + milliseconds, task };
    timers.push(timer);
    return () => {
      timers = timers.filter((each) => each !== timer);
    };
  };
  const pass = (milliseconds: number): void => {
    now += milliseconds;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { task } of due) task();
  };
  return { stops: createStopsFirst(() => (ended += 1), after), pass, ended: () => ended };
}

describe('stops of a gatekeeper', () => {
  it('go before other work until a moment after the last of a burst was answered (rule 8.1)', async () => {
    const { stops, pass, ended } = bench();
    await stops.over();
    const [first, second] = [stops.begin(), stops.begin()];
    const over = stops.over();
    first();
    // Told twice: the other one is still open.
    first();
    pass(100);
    expect([stops.holds(), ended()]).to.deep.equal([true, 0]);
    second();
    pass(39);
    expect(stops.holds()).to.equal(true);
    pass(1);
    expect([stops.holds(), ended()]).to.deep.equal([false, 1]);
    await over;
  });

  it('let thousands that wait go on over several turns of the loop', async () => {
    const { stops, pass } = bench();
    const answered = stops.begin();
    let went = 0;
    for (let count = 0; count < 1_000; count += 1) void stops.over().then(() => (went += 1));
    answered();
    pass(40);
    await Promise.resolve();
    expect(went).to.equal(50);
    await until(() => went === 1_000, { within: 2_000, what: 'all of them' });
  });

  it('go on going first where another comes in that moment', () => {
    const { stops, pass } = bench();
    stops.begin()();
    pass(30);
    const another = stops.begin();
    pass(30);
    expect(stops.holds()).to.equal(true);
    another();
    pass(40);
    expect(stops.holds()).to.equal(false);
  });

  it('hold other work back for three seconds at most, and leave it half a second before they do so again', () => {
    const { stops, pass, ended } = bench();
    const first = stops.begin();
    pass(3_000);
    expect([stops.holds(), ended()]).to.deep.equal([false, 1]);
    stops.begin()();
    first();
    expect(stops.holds()).to.equal(false);
    pass(500);
    stops.begin()();
    expect(stops.holds()).to.equal(true);
  });
});
