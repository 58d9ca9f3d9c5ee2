// What every driver of the history must do with finished builds and their failures.

import { expect } from 'chai';
import type { BuilderName, WorkerName } from '../../../src/fleet/fleet.ts';
import type { History } from '../../../src/store/history.ts';
import type { Journal } from '../../../src/store/journal.ts';
import type { Scope, TallyRow } from '../../../src/store/tally.ts';
import { build, day, failure } from './build-sample.ts';
import type { StoreUnderTest } from './store-under-test.ts';

const other = 'ARM64 macOS 3.x' as BuilderName;
const everything: Scope = { branch: null, builder: null, worker: null };
const ids = (builds: readonly { readonly id: number }[]): number[] => builds.map(({ id }) => id);

export function buildsContract(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`the builds in the history on ${name}`, () => {
    let store: StoreUnderTest;
    let journal: Journal & { readonly history: History };
    let history: History;
    beforeEach(async () => {
      store = await make();
      journal = await store.open();
      history = journal.history;
    });
    afterEach(async () => {
      await journal.close();
      await store.dispose();
    });
    const tallies = (
      scope: Partial<Scope> = {},
      days: readonly [string, string] = ['1970-01-01', '1970-02-01'],
    ): Promise<readonly TallyRow[]> =>
      history.tallies({ scope: { ...everything, ...scope }, from: days[0], to: days[1] });
    const evidence = (at: number, keys: readonly string[] = ['f1:test_ssl']) =>
      history.evidence({ builder: build(1, 100).builder, project: 'cpython', branch: 'main', keys, at });

    it('gives builds back as they were recorded, newest first, page by page, also after it was opened anew', async () => {
      const green = build(1, 1_000);
      const red = build(2, 2_000, { failures: [failure()], doubt: 'the log is cut' });
      expect(await history.recordBuilds([red, green])).to.equal(2);
      await journal.close();
      journal = await store.open();
      history = journal.history;
      expect(await history.builds({ since: 0, which: 'all', limit: 10 })).to.deep.equal([red, green]);
      expect(await history.builds({ since: 0, which: 'failed', limit: 10 })).to.deep.equal([red]);
      expect(await history.builds({ since: 0, before: 2_000, which: 'all', limit: 10 })).to.deep.equal([
        green,
      ]);
      expect(await history.builds({ since: 1_500, which: 'all', limit: 10 })).to.deep.equal([red]);
    });

    it('counts a build once, however often it is recorded, alone or in company', async () => {
      const red = build(2, 2_000, { failures: [failure()] });
      const counts = await Promise.all(Array.from({ length: 9 }, () => history.recordBuilds([red, red])));
      expect(counts.reduce((sum, count) => sum + count, 0)).to.equal(1);
      const [all] = (await tallies()).filter((row) => row.of === 'all');
      expect([all?.tally.runs, all?.tally.failures, all?.tally.seen]).to.deep.equal([1, 1, 1]);
      expect(await history.knownBuilds([red, build(3, 2_000)])).to.deep.equal(new Set([2]));
    });

    it('tells builds of equal ids apart by their start: a master may begin anew', async () => {
      expect(await history.recordBuilds([build(1, 1_000), build(1, 9_000)])).to.equal(2);
    });

    it('finds failures by test, signature, key and incident, newest first', async () => {
      await history.recordBuilds([
        build(1, 1_000, { failures: [failure({ signature: 'FLK-1' })] }),
        build(2, 2_000, {
          failures: [failure({ testId: 'a/b"c', excuseKey: null, incident: 'i2' }), failure()],
        }),
      ]);
      const found = async (of: 'test' | 'signature' | 'key' | 'incident', wanted: string) =>
        ids((await history.failures({ of, name: wanted, since: 0, limit: 10 })).map(({ build: one }) => one));
      expect(await found('test', 'a/b"c')).to.deep.equal([2]);
      expect(await found('test', failure().testId ?? '')).to.deep.equal([2, 1]);
      expect(await found('signature', 'FLK-1')).to.deep.equal([1]);
      expect(await found('key', 'f1:test_ssl')).to.deep.equal([2, 1]);
      expect(await found('incident', 'i2')).to.deep.equal([2]);
      expect(await history.firstSeen('incident', ['i1', 'i2', 'i3'])).to.deep.equal(
        new Map([
          ['i1', 1_000],
          ['i2', 2_000],
        ]),
      );
    });

    it('counts one vote for each commit and builder, and says which commits passed and failed', async () => {
      const failures = [failure(), failure({ testId: 'test_os', cleared: true })];
      await history.recordBuilds([
        build(1, 1_000, { revision: 'a', failures }),
        build(2, 2_000, { revision: 'a' }),
        build(3, 3_000, { revision: 'a', builder: other }),
        build(4, 4_000, { revision: 'b' }),
        build(5, 5_000, { revision: 'b' }),
      ]);
      const rows = await tallies({ branch: 'main' });
      const row = (of: TallyRow['of'], called: string) =>
        rows.find((each) => each.of === of && each.name === called)?.tally;
      expect(row('all', '')).to.deep.include({
        runs: 3,
        failures: 1,
        seen: 2,
        cleared: 1,
        retested: 2,
        flipped: 1,
        cost: 100,
      });
      expect(row('test', 'test_os')).to.deep.include({ runs: 1, failures: 1, cleared: 1, cost: 50 });
      expect(row('builder', other)).to.deep.include({ runs: 1, failures: 0 });
      expect(row('worker', 'debian-1')).to.deep.include({ runs: 3, failures: 1 });
    });

    it('counts gate builds apart, repeats as cost alone, and builds of neither kind in no rate', async () => {
      const gate = { source: 'gate', role: 'vote' } as const;
      const ruled = failure({ class: 'known-flake', ruling: 'forgiven', signature: 'FLK-1' });
      await history.recordBuilds([
        build(1, 1_000, { ...gate, failures: [ruled] }),
        build(2, 2_000, { ...gate, role: 'measure', revision: 'r1' }),
        build(3, 3_000, { source: 'other', failures: [failure()] }),
        build(4, 4_000, { ...gate, judged: false }),
      ]);
      const rows = await tallies({ builder: 'AMD64 Debian 3.x' });
      expect(rows.find(({ of }) => of === 'all')?.tally).to.deep.include({
        runs: 0,
        gateRuns: 1,
        gateFailures: 1,
        seen: 2,
        classed: 1,
        forgiven: 1,
        retry: 100,
      });
      expect(rows.map(({ of }) => of)).not.to.include('builder');
      expect(ids(await history.builds({ since: 0, which: 'excused', limit: 9 }))).to.deep.equal([1]);
      expect(rows.find(({ of }) => of === 'signature')?.tally).to.deep.include({ forgiven: 1 });
      expect(await tallies({ builder: 'nobody' })).to.deep.equal([]);
    });

    it('gives counters by day, and of those days only', async () => {
      await history.recordBuilds([build(1, 1_000), build(2, day + 1), build(3, 3 * day)]);
      const days = async (from: string, to: string): Promise<string[]> =>
        (await tallies({ worker: 'debian-1' }, [from, to]))
          .filter(({ of }) => of === 'all')
          .map((row) => row.day);
      expect(await days('1970-01-01', '1970-01-31')).to.deep.equal([
        '1970-01-01',
        '1970-01-02',
        '1970-01-04',
      ]);
      expect(await days('1970-01-02', '1970-01-03')).to.deep.equal(['1970-01-02']);
    });

    it('knows of a key what the base builds of the builder and the landed commits say, at that moment', async () => {
      const at = 100 * day;
      const red = { failures: [failure()] };
      await history.recordBuilds([
        build(1, at - 13 * day, { ...red, builder: other, worker: 'mac' as WorkerName }),
        build(2, at - 3 * day, red),
        build(3, at - 2 * day),
        build(4, at - day, { ...red, source: 'gate', role: 'vote' }),
        build(5, at - day, { ...red, branch: '3.13' }),
        build(6, at - day + 1, { ...red, judged: false }),
        build(7, at + day, red),
      ]);
      const fleet = (failures: number) => ({ fleet: { failures, runs: 3 }, suspended: null });
      const { byKey } = await evidence(at, ['f1:test_ssl', 'f9:nothing']);
      expect(byKey).to.deep.equal({
        'f1:test_ssl': { redBase: 1, baseCommits: 2, failures: 1, runs: 2, ...fleet(2) },
        'f9:nothing': { redBase: 0, baseCommits: 0, failures: 0, runs: 2, ...fleet(0) },
      });
      expect((await evidence(at + day)).byKey['f1:test_ssl']).to.deep.include({ redBase: 1, failures: 2 });
    });

    it('suspends a key whose signature came far more often in the last day than before', async () => {
      const at = 100 * day;
      const named = (testId: string) => failure({ testId, excuseKey: `f1:${testId}`, signature: 'FLK-1' });
      const green = Array.from({ length: 150 }, (_, id) => build(id, at - 2 * day - id * 1_000));
      const red = (id: number, testId: string) => build(id, at - id, { failures: [named(testId)] });
      const key = 'f1:test_a';
      const suspended = async () => (await evidence(at, [key, 'f1:test_z'])).byKey[key]?.suspended;
      await history.recordBuilds([...green, red(201, 'test_a'), red(202, 'test_b')]);
      expect(await suspended()).to.equal(null);
      await history.recordBuilds([red(203, 'test_c'), red(204, 'test_d'), red(205, 'test_e')]);
      expect(await suspended()).to.equal(
        'FLK-1 failed on 5 of 5 runs of landed commits in 24 hours, and on 0 of 150 in the days before',
      );
      expect((await evidence(at + 3 * day, [key])).byKey[key]?.suspended).to.equal(null);
    });

    it('names as base of a control the newest commit that the builder finished, unless five others landed since', async () => {
      expect((await evidence(day)).base).to.equal(null);
      const elsewhere = (id: number) => build(id, id * 1_000, { builder: other });
      await history.recordBuilds([build(1, 1_000), build(2, 2_000), ...[3, 4, 5, 6, 7].map(elsewhere)]);
      expect((await evidence(day)).base).to.deep.equal({ revision: 'r2', branch: 'main' });
      await history.recordBuilds([elsewhere(8)]);
      expect((await evidence(day)).base).to.equal(null);
      expect((await evidence(7_500)).base).to.deep.equal({ revision: 'r2', branch: 'main' });
      expect((await evidence(day)).newestSeenAt).to.equal(7_900);
    });

    it('knows when the newest commit landed, also where an older build of it is recorded later', async () => {
      const newest = async (branch = 'main') => {
        const query = { builder: other, project: 'cpython', branch, keys: [], at: day };
        return (await history.evidence(query)).newestSeenAt;
      };
      await history.recordBuilds([build(9, 9_000, { revision: 'a' })]);
      expect(await newest()).to.equal(8_900);
      await history.recordBuilds([build(8, 8_000, { revision: 'a' }), build(10, 10_000, { revision: 'a' })]);
      expect(await newest()).to.equal(7_900);
      expect(await newest('3.13')).to.equal(null);
      await history.recordBuilds([build(11, 11_000, { revision: 'b', source: 'gate', role: 'vote' })]);
      expect(await newest()).to.equal(7_900);
    });

    it('forgets builds before a time with all that leads to them, and the counters of days that are over', async () => {
      const red = { failures: [failure({ signature: 'FLK-1' })] };
      await history.recordBuilds([
        ...Array.from({ length: 45 }, (_, id) => build(id, 1_000 + id, red)),
        build(99, 5 * day, red),
      ]);
      expect(await history.forget(4 * day)).to.equal(45);
      expect(ids(await history.builds({ since: 0, which: 'failed', limit: 100 }))).to.deep.equal([99]);
      expect(await history.failures({ of: 'signature', name: 'FLK-1', since: 0, limit: 100 })).to.have.length(
        1,
      );
      expect((await tallies()).filter(({ of }) => of === 'all').map((row) => row.day)).to.deep.equal([
        '1970-01-06',
      ]);
      expect((await evidence(9 * day)).byKey['f1:test_ssl']).to.deep.include({ baseCommits: 1, runs: 1 });
      expect((await evidence(2 * day)).newestSeenAt).to.equal(null);
      expect(await history.forget(4 * day)).to.equal(0);
      expect(await history.recordBuilds([build(3, 1_003, red)])).to.equal(1);
    });

    it('forgets the oldest tenth when it has grown too large, and nothing before', async () => {
      const words = Array.from({ length: 20 }, (_, nth) =>
        failure({ testId: `test_${nth}`, message: 'm'.repeat(300) }),
      );
      await history.recordBuilds(
        Array.from({ length: 50 }, (_, nth) => build(nth, nth * day + 1_000, { failures: words })),
      );
      // What was written last counts once it is in a file, which opening the store anew brings about.
      await journal.close();
      journal = await store.open();
      history = journal.history;
      expect(await history.trim(1024 ** 3)).to.equal(0);
      expect(await history.trim(1_000)).to.equal(5);
      const left = await history.builds({ since: 0, which: 'all', limit: 100 });
      expect([left.length, left.at(-1)?.id]).to.deep.equal([45, 5]);
    });

    it('keeps notes', async () => {
      expect(await history.note('import')).to.equal(null);
      await history.setNote('import', 'as far as 7');
      expect(await history.note('import')).to.equal('as far as 7');
    });
  });
}
