// What every driver of the journal must do. A driver's test file calls it with what makes a fresh, empty store.

import { expect } from 'chai';
import type { JobNumber } from '../../../src/gate/ids.ts';
import type { Run } from '../../../src/gate/run.ts';

import { StoreError } from '../../../src/store/store-error.ts';
import type { Store } from '../../../src/store/store.ts';
import { runId, runRecord } from './run-record.ts';
import type { OpenWish, StoreUnderTest } from './store-under-test.ts';

const open = { joinable: true, open: true };
const closed = { joinable: false, open: false };
const arrivals = (runs: readonly Run[]): number[] => runs.map(({ arrival }) => arrival);

/** Where stores are shared, who writes on must have taken over the runs of the one before. */
async function takeOver({ sharing }: Store): Promise<void> {
  for (const lease of (await sharing?.leases()) ?? []) await sharing?.claim(lease, false);
}

/** What the promise was rejected with; fails where it was not rejected with a StoreError. */
export async function refusal(promise: Promise<unknown>): Promise<StoreError> {
  const [result] = await Promise.allSettled([promise]);
  if (result.status === 'fulfilled')
    throw new Error(`expected a StoreError, got ${JSON.stringify(result.value)}`);
  expect(result.reason).to.be.instanceOf(StoreError);
  return result.reason as StoreError;
}

