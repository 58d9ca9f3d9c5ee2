// What every driver of the history must do.

import { expect } from 'chai';
import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import type { History } from '../../../src/store/history.ts';
import type { Journal } from '../../../src/store/journal.ts';
import { ending, runId } from './run-record.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const day = 86_400_000;
const times = (endings: readonly { readonly endedAt: number }[]): number[] =>
  endings.map(({ endedAt }) => endedAt);

export function historyContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`the history on ${name}`, () => {
    let store: StoreUnderTest;
    let journal: Journal & { readonly history: History };
    beforeEach(async () => {
      store = await make();
      journal = await store.open();
    });
    afterEach(async () => {
      await journal.close();
      await store.dispose();
    });
    const all = (): Promise<readonly { readonly endedAt: number }[]> =>
      journal.history.endings({ subject: null, since: 0, limit: 100 });

    it('gives endings back as they were recorded, newest first, also after it was opened anew', async () => {
      const one = ending(5, { ordinal: 1 });
      const other = ending(9, { ordinal: 2, outcome: 'failed', worker: null, build: null });
      await journal.history.record([one, other]);
      await journal.close();
      journal = await store.open();
      expect(await all()).to.deep.equal([other, one]);
    });

    it('gives those of one builder or one worker, whatever its name, since a time and up to a limit', async () => {
      const names = ['a', 'a/b', 'a"b', 'a\0b', '__proto__'] as BuilderName[];
      await journal.history.record(
        names.flatMap((builder, index) =>
          [1, 2, 3].map((at) => ending(at * 10 + index, { builder, ordinal: at })),
        ),
      );
      for (const [index, builder] of names.entries()) {
        const subject = { of: 'builder', name: builder } as const;
        const found = await journal.history.endings({ subject, since: 20, limit: 100 });
        expect(times(found)).to.deep.equal([30 + index, 20 + index]);
      }
      const subject = { of: 'worker', name: 'debian-1' as WorkerName } as const;
      expect(times(await journal.history.endings({ subject, since: 0, limit: 2 }))).to.deep.equal([34, 33]);
    });

    it('counts by day, builder and worker', async () => {
      await journal.history.record([
        ending(1, { ordinal: 1 }),
        ending(2, { ordinal: 2, outcome: 'failed' }),
        ending(day - 1, { ordinal: 3 }),
        ending(day, { ordinal: 4, worker: null }),
      ]);
      const query = { from: '1970-01-01', to: '1970-01-02' };
      const first = { day: '1970-01-01', outcomes: { passed: 2, failed: 1 }, waited: 30, ran: 300 };
      expect(await journal.history.days({ of: 'worker', ...query })).to.deep.equal([
        { ...first, name: 'debian-1' },
      ]);
      expect(await journal.history.days({ of: 'builder', ...query })).to.deep.equal([
        { ...first, name: 'AMD64 Debian 3.x' },
        { day: '1970-01-02', name: 'AMD64 Debian 3.x', outcomes: { passed: 1 }, waited: 10, ran: 100 },
      ]);
      expect(
        await journal.history.days({ of: 'builder', from: '1970-01-02', to: '1970-01-02' }),
      ).to.have.length(1);
    });

    it('counts an ending once, however often it is recorded, alone or in company', async () => {
      await Promise.all(Array.from({ length: 20 }, () => journal.history.record([ending(1), ending(1)])));
      const [counted] = await journal.history.days({ of: 'builder', from: '1970-01-01', to: '1970-01-01' });
      expect(counted?.outcomes).to.deep.equal({ passed: 1 });
      expect(times(await all())).to.deep.equal([1]);
    });

    it('forgets endings before a time, and counters of days that are over by then', async () => {
      await journal.history.record(
        Array.from({ length: 450 }, (_, at) =>
          ending(at < 400 ? at : day + at, { ordinal: at, run: runId(at) }),
        ),
      );
      expect(await journal.history.forget(day + 10)).to.equal(400);
      expect(await all()).to.have.length(50);
      for (const of of ['builder', 'worker'] as const) {
        const counters = await journal.history.days({ of, from: '1970-01-01', to: '1970-01-09' });
        expect(counters.map((counter) => [counter.day, counter.outcomes.passed])).to.deep.equal([
          ['1970-01-02', 50],
        ]);
      }
      expect(await journal.history.forget(day + 10)).to.equal(0);
    });
  });
}
