// What the engine tells the journal of a run that it writes.

import { expect } from 'chai';
import { createEngine, type EngineParts } from '../../../src/daemon/engine.ts';
import { createRegister } from '../../../src/daemon/register.ts';
import { isOpen, type Run } from '../../../src/gate/run.ts';
import type { Log } from '../../../src/observe/log.ts';
import type { Place } from '../../../src/store/journal.ts';
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
