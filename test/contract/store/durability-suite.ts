// What every driver must do when writes come together, are refused, or the process dies.

import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RunId } from '../../../src/gate/ids.ts';
import type { Journal } from '../../../src/store/journal.ts';
import { refusal } from './journal-suite.ts';
import { runId, runRecord } from './run-record.ts';
import type { OpenWish, StoreUnderTest } from './store-under-test.ts';

const open = { joinable: true, open: true };
const hundred = Array.from({ length: 100 }, (_, arrival) => arrival);

export function durabilityContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`durability of the journal on ${name}`, () => {
    let store: StoreUnderTest;
    let journal: Journal | undefined;
    const opened = async (wish: OpenWish = {}): Promise<Journal> => {
      await journal?.close();
      return (journal = await store.open(wish));
    };
    beforeEach(async () => {
      journal = undefined;
      store = await make();
    });
    afterEach(async () => {
      await journal?.close();
      await store.dispose();
    });

    it('lets a hundred writes that arrive together share a few syncs (rule 1.5)', async () => {
      const syncs: number[] = [];
      const it = await opened({ beforeSync: (writes) => void syncs.push(writes) });
      await Promise.all(hundred.map((arrival) => it.write(runRecord(arrival), open)));
      expect(syncs.length).to.be.within(1, 10);
      expect(syncs.reduce((sum, writes) => sum + writes, 0)).to.equal(100);
      expect(await it.open()).to.have.length(100);
    });

    it('answers in order, and no write before its own batch is kept (rule 2.3)', async () => {
      const gate: { release?: () => void } = {};
      const it = await opened({ beforeSync: () => new Promise<void>((resolve) => (gate.release = resolve)) });
      const answered: number[] = [];
      const writes = [1, 2].map((arrival) =>
        it.write(runRecord(arrival), open).then(() => answered.push(arrival)),
      );
      while (gate.release === undefined) await Promise.resolve().then(() => new Promise(setImmediate));
      expect(answered).to.deep.equal([]);
      gate.release();
      await Promise.all(writes);
      expect(answered).to.deep.equal([1, 2]);
    });

    it('rejects every write of a refused batch as transient, keeps none of it, and takes the next (rule 2.3)', async () => {
      let full = true;
      const it = await opened({
        beforeSync: () => {
          if (full) throw new Error('no space left on device');
        },
      });
      const writes = [1, 2, 3].map((arrival) => it.write(runRecord(arrival), open));
      for (const error of await Promise.all(writes.map(refusal))) {
        expect(error).to.include({ code: 'refused', retry: 'transient' });
      }
      expect(await it.open()).to.deep.equal([]);
      expect(await refusal(it.probe())).to.include({ retry: 'transient' });
      full = false;
      expect((await it.write(runRecord(2, { key: 'k' }), open)).kind).to.equal('written');
      await it.probe();
    });

    it('refuses what is more than its bound while the disk is busy, and goes on afterwards', async () => {
      const gate: { release?: () => void } = {};
      const busy = new Promise<void>((resolve) => (gate.release = resolve));
      const it = await opened({ maxWaiting: 10, beforeSync: () => busy });
      const first = it.write(runRecord(0), open);
      const outcomes = hundred.slice(1, 31).map((arrival) => it.write(runRecord(arrival), open));
      const settled = Promise.allSettled(outcomes);
      gate.release?.();
      const refused = (await settled).filter(({ status }) => status === 'rejected');
      expect(refused.length).to.be.within(15, 21);
      for (const result of refused) expect(result).to.have.nested.property('reason.code', 'queue-full');
      await first;
      await it.probe();
    });

    it('gives a write up when the disk does not answer, and says that it may have been kept', async () => {
      const gate: { release?: () => void } = {};
      const it = await opened({
        patience: 30,
        beforeSync: () => new Promise<void>((resolve) => (gate.release = resolve)),
      });
      const error = await refusal(it.write(runRecord(1), open));
      expect([error.code, error.retry]).to.deep.equal(['late', 'transient']);
      gate.release?.();
    });

    it('refuses writes after it was closed, which waits for those before', async () => {
      const it = await opened();
      const writing = it.write(runRecord(1), open);
      await it.close();
      expect((await writing).kind).to.equal('written');
      expect((await refusal(it.write(runRecord(2), open))).code).to.equal('closed');
      journal = undefined;
      expect((await (await opened()).open()).map(({ id }) => id)).to.deep.equal([runId(1)]);
    });

    it('is refused to a daemon with another manager name, and stays as it was (rule 9.9)', async () => {
      await (await opened({ manager: 'one.example.org' })).write(runRecord(1), open);
      await journal?.close();
      journal = undefined;
      const error = await refusal(store.open({ manager: 'two.example.org' }));
      expect([error.code, error.retry]).to.deep.equal(['other-manager', 'permanent']);
      expect(error.message).to.contain('one.example.org').and.contain('two.example.org');
      expect(await (await opened({ manager: 'one.example.org' })).open()).to.have.length(1);
    });

    it('has every acknowledged write after a kill -9 of the writing process (rule 1.5)', async () => {
      for (const acknowledged of [1, 40, 300]) {
        const last = await killedWriter(store, acknowledged);
        const it = await opened();
        const ids = new Set((await it.open()).map(({ id }) => id));
        expect([...last].filter((id) => !ids.has(id))).to.deep.equal([]);
        expect(it.broken()).to.deep.equal([]);
        await it.close();
        journal = undefined;
      }
    });
  });
}

/** Lets `writer.ts` write until so many writes are acknowledged, kills it at once, and gives all that it acknowledged. */
async function killedWriter(store: StoreUnderTest, enough: number): Promise<ReadonlySet<RunId>> {
  const program = fileURLToPath(new URL('./writer.ts', import.meta.url));
  const { driver, place } = store.writer;
  const child = spawn(process.execPath, ['--import=tsx', program, driver, place], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const acknowledged = new Set<RunId>();
  for await (const line of createInterface(child.stdout)) {
    acknowledged.add(line as RunId);
    if (acknowledged.size === enough) child.kill('SIGKILL');
  }
  await gone;
  expect(child.signalCode).to.equal('SIGKILL');
  expect(acknowledged.size).to.be.at.least(enough);
  return acknowledged;
}