export function journalContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`the journal on ${name}`, () => {
    let store: StoreUnderTest;
    let journal: Store;
    const reopen = async (wish: OpenWish = {}): Promise<void> => {
      await journal.close();
      journal = await store.open(wish);
    };
    beforeEach(async () => {
      store = await make();
      journal = await store.open();
    });
    afterEach(async () => {
      await journal.close();
      await store.dispose();
    });

    describe('keeping runs', () => {
      it('gives a run back as it was written, by id and by number, also after it was opened anew (rule 1.5)', async () => {
        const run = runRecord(1, { bytes: 1000, numbers: ['a', 'b'] });
        expect(await journal.write(run, open)).to.deep.equal({ kind: 'written' });
        for (const opened of ['before', 'after']) {
          if (opened === 'after') await reopen();
          expect(await journal.run(run.id)).to.deep.equal(run);
          expect(await journal.byNumber('b' as JobNumber)).to.deep.equal(run);
        }
      });

      it('knows nothing of what was never written', async () => {
        expect(await journal.run(runId(9))).to.equal(null);
        expect(await journal.byNumber('n9' as JobNumber)).to.equal(null);
        expect(await journal.open()).to.deep.equal([]);
        expect(await journal.list({ limit: 10 })).to.deep.equal([]);
      });

      it('keeps the state of the moment of the call, whatever becomes of the object', async () => {
        const leftBehind = ['a'];
        const writing = journal.write({ ...runRecord(1), leftBehind }, open);
        leftBehind.push('b');
        await writing;
        expect((await journal.run(runId(1)))?.leftBehind).to.deep.equal(['a']);
      });

      it('keeps the last of many writes of one run, in the order of the calls', async () => {
        await Promise.all(
          Array.from({ length: 50 }, (_, age) => journal.write({ ...runRecord(1), age }, open)),
        );
        expect((await journal.run(runId(1)))?.age).to.equal(49);
      });

      it('gives the open runs at the start, by arrival, and not those written as closed (rule 1.5)', async () => {
        for (const arrival of [12, 3, 100, 7]) await journal.write(runRecord(arrival), open);
        await journal.write(runRecord(7), closed);
        await reopen();
        expect(arrivals(await journal.open())).to.deep.equal([3, 12, 100]);
      });

      it('finds a job by a number of 63 characters, and loses it when the run has it no more', async () => {
        const number = 'x'.repeat(63);
        await journal.write(runRecord(1, { numbers: [number] }), open);
        expect((await journal.byNumber(number as JobNumber))?.id).to.equal(runId(1));
        await journal.write(runRecord(1, { numbers: ['other'] }), open);
        expect(await journal.byNumber(number as JobNumber)).to.equal(null);
      });

      it('keeps an old number for its first run, until that is forgotten (rule 1.1)', async () => {
        await journal.write(runRecord(1, { numbers: ['same'], changedAt: 5 }), closed);
        await journal.write(runRecord(2, { numbers: ['same', 'new'] }), open);
        expect((await journal.byNumber('same' as JobNumber))?.id).to.equal(runId(1));
        expect((await journal.byNumber('new' as JobNumber))?.id).to.equal(runId(2));
        await journal.forget(6);
        await journal.write(runRecord(2, { numbers: ['same', 'new'] }), open);
        expect((await journal.byNumber('same' as JobNumber))?.id).to.equal(runId(2));
      });

      it('refuses a record that could not be sorted, for good', async () => {
        const error = await refusal(journal.write(runRecord(1.5, { id: runId(1) }), open));
        expect([error.code, error.retry]).to.deep.equal(['bad-record', 'permanent']);
      });

      it('proves that it takes writes', async () => {
        await journal.probe();
      });
    });

    describe('admitting content keys', () => {
      it('admits a key once, and says by whom it is held (rule 1.5)', async () => {
        await journal.write(runRecord(1, { key: 'k' }), open);
        expect(await journal.write(runRecord(2, { key: 'k' }), open)).to.deep.equal({
          kind: 'key-taken',
          by: runId(1),
        });
        expect(await journal.run(runId(2))).to.equal(null);
        expect(await journal.byNumber('n2' as JobNumber)).to.equal(null);
      });

      it('admits one of many that come at once, the first (rule 1.5)', async () => {
        const outcomes = await Promise.all(
          [1, 2, 3, 4].map((arrival) => journal.write(runRecord(arrival, { key: 'k' }), open)),
        );
        expect(outcomes.map(({ kind }) => kind)).to.deep.equal([
          'written',
          'key-taken',
          'key-taken',
          'key-taken',
        ]);
        expect(arrivals(await journal.open())).to.deep.equal([1]);
      });

      it('admits it again when the holder can be joined no more, also in the same moment (rule 1.5)', async () => {
        await journal.write(runRecord(1, { key: 'k' }), open);
        const [left, taken] = await Promise.all([
          journal.write(runRecord(1, { key: 'k' }), { joinable: false, open: true }),
          journal.write(runRecord(2, { key: 'k' }), open),
        ]);
        expect([left.kind, taken.kind]).to.deep.equal(['written', 'written']);
        expect((await journal.write(runRecord(1, { key: 'k' }), open)).kind).to.equal('key-taken');
      });

      it('remembers the holder after it was opened anew (rule 1.5)', async () => {
        await journal.write(runRecord(1, { key: 'k' }), { joinable: true, open: false });
        await reopen();
        expect((await journal.write(runRecord(2, { key: 'k' }), open)).kind).to.equal('key-taken');
      });

      it('lets the holder write on, and tells keys apart that differ in half a surrogate pair (rule 1.5)', async () => {
        await journal.write(runRecord(1, { key: '\ud800' }), open);
        expect((await journal.write(runRecord(1, { key: '\ud800' }), open)).kind).to.equal('written');
        expect((await journal.write(runRecord(2, { key: '\ud801' }), open)).kind).to.equal('written');
      });

      it('admits any number of runs without a key (rule 2.6)', async () => {
        await journal.write(runRecord(1, { key: null }), open);
        expect((await journal.write(runRecord(2, { key: null }), open)).kind).to.equal('written');
      });
    });

    describe('listing and forgetting', () => {
      it('lists newest first, page by page', async () => {
        for (const arrival of [2, 30, 4, 1000, 5]) await journal.write(runRecord(arrival), open);
        const first = await journal.list({ limit: 2 });
        expect(arrivals(first)).to.deep.equal([1000, 30]);
        expect(arrivals(await journal.list({ limit: 2, before: 30 }))).to.deep.equal([5, 4]);
        expect(arrivals(await journal.list({ limit: 9, before: 4 }))).to.deep.equal([2]);
      });

      it('forgets what is closed and older, with its numbers and key, and nothing else (rule 9.7)', async () => {
        await journal.write(runRecord(1, { changedAt: 10, key: 'k' }), { joinable: true, open: false });
        await journal.write(runRecord(2, { changedAt: 20 }), closed);
        await journal.write(runRecord(3, { changedAt: 5 }), open);
        expect(await journal.forget(20)).to.equal(1);
        expect(await journal.run(runId(1))).to.equal(null);
        expect(await journal.byNumber('n1' as JobNumber)).to.equal(null);
        expect(arrivals(await journal.list({ limit: 9 }))).to.deep.equal([3, 2]);
        expect((await journal.write(runRecord(4, { key: 'k' }), open)).kind).to.equal('written');
      });

      it('drops one run that is not open, with its numbers and key', async () => {
        await journal.write(runRecord(1, { changedAt: 10, key: 'k' }), closed);
        await journal.write(runRecord(2), open);
        expect(await journal.drop(runId(2))).to.equal(false);
        expect(await journal.drop(runId(1))).to.equal(true);
        expect(await journal.drop(runId(1))).to.equal(false);
        expect(await journal.byNumber('n1' as JobNumber)).to.equal(null);
        expect(arrivals(await journal.list({ limit: 9 }))).to.deep.equal([2]);
      });

      it('forgets hundreds in one call, and finds none the second time (rule 9.7)', async () => {
        await Promise.all(
          Array.from({ length: 250 }, (_, at) => journal.write(runRecord(at, { changedAt: at }), closed)),
        );
        expect(await journal.forget(240)).to.equal(240);
        expect(await journal.forget(240)).to.equal(0);
        expect((await journal.list({ limit: 500 })).length).to.equal(10);
      });

      it('does not forget a run that was opened again or changed since (rule 9.7)', async () => {
        await journal.write(runRecord(1, { changedAt: 1 }), closed);
        await journal.write(runRecord(2, { changedAt: 1 }), closed);
        await journal.write(runRecord(1, { changedAt: 1 }), open);
        await journal.write(runRecord(2, { changedAt: 50 }), closed);
        expect(await journal.forget(40)).to.equal(0);
      });
    });

    describe('a damaged record', () => {
      it('is named and hinders no other run at the start (rule 1.5)', async () => {
        for (const arrival of [1, 2, 3]) await journal.write(runRecord(arrival), open);
        await journal.close();
        await store.damage(runId(2));
        journal = await store.open();
        expect(arrivals(await journal.open())).to.deep.equal([1, 3]);
        expect(arrivals(await journal.list({ limit: 2 }))).to.deep.equal([3, 1]);
        expect(journal.broken().map(({ key }) => key)).to.deep.equal([`run/${runId(2)}`]);
      });

      it('is refused with its key when it is asked for', async () => {
        await journal.write(runRecord(2), open);
        await journal.close();
        await store.damage(runId(2));
        journal = await store.open();
        const error = await refusal(journal.run(runId(2)));
        expect([error.code, error.retry]).to.deep.equal(['broken-record', 'permanent']);
        expect(error.message).to.contain(`run/${runId(2)}`);
      });

      it('can be written again', async () => {
        await journal.write(runRecord(2), open);
        await journal.close();
        await store.damage(runId(2));
        journal = await store.open();
        await takeOver(journal);
        await journal.write(runRecord(2), open);
        expect(await journal.run(runId(2))).to.deep.equal(runRecord(2));
      });
    });
  });
}
