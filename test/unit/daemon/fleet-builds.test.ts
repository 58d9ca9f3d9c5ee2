// Builds of the fleet into the history: what is recorded, followed and imported, over a master that is a list and a real store.

import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildbotError } from '../../../src/buildbot/buildbot-error.ts';
import type { Hint } from '../../../src/buildbot/master.ts';
import { createFleetHistory } from '../../../src/daemon/fleet-history.ts';
import { createFollowBuilds } from '../../../src/daemon/follow-builds.ts';
import { createImporter, type Importer } from '../../../src/daemon/import-builds.ts';
import type { BuildId } from '../../../src/gate/ids.ts';
import type { BuildRecord } from '../../../src/store/build-record.ts';
import { openLevelJournal } from '../../../src/store/level/open-level-journal.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Log } from '../../../src/observe/log.ts';
import { until } from '../../until.ts';
import { aMaster, definition, docs, fleet, listed, reading } from './a-fleet-master.ts';

const quiet = (): void => undefined;
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => log };

describe('builds of the fleet', () => {
  let path: string;
  let store: Store;
  let world: ReturnType<typeof aMaster>;
  let now: number;
  const read = { count: 0, error: null as Error | null };
  const stopped = { is: false };
  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'gearbridge-fleet-'));
    store = await openLevelJournal({ path, manager: 'gate.example.org' });
    world = aMaster();
    now = 0;
    Object.assign(read, { count: 0, error: null });
    stopped.is = false;
  });
  afterEach(async () => {
    stopped.is = true;
    await store.close();
    await rm(path, { recursive: true });
  });

  const aFleet = () =>
    createFleetHistory({
      config: () => ({
        jobs: [definition],
        fleet: { stability: { stable: [], unstable: [] }, platforms: { linux: ['*Debian*'] } },
      }),
      fleet: () => fleet,
      master: world.master,
      history: store.history,
      read: async () => {
        read.count += 1;
        if (read.error !== null) throw read.error;
        return reading;
      },
      pause: async () => undefined,
    });
  const aFollower = () =>
    createFollowBuilds({
      master: world.master,
      history: store.history,
      fleet: aFleet(),
      importedUpTo: () => anImporter().upTo(),
      ready: () => true,
      stopping: () => stopped.is,
      mono: () => now,
      log,
    });
  const anImporter = (): Importer =>
    createImporter({
      master: world.master,
      history: store.history,
      fleet: aFleet(),
      ready: () => true,
      stopping: () => stopped.is,
      pause: () => new Promise((resolve) => setImmediate(resolve)),
      log,
    });
  const kept = async (): Promise<readonly BuildRecord[]> =>
    store.history.builds({ since: 0, which: 'all', limit: 2_000 });
  const keptIds = async (): Promise<number[]> => (await kept()).map(({ id }) => id).sort((a, b) => a - b);
  const finishedHint = (id: number): Hint => ({
    kind: 'build',
    build: id as BuildId,
    request: null,
    finished: true,
    grew: false,
    seen: null,
    step: null,
  });

  it('are base builds where nobody forced them and they are of the branch itself', async () => {
    await aFleet().record(
      [
        listed(1),
        listed(2, { forced: true }),
        listed(3, { branch: 'refs/pull/7/merge' }),
        listed(4, { branch: '' }),
        listed(5, { gated: true }),
        listed(6, { builder: docs }),
        listed(7, { completeAt: null, results: null }),
        listed(8, { builder: null }),
      ],
      () => false,
    );
    const sources = (await kept()).map(({ id, source }) => `${id} ${source}`);
    expect(sources.sort()).to.deep.equal(['1 base', '2 other', '3 other', '4 other']);
    expect((await kept()).find(({ id }) => id === 1)).to.include({
      project: 'cpython',
      platform: 'linux',
      judged: true,
      completeAt: 2_001_000,
    });
    expect(read.count).to.equal(0);
  });

  it('are read where they failed, warned or broke, and judge only where the tests ran', async () => {
    const builds = ([0, 1, 2, 4, 6] as const).map((results) =>
      listed(results + 1, { results, checkedOut: false }),
    );
    const done = await aFleet().record(builds, () => false);
    expect(done).to.deep.equal({ builds: 5, failures: 3, unread: 0 });
    expect(read.count).to.equal(3);
    const judged = (await kept()).filter((build) => build.judged).map(({ results }) => results);
    expect(judged.sort()).to.deep.equal([0, 1, 2]);
    expect((await kept()).find(({ results }) => results === 2)?.failures[0]?.message).to.have.length(300);

    world.given.test = null;
    await aFleet().record(
      [listed(21, { results: 1 }), listed(22, { results: 2, checkedOut: false })],
      () => false,
    );
    expect((await kept()).filter(({ id, judged: is }) => id > 20 && is)).to.deep.equal([]);
  });

  it('are read once, and one that cannot be read does not hold up the others for ever', async () => {
    const recorder = aFleet();
    const red = [listed(1, { results: 2 }), listed(2, { results: 2 })];
    const answered = {
      retry: 'transient',
      fault: 'status',
      method: 'GET',
      path: 'logs/1',
      sent: true,
    } as const;
    read.error = new BuildbotError({ ...answered, status: 500, why: 'boom' });
    for (const nth of [1, 2]) {
      const [outcome] = await Promise.allSettled([recorder.record(red, () => false)]);
      expect(outcome.status, `try ${nth}`).to.equal('rejected');
    }
    const third = await Promise.allSettled([recorder.record(red, () => false)]);
    expect(third[0].status).to.equal('rejected');
    expect((await kept()).map(({ id, doubt }) => [id, doubt?.includes('boom')])).to.deep.equal([[1, true]]);

    read.error = null;
    expect(await recorder.record(red, () => false)).to.deep.equal({ builds: 1, failures: 1, unread: 0 });
    read.count = 0;
    expect((await recorder.record(red, () => false)).builds).to.equal(0);
    expect(read.count).to.equal(0);
  });

  it('are waited for while Buildbot is away, however often it is asked', async () => {
    const away = { retry: 'transient', fault: 'unreachable', method: 'GET', path: '', sent: false } as const;
    read.error = new BuildbotError({ ...away, status: null, why: 'refused' });
    const recorder = aFleet();
    for (let nth = 0; nth < 9; nth += 1) {
      const [outcome] = await Promise.allSettled([recorder.record([listed(1, { results: 2 })], () => false)]);
      expect(outcome.status).to.equal('rejected');
    }
    expect(await kept()).to.deep.equal([]);
  });

  it('are followed from the newest on, those that run until they end, also over a restart', async () => {
    world.builds.push(listed(1));
    let follower = aFollower();
    await follower.tick();
    expect(await keptIds()).to.deep.equal([]);

    world.builds.push(listed(2), listed(3, { completeAt: null, results: null }));
    follower.hint(finishedHint(2));
    now += 60_000;
    await follower.tick();
    expect(await keptIds()).to.deep.equal([2]);

    follower = aFollower();
    world.builds[2] = listed(3);
    world.builds.push(listed(4));
    await follower.tick();
    expect(await keptIds()).to.deep.equal([2, 3, 4]);
  });

  it('cost an idle gate no call a minute, and a busy master two at most', async () => {
    world.builds.push(listed(1));
    const follower = aFollower();
    const callsIn = async (seconds: number, hint: Hint | null): Promise<number> => {
      world.asked.length = 0;
      for (let second = 0; second < seconds; second += 1) {
        now += 1_000;
        if (hint !== null) follower.hint(hint);
        await follower.tick();
      }
      return world.asked.length;
    };
    await callsIn(60, null);
    expect(await callsIn(300, null)).to.equal(0);
    world.builds.push(listed(2, { completeAt: null, results: null }));
    expect(await callsIn(300, finishedHint(2))).to.be.within(5, 10);
    world.given.watching = false;
    expect(await callsIn(240, null)).to.be.within(2, 5);
  });

  it('are followed anew on a master whose ids begin again', async () => {
    world.builds.push(listed(100));
    await aFollower().tick();
    world.builds.splice(0, 1, listed(1));
    const follower = aFollower();
    await follower.tick();
    world.builds.push(listed(2));
    follower.hint(finishedHint(2));
    now += 60_000;
    await follower.tick();
    expect(await keptIds()).to.deep.equal([2]);
  });

  it('are imported oldest first, page by page, passing ones included, each once', async () => {
    world.builds.push(
      ...Array.from({ length: 250 }, (_, nth) => listed(nth + 1, { results: nth % 50 === 0 ? 2 : 0 })),
    );
    const importer = anImporter();
    expect(await importer.look()).to.include({ state: 'never', builds: 0 });
    expect(await importer.start(1_011_000)).to.deep.equal({ kind: 'ok' });
    expect(await importer.start(0)).to.deep.equal({ kind: 'running' });
    const done = async () => {
      const view = await importer.look();
      return view.state === 'done' && view;
    };
    const view = await until(done, { within: 10_000, what: 'the import to be done' });
    expect(view).to.include({ builds: 240, failures: 4, unread: 0, reached: '1970-01-01T00:20:50.000Z' });
    expect(await keptIds()).to.deep.equal(Array.from({ length: 240 }, (_, nth) => nth + 11));
    expect(world.asked.filter((what) => what.startsWith('builds'))).to.have.length(3);

    // Again from further back: only what is missing is read.
    read.count = 0;
    await until(async () => (await importer.start(0)).kind === 'ok', {
      within: 5_000,
      what: 'the first to end',
    });
    await until(done, { within: 10_000, what: 'the second import to be done' });
    expect(read.count).to.equal(1);
    expect(await keptIds()).to.have.length(250);
  });

  it('are followed from where an import ended, though the daemon ended right after it', async () => {
    world.builds.push(listed(1), listed(2));
    const importer = anImporter();
    await importer.start(1_002_000);
    await until(async () => (await importer.look()).state === 'done', { within: 5_000, what: 'the import' });
    world.builds.push(listed(3));
    await aFollower().tick();
    expect(await keptIds()).to.deep.equal([2, 3]);
  });

  it('are imported on after a restart of the daemon, from where it was', async () => {
    world.builds.push(...Array.from({ length: 250 }, (_, nth) => listed(nth + 1)));
    const first = anImporter();
    await first.start(0);
    await until(async () => (await first.look()).builds >= 100, { within: 5_000, what: 'a page to be read' });
    stopped.is = true;
    await until(async () => (await first.start(0)).kind !== 'running', { within: 5_000, what: 'it to end' });
    stopped.is = false;
    const second = anImporter();
    world.asked.length = 0;
    await second.resume();
    await until(async () => (await second.look()).state === 'done', { within: 5_000, what: 'the rest' });
    expect(await keptIds()).to.have.length(250);
  });

  it('say why an import stopped', async () => {
    world.builds.push(...Array.from({ length: 250 }, (_, nth) => listed(nth + 1)));
    const refused = {
      retry: 'permanent',
      fault: 'status',
      method: 'GET',
      path: 'builds',
      sent: true,
    } as const;
    const importer = anImporter();
    await importer.start(0);
    world.given.trouble = new BuildbotError({ ...refused, status: 403, why: 'no\u001b[2J' });
    const view = await until(
      async () => {
        const now = await importer.look();
        return now.state === 'stopped' && now;
      },
      { within: 5_000, what: 'the import to stop' },
    );
    expect(view.why).to.contain('answered 403').and.not.to.contain('\u001b');
  });
});
