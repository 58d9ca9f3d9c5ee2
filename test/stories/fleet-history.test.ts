// What lands on a real master becomes history: imported from before the daemon watched, followed from then on, and reported.

import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import type { FlakesReport, FlakesRow, FlakeView, ImportView } from '../../src/views/flakes.ts';
import { land } from '../landed.ts';
import { until } from '../until.ts';
import { makeGate, type Gate } from './gate.ts';

const builder = 'AMD64 Debian 3.x';
const jobs = `
  - { name: landed, project: cpython, builders: { names: ["${builder}"] }, policy: gate }`;

describe('what lands', function () {
  this.timeout(240_000);
  let buildbot: Buildbot;
  let gate: Gate;

  before(async () => {
    buildbot = await startBuildbot({ workers: 'local' });
    // No job comes in this story: the Gearman server may be away.
    gate = await makeGate({ buildbot, gearman: ['127.0.0.1:9'], jobs });
  });
  after(async () => {
    await gate.close();
    await buildbot.stop();
  });

  const read = async <Document>(path: string): Promise<Document> =>
    JSON.parse((await gate.get(`/api/v1/flakes${path}`)).body) as Document;
  const finished = (count: number): Promise<unknown> =>
    until(
      async () => {
        const answer = await fetch(`${buildbot.api}/builds?complete=true&field=buildid&field=complete`);
        const { builds } = (await answer.json()) as { builds: unknown[] };
        return builds.length >= count;
      },
      { within: 120_000, what: `${count} builds to be finished` },
    );
  const testRow = async (): Promise<FlakesRow | undefined> =>
    (await read<FlakesReport>('?branch=main&since=2d')).rows.find(({ of }) => of === 'test');

  it('is imported with its failures, followed after a restart, and reported with runs', async () => {
    await land(buildbot, { builder, revision: 'a'.repeat(40), scenario: 'fail-new' });
    await land(buildbot, { builder, revision: 'b'.repeat(40) });
    await land(buildbot, { builder, revision: 'c'.repeat(40), branch: 'refs/pull/7/merge' });
    await finished(3);
    await gate.start();
    await until(async () => (await gate.post('/api/v1/flakes/import', { since: '1d' })).status === 201, {
      within: 60_000,
      what: 'the daemon to begin an import',
    });
    const imported = await until(
      async () => {
        const view = await read<ImportView>('/import');
        return view.state !== 'running' && view;
      },
      { within: 60_000, what: 'the import to be done' },
    );
    expect(imported).to.include({ state: 'done', why: '', builds: 3, unread: 0 });
    const row = await testRow();
    expect(row).to.deep.include({ failures: 1, runs: 2, small: true });
    const flake = await read<FlakeView>(`/show?name=${encodeURIComponent(row?.name ?? '')}`);
    expect(flake).to.deep.include({ of: 'test', commits: 1, builders: [{ name: builder, failures: 1 }] });
    expect(flake.failures[0]?.revision).to.equal('a'.repeat(40));
    expect((await gate.get('/flakes?branch=main')).body).to.contain(row?.name);

    expect(await gate.stop()).to.contain('0');
    await land(buildbot, { builder, revision: 'd'.repeat(40), scenario: 'fail-new' });
    await finished(4);
    await gate.start();
    const followed = await until(
      async () => {
        const now = await testRow();
        return now?.failures === 2 && now;
      },
      { within: 60_000, what: 'the daemon to record what landed meanwhile' },
    );
    expect(followed).to.deep.include({ name: row?.name, runs: 3 });
  });
});
