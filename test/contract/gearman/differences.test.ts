// Where the two kinds of server differ, one test for each difference that the adapter can feel.

import { expect } from 'chai';
import { connectGearmanClient, type GearmanClient } from '../../gearman-client.ts';
import { until } from '../../until.ts';
import { bothServers, type TestServer } from './both-servers.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { startRecorder, type Recorder } from './recorder.ts';

const [gearmand, geard] = bothServers as [(typeof bothServers)[0], (typeof bothServers)[0]];

interface Bench {
  readonly server: TestServer;
  readonly proxy: Proxy;
  readonly client: GearmanClient;
  readonly told: Recorder;
}

/** Server, proxy, client and adapter for each test of the surrounding describe. */
function bench(start: () => Promise<TestServer>): () => Bench {
  let now: Bench;
  beforeEach(async () => {
    const server = await start();
    const proxy = await startProxy(server.port);
    const client = await connectGearmanClient(server.port);
    const told = startRecorder([proxy.address]);
    told.gearman.serve(['build:one']);
    now = { server, proxy, client, told };
    await told.up();
  });
  afterEach(async () => {
    now.client.close();
    await now.told.gearman.close();
    await now.proxy.stop();
    await now.server.stop();
  });
  return () => now;
}

describe("what only Debian's gearmand does", () => {
  const at = bench(() => gearmand.start());

  it('hands a job on with the same handle, unique id and argument when our connection is lost (rule 2.4)', async () => {
    const { client, proxy, told } = at();
    const job = await client.submit('build:one', '{"a":1}', { unique: 'same' });
    const before = await told.job();
    proxy.link('build')!.reset();
    const after = await told.job(1);

    expect(after).to.include({ handle: job.handle, unique: 'same', function: 'build:one' });
    expect(after.payload).to.deep.equal(before.payload);
    expect(after.connection).to.not.equal(before.connection);
    expect(await told.gearman.finish(after.connection, after.handle, { result: 'SUCCESS' })).to.equal(
      'confirmed',
    );
    await job.packet('WORK_COMPLETE');
  });

  it('calls a job whose client is gone running, and marks it in `show jobs` (rule 9.2)', async () => {
    const { client, proxy, told } = at();
    await client.submit('build:one', '{}');
    const given = await told.job();
    expect(await told.gearman.jobs(proxy.address)).to.deep.equal([{ handle: given.handle, ignored: false }]);
    client.close();
    await until(async () => (await told.gearman.jobs(proxy.address))?.[0]?.ignored, {
      within: 3000,
      what: 'the mark',
    });

    expect(await told.gearman.status({ connection: given.connection }, given.handle)).to.equal('running');
  });

  it('lists the unique ids of its jobs', async () => {
    const { client, proxy, told } = at();
    await client.submit('build:one', '{}', { unique: 'one' });
    await client.submit('build:one', '{}', { unique: 'with blank', background: true });
    await told.job(1);

    expect(await told.gearman.uniqueJobs(proxy.address)).to.deep.equal(new Set(['one', 'with blank']));
  });

  it('cancels a job that runs, and tells its client (rule 9.4)', async () => {
    const { client, proxy, told } = at();
    const job = await client.submit('build:one', '{}');
    const given = await told.job();
    expect(await told.gearman.cancelJob(proxy.address, given.handle)).to.equal(true);
    await job.packet('WORK_FAIL');

    expect((await told.gearman.jobs(proxy.address))?.[0]).to.deep.equal({
      handle: given.handle,
      ignored: true,
    });
  });

  it('keeps serving a silently cut connection: the job still runs there, and our end for it is lost (rule 9.4)', async () => {
    const { client, proxy, told } = at();
    await client.submit('build:one', '{}');
    const given = await told.job();
    proxy.link('build')!.silence();
    told.gearman.drop(given.connection, 'as the heartbeat would');
    await told.up(2);

    expect(await told.gearman.status({ server: proxy.address }, given.handle)).to.equal('running');
    expect(await told.gearman.finish(given.connection, given.handle, { result: 'SUCCESS' })).to.equal('lost');
    expect(told.assigned).to.have.length(1);
  });

  it('says JOB_NOT_FOUND for a job that it gave away, which is logged and asked after (rule 9.2)', async () => {
    const { client, proxy, told } = at();
    await client.submit('build:one', '{}');
    const given = await told.job();
    // Whoever says CANT_DO behind our back makes gearmand hand the job on.
    told.gate.open = false;
    proxy.link('build')!.inject(Buffer.from('\0REQ\0\0\0\x02\0\0\0\x09build:one', 'latin1'));
    await until(async () => (await told.gearman.waiting(proxy.address))?.get('build:one') === 1, {
      within: 3000,
      what: 'the job to be queued again',
    });
    told.gearman.data(given.connection, given.handle, { number: 'x' }, true);
    await until(() => told.doubted.length > 0, { within: 3000, what: 'the doubt' });

    expect(told.doubted[0]).to.equal(given.connection);
    expect(told.log.some((line) => line.startsWith('warn') && line.includes('JOB_NOT_FOUND'))).to.equal(true);
    expect(told.lost).to.deep.equal([]);
  });

  it('takes the same unique id twice for one job that two clients wait for', async () => {
    const { client, told } = at();
    told.gate.open = false;
    const jobs = await Promise.all([1, 2].map(() => client.submit('build:one', '{}', { unique: 'twice' })));

    expect(jobs[0]!.handle).to.equal(jobs[1]!.handle);
  });
});

