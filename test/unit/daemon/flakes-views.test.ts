// What people see of failures over time, over a real store.

import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFlakesViews } from '../../../src/daemon/flakes-views.ts';
import type { BuilderName } from '../../../src/fleet/fleet.ts';
import { openLevelJournal } from '../../../src/store/level/open-level-journal.ts';
import type { Store } from '../../../src/store/store.ts';
import type { FlakesViews } from '../../../src/views/flakes.ts';
import { build, day, failure } from '../../contract/store/build-sample.ts';

const everything = { window: 14 * day, branch: null, builder: null, worker: null };
const debian = 'AMD64 Debian 3.x' as BuilderName;

describe('the views on failures over a store', () => {
  let path: string;
  let store: Store;
  let views: FlakesViews;
  const now = Date.now();
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'gearbridge-flakes-'));
    store = await openLevelJournal({ path, manager: 'gate.example.org' });
    views = createFlakesViews({
      history: store.history,
      buildbotUrl: 'http://buildbot.example.org',
      knowledge: () => ({ fleet: [{ id: 5, name: debian, tags: [], workers: [] }] }),
      importer: { look: () => Promise.reject(new Error('not asked here')) },
      draft: ({ failure: one }) => `match: ${one.kind}`,
      findings: () => null,
    });
  });
  afterEach(async () => {
    await store.close();
    await rm(path, { recursive: true });
  });

  it('report rates, what is explained, and what was excused and then broke on the branch', async () => {
    const excused = failure({ class: 'known-flake', signature: 'FLK-1', ruling: 'forgiven' });
    await store.history.recordBuilds([
      build(1, now - 40 * day, { failures: [failure({ signature: 'FLK-1' })] }),
      build(2, now - 3 * day),
      build(3, now - 2 * day, { source: 'gate', role: 'vote', failures: [excused] }),
      build(4, now - day, { failures: [failure({ signature: 'FLK-1' })] }),
      build(5, now - day + 1, { failures: [failure({ signature: 'FLK-1' })] }),
    ]);
    const report = await views.report({ ...everything, branch: 'main', top: 10 });
    expect(report.builds).to.deep.include({ failures: 2, runs: 3, small: true });
    expect(report.gate).to.deep.equal({ failures: 1, runs: 1 });
    expect(report.classified).to.deep.include({ count: 1, of: 3 });
    expect(report.falsely_excused).to.deep.include({ count: 1, of: 1, rate: 1 });
    const [signature] = report.rows;
    expect(signature).to.deep.include({ of: 'signature', name: 'FLK-1', failures: 2, runs: 3, forgiven: 1 });
    // First seen counts from all that is kept.
    expect(signature?.first_seen).to.equal(new Date(now - 40 * day).toISOString().slice(0, 10));
    expect((await views.report({ ...everything, branch: '3.13', top: 10 })).rows).to.deep.equal([]);
  });

  it('report how long failed votes waited for their verdict, by the median', async () => {
    const vote = { source: 'gate', role: 'vote', failures: [failure()] } as const;
    const waited = (id: number, seconds: number) =>
      build(id, now - id * 1_000, { ...vote, decidedAt: now - id * 1_000 + seconds * 1_000 });
    await store.history.recordBuilds([
      ...[waited(1, 90), waited(2, 30), waited(3, 600)],
      build(4, now - 4_000, vote),
      { ...waited(5, 7_000), role: 'measure' },
    ]);
    const report = await views.report({ ...everything, top: 10 });
    expect(report.to_verdict).to.deep.equal({ median_seconds: 90, of: 3 });
    expect((await views.report({ ...everything, branch: '3.13', top: 10 })).to_verdict).to.equal(null);
  });

  it('show what is kept under a key, a test or a signature', async () => {
    await store.history.recordBuilds([
      build(1, now - day, { failures: [failure()] }),
      build(2, now, { failures: [failure({ message: '\u001b[2J' })] }),
    ]);
    const flake = await views.show('f1:test_ssl');
    expect(flake).to.deep.include({ of: 'key', count: 2, commits: 2 });
    expect(flake?.failures[0]).to.deep.include({
      message: '\\x1b[2J',
      url: 'http://buildbot.example.org/#/builders/5/builds/2',
    });
    expect((await views.show('test_ssl.NetworkedTests.test_connect'))?.of).to.equal('test');
    expect(await views.show('nothing')).to.equal(null);
  });

  it('find what nothing explains by cause, and a text anywhere, in many builds of one moment too', async () => {
    const many = Array.from({ length: 700 }, (_, id) =>
      build(id, now - 5_000 - (id % 300), {
        failures: [failure({ incident: `i${id % 2}`, message: id % 2 === 0 ? 'disk' : 'other words' })],
      }),
    );
    const known = failure({ class: 'known-flake', testId: 'test_needle' });
    await store.history.recordBuilds([...many, build(900, now, { builder: debian, failures: [known] })]);
    const { groups, unclassified, complete } = await views.unclassified(everything);
    expect(groups.map(({ group, count }) => [group, count])).to.deep.equal([
      ['i0', 350],
      ['i1', 350],
    ]);
    expect([unclassified.count, unclassified.of, complete]).to.deep.equal([700, 701, true]);
    expect(groups[0]?.draft).to.equal('match: test-failure');
    const found = await views.search({ ...everything, text: 'NEEDLE' });
    expect(found.failures.map((one) => one.test_id)).to.deep.equal(['test_needle']);
    expect(found.complete).to.equal(true);
    const disks = await views.search({ ...everything, text: 'disk' });
    expect([disks.failures.length, disks.complete]).to.deep.equal([200, false]);
    expect((await views.search({ ...everything, worker: 'nobody', text: 'disk' })).failures).to.deep.equal(
      [],
    );
  });

  it('hand out every failure of the past once, page by page, for a signature to be tried on', async () => {
    const many = Array.from({ length: 620 }, (_none, at) =>
      build(at + 1, now - Math.floor(at / 7) * 1_000, { failures: [failure()] }),
    );
    const passed = build(900, now - 5, { results: 0, failures: [failure(), failure({ cleared: true })] });
    await store.history.recordBuilds([
      ...many,
      passed,
      build(901, now - 40 * day, { failures: [failure()] }),
    ]);
    const first = await views.past({ window: 14 * day, before: null });
    const second = await views.past({ window: 14 * day, before: first.next });
    const builds = [...first.failures, ...second.failures].map((one) => one.build);

    expect(new Set(builds).size).to.equal(621);
    expect(second.next).to.equal(null);
    const odd = first.failures.filter((one) => one.build.startsWith('900 '));
    expect(odd.map((one) => one.passed)).to.deep.equal([true, false]);
  });
});
