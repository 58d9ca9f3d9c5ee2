// What runs need to know of attempts that ended: medians, and what measuring has cost in a day.

import { expect } from 'chai';
import { createPastBuilds } from '../../../src/daemon/past-builds.ts';
import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import { ending } from '../../contract/store/run-record.ts';

const hour = 3_600_000;
const now = 100 * 24 * hour;
const linux = 'AMD64 Debian 3.x' as BuilderName;
const measure = (endedAt: number, worker = 'owner-debian') =>
  ending(endedAt, { role: 'measure', worker: worker as WorkerName });

describe('past builds', () => {
  it('give the median of the votes that passed, for one that failed may have ended early', () => {
    const past = createPastBuilds({ endings: () => Promise.resolve([]) }, () => now);
    const passed = [300, 100, 200].map((ran) => ending(now - hour, { ran }));
    past.note([...passed, ending(now, { ran: 1, outcome: 'failed' }), { ...measure(now), ran: 2 }]);
    expect([...past.get().medians]).to.deep.equal([[linux, 200]]);
  });

  it('give what 99 of 100 votes took that passed, where there were fifty of them', () => {
    const past = createPastBuilds({ endings: () => Promise.resolve([]) }, () => now);
    const passed = (count: number) =>
      Array.from({ length: count }, (_, at) => ending(now - hour, { ran: at + 1 }));
    past.note(passed(49));
    expect([...past.usual()]).to.deep.equal([]);
    past.note([...passed(1), ending(now, { ran: 9_999, outcome: 'failed' })]);
    expect([...past.usual()]).to.deep.equal([[linux, 49]]);
    past.note(passed(150));
    expect([...past.usual()]).to.deep.equal([[linux, 148]]);
  });

  it('count measures and controls of the last day, by builder and by owner of the machine', () => {
    const past = createPastBuilds({ endings: () => Promise.resolve([]) }, () => now);
    past.note([
      measure(now - 25 * hour),
      measure(now - 23 * hour),
      measure(now, 'owner-windows'),
      ending(now),
    ]);
    const { byBuilder, byOwner, inAll } = past.get().spent;
    expect([...byBuilder]).to.deep.equal([[linux, 2]]);
    expect([...byOwner]).to.deep.equal([['owner', 2]]);
    expect(inAll).to.equal(2);
  });

  it('remember over a restart what the history kept', async () => {
    const past = createPastBuilds({ endings: () => Promise.resolve([measure(now)]) }, () => now);
    await past.recall();
    expect(past.get().spent.inAll).to.equal(1);
  });

  it('forget what is older than two weeks', () => {
    let clock = now;
    const past = createPastBuilds({ endings: () => Promise.resolve([]) }, () => clock);
    past.note([ending(now)]);
    clock += 15 * 24 * hour;
    past.note([]);
    expect([...past.get().medians]).to.deep.equal([]);
  });
});
