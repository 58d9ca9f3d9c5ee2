// What every driver that several instances may share must do for them.

import { expect } from 'chai';
import type { RunId } from '../../../src/gate/ids.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Lease, Sharing } from '../../../src/store/sharing.ts';
import { runId, runRecord } from './run-record.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const open = { joinable: true, open: true };
const closed = { joinable: false, open: false };

export function sharingContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`instances that share a store on ${name}`, () => {
    let place: StoreUnderTest;
    let one: Store;
    let other: Store;
    beforeEach(async () => {
      place = await make();
      [one, other] = await Promise.all([place.open(), place.open()]);
    });
    afterEach(async () => {
      await Promise.all([one.close(), other.close()]);
      await place.dispose();
    });
    const shared = ({ sharing }: Store): Sharing => {
      if (sharing === null) throw new Error('the store says that it cannot be shared');
      return sharing;
    };
    const leaseOf = async (run: RunId): Promise<Lease> => {
      const lease = (await shared(one).leases()).find((each) => each.run === run);
      if (lease === undefined) throw new Error(`nobody holds ${run}`);
      return lease;
    };

    it('let a run be written by its holder alone, and say who that is (rule 9.9)', async () => {
      await one.write(runRecord(1), open);
      expect(await other.write({ ...runRecord(1), age: 7 }, open)).to.deep.equal({
        kind: 'not-held',
        by: shared(one).self,
      });
      expect((await one.run(runId(1)))?.age).to.equal(0);
      expect([await shared(one).holds(runId(1)), await shared(other).holds(runId(1))]).to.deep.equal([
        true,
        false,
      ]);
    });

    it('refuse every write of a holder whose run was claimed, also one under way at that moment (rule 9.9)', async () => {
      await one.write(runRecord(1), open);
      const before = await leaseOf(runId(1));
      const [claimed, ...writes] = await Promise.all([
        shared(other).claim(before, false),
        ...[1, 2, 3].map((age) => one.write({ ...runRecord(1), age }, open)),
      ]);
      const lease = await leaseOf(runId(1));
      expect(claimed?.token).to.equal(before.token + 1);
      expect([lease.holder, lease.token]).to.deep.equal([shared(other).self, before.token + 1]);
      expect((await one.write(runRecord(1), open)).kind).to.equal('not-held');
      expect((await other.write({ ...runRecord(1), age: 9 }, open)).kind).to.equal('written');
      const kept = writes.filter(({ kind }) => kind === 'written').length;
      expect(lease.version).to.equal(before.version + kept + 1);
    });

    it('give a run to one of many that claim it, and to none that knows an old holder (rule 9.9)', async () => {
      await one.write(runRecord(1), open);
      const lease = await leaseOf(runId(1));
      const claims = await Promise.all([lease, lease, lease].map((each) => shared(other).claim(each, false)));
      expect(claims.filter(Boolean)).to.have.length(1);
      expect(await shared(one).claim(lease, false)).to.equal(null);
    });

    it('count the holders that fell over a run, however often it is written between (rule 9.9)', async () => {
      await one.write(runRecord(1), open);
      const falls: (number | undefined)[] = [];
      for (const [store, fell] of [
        [other, true],
        [one, true],
        [other, false],
        [one, true],
      ] as const) {
        falls.push((await shared(store).claim(await leaseOf(runId(1)), fell))?.falls);
        await store.write(runRecord(1), open);
      }
      expect(falls).to.deep.equal([1, 2, 2, 3]);
    });

    it('see a version grow with each write of a run, and no lease once it is closed', async () => {
      await one.write(runRecord(1), open);
      await one.write(runRecord(1), open);
      expect((await shared(other).leases()).map(({ version }) => version)).to.deep.equal([2]);
      await one.write(runRecord(1), closed);
      expect(await shared(other).leases()).to.deep.equal([]);
    });

    it('refuse the late write of a holder whose run was taken over and closed meanwhile (rule 9.9)', async () => {
      await one.write(runRecord(1), open);
      await shared(other).claim(await leaseOf(runId(1)), false);
      const ended = { ...runRecord(1), age: 5, changedAt: 2_000 };
      await other.write(ended, closed);
      await other.write(runRecord(2, { key: ended.key }), open);
      for (const place of [open, closed])
        expect(await one.write({ ...runRecord(1), age: 9 }, place)).to.deep.equal({
          kind: 'not-held',
          by: shared(other).self,
        });
      expect(await one.run(runId(1))).to.deep.equal(ended);
      expect((await shared(one).leases()).map(({ run }) => run)).to.deep.equal([runId(2)]);
      expect((await other.write(ended, closed)).kind).to.equal('written');
    });

    it('open a closed run again by whoever knows how it was closed, once (rule 9.8)', async () => {
      await one.write(runRecord(1), open);
      const ended = { ...runRecord(1), changedAt: 2_000 };
      await one.write(ended, closed);
      const reopening = { ...open, reopens: ended.changedAt };
      expect((await other.write({ ...ended, changedAt: 3_000 }, reopening)).kind).to.equal('written');
      expect((await other.write({ ...ended, changedAt: 3_000 }, closed)).kind).to.equal('written');
      expect((await one.write({ ...ended, changedAt: 4_000 }, reopening)).kind).to.equal('not-held');
    });

    it('see one another beat, until one leaves', async () => {
      await Promise.all([shared(one).beat(), shared(other).beat()]);
      const first = await shared(one).beats();
      expect([...first.keys()].sort()).to.deep.equal([shared(one).self, shared(other).self].sort());
      await shared(other).beat();
      const second = await shared(one).beats();
      expect(second.get(shared(other).self)).not.to.equal(first.get(shared(other).self));
      expect(second.get(shared(one).self)).to.equal(first.get(shared(one).self));
      await shared(other).leave(shared(other).self);
      expect([...(await shared(one).beats()).keys()]).to.deep.equal([shared(one).self]);
    });

    it('send letters to the holder of a run or to an instance, in order, until they are thrown away', async () => {
      const box = { to: 'run', run: runId(3) } as const;
      for (const nth of [1, 2, 3]) await shared(one).send(box, { nth });
      await shared(one).send({ to: 'instance', instance: shared(other).self }, { hello: '/-"' });
      const letters = await shared(other).letters();
      const toRun = letters.filter((letter) => letter.box.to === 'run');
      expect(toRun.map(({ body }) => body)).to.deep.equal([{ nth: 1 }, { nth: 2 }, { nth: 3 }]);
      expect(toRun[0]).to.deep.include({ box, from: shared(one).self });
      const mine = letters.filter((letter) => letter.box.to === 'instance');
      expect(mine).to.have.length(1);
      expect(mine[0]).to.deep.include({ body: { hello: '/-"' } });
      expect(mine[0]?.box).to.deep.equal({ to: 'instance', instance: shared(other).self });
      await shared(other).discard(letters.map(({ key }) => key));
      expect(await shared(one).letters()).to.deep.equal([]);
    });

    it('have so many slots together and no more, whoever asks first (rule 2.5)', async () => {
      await Promise.all([1, 3].map((at) => one.write(runRecord(at), open)));
      await Promise.all([2, 4].map((at) => other.write(runRecord(at), open)));
      const asked = await Promise.all([
        ...[1, 3].map((at) => shared(one).reserve(runId(at), 2)),
        ...[2, 4].map((at) => shared(other).reserve(runId(at), 2)),
      ]);
      expect(asked.filter(Boolean)).to.have.length(2);
    });

    it('keep a slot until it is released or its run is over, and give none to a run that is not written (rule 2.5)', async () => {
      const slot = (store: Store, at: number) => shared(store).reserve(runId(at), 1);
      expect(await slot(one, 1)).to.equal(false);
      await one.write(runRecord(1), open);
      await other.write(runRecord(2), open);
      expect([await slot(one, 1), await slot(one, 1), await slot(other, 2)]).to.deep.equal([
        true,
        true,
        false,
      ]);
      await shared(one).release(runId(1));
      expect([await slot(other, 2), await slot(one, 1)]).to.deep.equal([true, false]);
      await other.write(runRecord(2), closed);
      expect(await slot(one, 1)).to.equal(true);
    });
  });
}