describe('what only geard does', () => {
  const at = bench(() => geard.start());

  it('fails a job at once when our connection is lost, with a WORK_FAIL of magic REQ (checklist 14)', async () => {
    const { client, proxy, told } = at();
    const job = await client.submit('build:one', '{}');
    await told.job();
    proxy.link('build')!.reset();
    const end = await job.ended();

    expect(end).to.include({ name: 'WORK_FAIL', magic: 'REQ' });
    await told.up(2);
    expect(told.assigned).to.have.length(1);
  });

  it('no longer knows a job whose client is gone, and its end is unconfirmed (rule 9.2, rule 9.3)', async () => {
    const { client, proxy, told } = at();
    await client.submit('build:one', '{}');
    await client.submit('build:one', '{}');
    const [asked, unasked] = [await told.job(), await told.job(1)];
    client.close();
    await until(
      async () => (await told.gearman.status({ server: proxy.address }, asked.handle)) === 'unknown',
      {
        within: 3000,
        what: 'the job to be dropped',
      },
    );

    expect(await told.gearman.finish(asked.connection, asked.handle, { result: 'SUCCESS' })).to.equal(
      'unconfirmed',
    );
    expect(await told.gearman.finish(unasked.connection, unasked.handle, { result: 'SUCCESS' })).to.equal(
      'unconfirmed',
    );
  });

  it('is not asked what it never answers: unique ids and jobs', async () => {
    const { proxy, told } = at();
    const before = proxy.links.length;

    expect(await told.gearman.uniqueJobs(proxy.address)).to.equal(null);
    expect(await told.gearman.jobs(proxy.address)).to.equal(null);
    expect(proxy.links).to.have.length(before);
  });

  it('does not cancel a job that runs', async () => {
    const { client, proxy, told } = at();
    await client.submit('build:one', '{}');
    const given = await told.job();

    expect(await told.gearman.cancelJob(proxy.address, given.handle)).to.equal(false);
    expect(await told.gearman.status({ server: proxy.address }, given.handle)).to.equal('running');
  });

  it('makes two jobs of the same unique id', async () => {
    const { client, told } = at();
    await Promise.all([1, 2].map(() => client.submit('build:one', '{}', { unique: 'twice' })));
    await told.job(1);

    expect(told.assigned.map((job) => job.unique)).to.deep.equal(['twice', 'twice']);
    expect(told.assigned[0]!.handle).to.not.equal(told.assigned[1]!.handle);
  });

  it('hands over unique ids of any length, and they survive (defect 6)', async () => {
    const { client, told } = at();
    const unique = 'u'.repeat(200);
    await client.submit('build:one', '{}', { unique });
    expect((await told.job()).unique).to.equal(unique);
    await client.submit('build:one', '{}', { unique: '' });
    expect((await told.job(1)).unique).to.equal('');
    expect(told.lost).to.deep.equal([]);
  });
});
