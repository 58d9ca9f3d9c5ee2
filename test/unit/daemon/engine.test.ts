// What the engine tells the journal of a run that it writes, and how often.

import { expect } from 'chai';
import { createEngine, type EngineParts } from '../../../src/daemon/engine.ts';
import { createKnowledge } from '../../../src/daemon/knowledge.ts';
import { createRegister } from '../../../src/daemon/register.ts';
import type { WorldTerms } from '../../../src/daemon/world.ts';
import { isOpen, type Run } from '../../../src/gate/run.ts';
import type { Log } from '../../../src/observe/log.ts';
import type { Place } from '../../../src/store/journal.ts';
import { until } from '../../until.ts';
import { aJob, aRun } from '../gate/a-run.ts';

const quiet = (): void => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => log };

/** Where an engine that took this run up says that it lies, with each write. */
async function places(run: Run): Promise<readonly Place[]> {
  const written: Place[] = [];
  const parts = {
    register: createRegister(),
    journal: {
      write: (_: Run, place: Place) => {
        written.push(place);
        return Promise.resolve({ kind: 'written' } as const);
      },
    },
    now: () => ({ wall: 1, mono: 1 }),
    log,
    checkpoint: quiet,
  };
  // Only what a write takes: no event is told.
  const engine = createEngine(parts as Partial<EngineParts> as EngineParts);
  engine.resume(run);
  await engine.flush(1_000);
  await engine.flush(1_000);
  return written;
}

const terms: WorldTerms = {
  ...{ manager: 'gate.example.org', maxJobs: 1, startsNew: false },
  ...{ stability: { stable: [], unstable: [] }, platforms: {}, usual: () => new Map() },
};

/** An engine over a store that refuses, until it is let take writes; how often it was asked. */
function engineOver(store: { takes: boolean; asked: number }) {
  const register = createRegister();
  const known = createKnowledge(() => 0);
  return createEngine({
    ...{ register, elsewhere: createRegister(), mayStart: () => true },
    journal: {
      write: async () => {
        store.asked += 1;
        if (!store.takes) throw new Error('no space left');
        return { kind: 'written' };
      },
    },
    ...{ knowledge: () => known.get(), terms: () => terms },
    past: () => ({ spent: { byBuilder: new Map(), byOwner: new Map(), inAll: 0 }, medians: new Map() }),
    now: () => ({ wall: Date.now(), mono: performance.now() }),
    ...{ log, carry: quiet, changed: quiet, shown: quiet, checkpoint: quiet },
    lost: () => Promise.resolve(),
  });
}

describe('an engine that takes up a run', () => {
  const open = aRun();
  const closed: Run = { ...open, changedAt: 4_000, phase: 'stopped', jobs: [aJob('a', { state: 'closed' })] };

  it('says until it is written how it read a run that was closed, so that no other may have changed it (rule 9.9)', async () => {
    expect([isOpen(open), isOpen(closed)]).to.deep.equal([true, false]);
    expect((await places(closed)).map(({ reopens }) => reopens)).to.deep.equal([closed.changedAt]);
  });

  it('says no such thing of a run that was open', async () => {
    const written = await places(open);
    expect(written.map(({ reopens }) => reopens)).to.deep.equal([undefined, undefined]);
  });
});

describe('a run whose write was refused', () => {
  it('is written again once a second, however much happens to it meanwhile', async () => {
    const store = { takes: false, asked: 0 };
    const engine = engineOver(store);
    const run = aRun();
    engine.begin(run);
    await until(() => engine.trouble() !== null, { within: 2_000, what: 'the first refusal' });
    for (let times = 0; times < 50; times += 1) {
      engine.happen(run.id, { kind: 'poke' });
      await Promise.resolve();
    }
    expect(store.asked).to.equal(1);
    store.takes = true;
    expect(await engine.writtenWithin(run.id, 5_000)).to.equal(true);
    expect([store.asked, engine.trouble()]).to.deep.equal([2, null]);
  });
});
