// The adapter on both kinds of server, where they agree.

import { expect } from 'chai';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { Handle } from '../../../src/gate/ids.ts';
import { connectGearmanClient, type GearmanClient } from '../../gearman-client.ts';
import { until } from '../../until.ts';
import { bothServers, type TestServer } from './both-servers.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { startRecorder, type Recorder } from './recorder.ts';

const manager = 'gate.example.org';
const first = { number: 'n-1', manager, url: 'https://gate.example.org/jobs/n-1' };

/** Every write to that port while `act` runs. */
async function writesTo(port: number, act: () => Promise<unknown>): Promise<Buffer[]> {
  const writes: Buffer[] = [];
  // Socket inherits `write` from Writable; its own one stands before that while `act` runs.
  const value = function (this: Socket, ...args: Parameters<Writable['write']>): boolean {
    if (this.remotePort === port) writes.push(Buffer.from(args[0] as Buffer));
    return Writable.prototype.write.apply(this, args);
  };
  Object.defineProperty(Socket.prototype, 'write', { configurable: true, value });
  try {
    await act();
  } finally {
    Reflect.deleteProperty(Socket.prototype, 'write');
  }
  return writes;
}

for (const { kind, name, start } of bothServers) {
  describe(`the adapter on ${name}`, function () {
    let server: TestServer;
    let proxy: Proxy;
    let client: GearmanClient;
    let told: Recorder;

    beforeEach(async () => {
      server = await start();
      proxy = await startProxy(server.port);
      client = await connectGearmanClient(server.port);
      told = startRecorder([proxy.address]);
      told.gearman.serve(['build:one', 'build:two']);
      await told.up();
    });

    afterEach(async () => {
      client.close();
      await told.gearman.close();
      await proxy.stop();
      await server.stop();
    });

    const admin = () => proxy.links.filter((link) => link.role() === 'admin');
    const build = () => proxy.link('build')!;
    /** Closes the gate on GRAB, once none is on its way: that one would take the next job all the same. */
    const shut = async (): Promise<void> => {
      const asleep = () => build().names().at(-1) === 'PRE_SLEEP';
      await until(asleep, { within: 5_000, what: 'the adapter to sleep' });
      told.gate.open = false;
    };

    it('gives a job with all that it came with, and its answer back to the client', async () => {
      const job = await client.submit('build:one', { ZUUL_UUID: 'x' }, { unique: 'abc' });
      const given = await told.job();

      expect(given).to.include({ server: proxy.address, serverKind: kind, handle: job.handle });
      expect(given).to.include({ function: 'build:one', unique: 'abc' });
      expect(given.payload.toString()).to.equal('{"ZUUL_UUID":"x"}');
      expect(told.gearman.data(given.connection, given.handle, first, true)).to.equal(true);
      expect(
        await told.gearman.finish(given.connection, given.handle, { ...first, result: 'SUCCESS' }),
      ).to.equal('confirmed');
      await job.ended();
      expect(job.build).to.include({ number: 'n-1', manager, result: 'SUCCESS', started: true, ended: true });
      expect(job.packets.map((packet) => packet.name)).to.deep.equal([
        'WORK_DATA',
        'WORK_STATUS',
        'WORK_DATA',
        'WORK_COMPLETE',
      ]);
      expect(job.packets[1]!.body.toString()).to.equal('0\x00100');
    });

    it('writes what checklist 1 and checklist 6 allow and nothing else: GRAB_JOB_UNIQ, no WORK_WARNING, no MASS_DO', async () => {
      const job = await client.submit('build:one', '{}');
      const stop = await client.submit(`stop:${manager}`, '{}', { precedence: 'high' });
      const given = await told.job();
      told.gearman.data(given.connection, given.handle, first, true);
      await told.gearman.finish(given.connection, given.handle, first);
      told.gearman.serve(['build:three']);
      await Promise.all([job.ended(), stop.ended()]);
      await until(() => build().names().includes('CANT_DO'), { within: 2000, what: 'CANT_DO' });

      const used = new Set([...build().names(), ...proxy.link('control')!.names()]);
      expect([...used].sort()).to.deep.equal([
        ...['CANT_DO', 'CAN_DO', 'GET_STATUS', 'GRAB_JOB_UNIQ', 'PRE_SLEEP'],
        ...['SET_CLIENT_ID', 'WORK_COMPLETE', 'WORK_DATA', 'WORK_STATUS'],
      ]);
      expect(build().lines).to.deep.equal([]);
    });

    it('puts first data and status into one write, and question, data, end, question into another (checklist 2, rule 9.3)', async () => {
      await client.submit('build:one', '{}');
      const given = await told.job();
      const port = Number(proxy.address.split(':')[1]);
      const firsts = await writesTo(port, async () =>
        told.gearman.data(given.connection, given.handle, first, true),
      );
      const lasts = await writesTo(port, () =>
        told.gearman.finish(given.connection, given.handle, { result: 'FAILURE' }),
      );

      const types = (bytes: Buffer): number[] => {
        const found = [];
        for (let at = 0; at < bytes.length; at += 12 + bytes.readUInt32BE(at + 8))
          found.push(bytes.readUInt32BE(at + 4));
        return found;
      };
      expect(firsts.map(types)).to.deep.equal([[28, 12]]);
      expect(lasts.map(types)[0]).to.deep.equal([15, 28, 13, 15]);
    });

    it('refuses an update that is no JSON object (checklist 4)', async () => {
      await client.submit('build:one', '{}');
      const given = await told.job();

      expect(() => told.gearman.data(given.connection, given.handle, ['list'], false)).to.throw(
        'must be a JSON object',
      );
      expect(
        told.gearman.data(given.connection, given.handle, { note: 'x'.repeat(300_000) }, false),
      ).to.equal(false);
    });

    it('serves stops on their own connection while the gate is shut and jobs run (checklist 7, rule 2.1)', async () => {
      await client.submit('build:one', '{}');
      await told.job();
      await shut();
      await client.submit('build:two', '{}');
      const stops = await Promise.all(
        Array.from({ length: 400 }, (_, index) =>
          client.submit(`stop:${manager}`, { number: index }, { precedence: 'high' }),
        ),
      );
      const since = performance.now();
      await Promise.all(stops.map((stop) => stop.packet('WORK_COMPLETE', 2000)));

      expect(performance.now() - since).to.be.below(2000);
      expect(told.controls).to.have.length(400);
      expect(told.controls.map((job) => JSON.parse(job.payload.toString()) as object)).to.deep.include({
        number: 399,
      });
      expect(told.assigned).to.have.length(1);
    });

    it('answers set_description, and fails a stop that it is told to fail', async () => {
      const describe = await client.submit(
        `set_description:${manager}`,
        { html_description: '<b>' },
        { precedence: 'low' },
      );
      await describe.packet('WORK_COMPLETE');
      told.onControl = (job) => job.fail();
      const stop = await client.submit(`stop:${manager}`, '{}');
      await stop.packet('WORK_FAIL');

      expect(told.controls.map((job) => job.kind)).to.deep.equal(['set_description', 'stop']);
    });

    it('asks the gate before each grab and takes nothing while it is shut, until it is woken (rule 2.1)', async () => {
      await shut();
      await client.submit('build:one', '{}');
      await until(() => told.gate.asked >= 2, { within: 2000, what: 'the gate to be asked' });
      const asked = told.gate.asked;
      expect(
        build()
          .names()
          .filter((packet) => packet === 'GRAB_JOB_UNIQ'),
      ).to.have.length(1);
      expect(told.assigned).to.deep.equal([]);

      told.gearman.wake();
      await until(() => told.gate.asked > asked, { within: 2000, what: 'the gate to be asked again' });
      expect(told.assigned).to.deep.equal([]);
      told.gate.open = true;
      told.gearman.wake();
      await told.job();
    });

    it('takes a burst of 100 jobs at once, each exactly once', async () => {
      await shut();
      const jobs = await Promise.all(Array.from({ length: 100 }, () => client.submit('build:two', '{}')));
      told.gate.open = true;
      const since = performance.now();
      told.gearman.wake();
      await until(() => told.assigned.length >= 100, { within: 3000, what: '100 assignments' });

      expect(told.assigned.at(-1)!.at - since).to.be.below(1000);
      expect(new Set(told.assigned.map((job) => job.handle))).to.deep.equal(
        new Set(jobs.map((job) => job.handle)),
      );
      expect(told.assigned).to.have.length(100);
    });

    it('grabs exactly one job where the gate shuts behind it', async () => {
      told.gate.open = () => told.assigned.length < 1;
      await Promise.all([client.submit('build:one', '{}'), client.submit('build:two', '{}')]);
      await told.job();
      await told.gearman.waiting(proxy.address);
      expect(told.assigned).to.have.length(1);
      expect(await told.gearman.waiting(proxy.address)).to.satisfy((all: Map<string, number>) => {
        return (all.get('build:one') ?? 0) + (all.get('build:two') ?? 0) === 1;
      });
    });

    it('grabs what already waits when its function is registered while asleep (checklist 10, rule 2.1)', async () => {
      const job = await client.submit('build:late', '{}');
      told.gearman.serve(['build:one', 'build:two', 'build:late']);

      expect((await told.job()).handle).to.equal(job.handle);
    });

    it('registers 5,000 functions on one connection', async () => {
      const names = Array.from({ length: 5000 }, (_, index) => `build:job-${index}`);
      const job = await client.submit('build:job-4999', '{}');
      told.gearman.serve(names);
      expect((await told.job()).handle).to.equal(job.handle);

      const all = await told.gearman.waiting(proxy.address);
      expect(names.every((each) => all?.has(each))).to.equal(true);
    });

    it('sends CANT_DO only for what is registered, and not before the last job of it has ended (checklist 9)', async () => {
      const job = await client.submit('build:one', '{}');
      const given = await told.job();
      told.gearman.serve(['build:two']);
      told.gearman.serve(['build:two', 'build:never']);
      told.gearman.serve(['build:two']);
      await until(() => build().names().includes('CANT_DO'), {
        within: 2000,
        what: 'CANT_DO of build:never',
      });
      const dropped = () =>
        build()
          .sent.filter((frame) => frame.type === 2)
          .map((frame) => frame.body.toString());
      expect(dropped()).to.deep.equal(['build:never']);

      expect(await told.gearman.finish(given.connection, given.handle, { result: 'SUCCESS' })).to.equal(
        'confirmed',
      );
      await job.packet('WORK_COMPLETE');
      await until(() => dropped().length === 2, { within: 2000, what: 'CANT_DO of build:one' });
      expect(dropped()).to.deep.equal(['build:never', 'build:one']);
      expect(build().isOpen()).to.equal(true);
      expect(told.lost).to.deep.equal([]);
    });

    it('writes nothing for a handle once its connection is lost (checklist 11, rule 9.1)', async () => {
      await client.submit('build:one', '{}');
      const given = await told.job();
      await shut();
      const old = build();
      old.reset();
      await told.up(2);

      expect(told.lost.map((loss) => loss.connection)).to.deep.equal([given.connection]);
      expect(told.gearman.data(given.connection, given.handle, first, true)).to.equal(false);
      expect(await told.gearman.finish(given.connection, given.handle, first)).to.equal('lost');
      expect(await told.gearman.status({ connection: given.connection }, given.handle)).to.equal('silent');
      expect(build()).to.not.equal(old);
      expect(build().names()).to.not.include.members(['WORK_DATA']);
      expect(build().names()).to.not.include.members(['WORK_COMPLETE']);
    });

    it('opens the control connection after the first answer on the build connection (checklist 13)', () => {
      const [one, ...others] = proxy.links;
      expect(one!.role()).to.equal('build');
      expect(others.map((link) => link.role()).sort()).to.deep.equal(['admin', 'control']);
      expect(one!.names().slice(0, 4)).to.deep.equal(['SET_CLIENT_ID', 'CAN_DO', 'CAN_DO', 'GET_STATUS']);
      expect(admin()).to.have.length(1);
    });

    it('finds out what the server is on a connection of its own, anew for each connection instance (rule 8.1)', async () => {
      expect(told.ups[0]).to.include({ serverKind: kind, server: proxy.address });
      build().reset();
      expect((await told.up(2)).serverKind).to.equal(kind);
      expect(admin()).to.have.length(2);
      expect(admin().map((link) => link.lines[0])).to.deep.equal(['version', 'version']);
    });

    it('tells queued, running and unknown handles apart, and waiting jobs by function', async () => {
      told.gate.open = () => told.assigned.length < 1;
      const running = await client.submit('build:one', '{}');
      await told.job();
      const queued = await client.submit('build:two', '{}');
      const { gearman } = told;
      const ask = (handle: string) => gearman.status({ server: proxy.address }, handle as Handle);

      expect(await ask(running.handle)).to.equal('running');
      expect(await ask(queued.handle)).to.equal('queued');
      expect(await ask('H:nobody:77')).to.equal('unknown');
      const waiting = await gearman.waiting(proxy.address);
      expect([waiting?.get('build:one'), waiting?.get('build:two')]).to.deep.equal([0, 1]);
    });

    it('cancels a queued job, and never sends a handle that would be two lines', async () => {
      await shut();
      const queued = await client.submit('build:two', '{}');

      expect(await told.gearman.cancelJob(proxy.address, `${queued.handle}\nshutdown` as Handle)).to.equal(
        false,
      );
      expect(await told.gearman.cancelJob(proxy.address, 'H:nobody:77' as Handle)).to.equal(false);
      expect(await told.gearman.cancelJob(proxy.address, queued.handle as Handle)).to.equal(true);
      told.gate.open = true;
      told.gearman.wake();
      const next = await client.submit('build:two', '{}');
      expect((await told.job()).handle).to.equal(next.handle);
    });

    it('reads past an argument over 1 MiB in bounded memory, answers it, and keeps the connection (rule 2.6)', async () => {
      const job = await client.submit('build:one', Buffer.alloc(16 << 20, 'x'));
      const given = await told.job();
      expect(given).to.include({ handle: job.handle, function: 'build:one', payload: 'too-large' });
      expect(await told.gearman.finish(given.connection, given.handle, { result: 'CONFIG_ERROR' })).to.equal(
        'confirmed',
      );
      await job.packet('WORK_COMPLETE');
      const next = await client.submit('build:one', 'small');
      expect((await told.job(1)).handle).to.equal(next.handle);
      expect(told.lost).to.deep.equal([]);
    });

    it('gives an empty argument as an empty Buffer, and one of exactly 1 MiB less its names whole', async () => {
      await client.submit('build:one', '');
      expect((await told.job()).payload).to.deep.equal(Buffer.alloc(0));
      const large = Buffer.alloc((1 << 20) - 200, 'y');
      await client.submit('build:one', large);
      expect((await told.job(1)).payload.length).to.equal(large.length);
    });

    it('comes back by itself after the server was started anew, under another connection id', async () => {
      const { port } = server;
      await server.stop();
      await until(() => told.lost.length > 0, { within: 5000, what: 'the loss' });
      expect(told.gearman.connections()).to.deep.equal([]);
      expect(told.gearman.state()[0]).to.include({ build: false });
      server = await start(port);
      const again = await told.up(2);
      client = await connectGearmanClient(port);
      const job = await client.submit('build:two', '{}');

      expect((await told.job()).connection).to.equal(again.connection);
      expect(told.assigned[0]!.handle).to.equal(job.handle);
      expect(again.connection).to.not.equal(told.ups[0]!.connection);
      expect(told.gearman.connections()).to.deep.equal([again]);
      await until(() => told.gearman.state()[0]!.control, { within: 5000, what: 'the control connection' });
      expect(told.gearman.state()[0]).to.deep.include({ build: true, trouble: null });
    });

    it('drops a build connection when it is told to, and makes a new one', async () => {
      const { connection } = told.ups[0]!;
      told.gearman.drop(connection, 'the store refuses writes');
      expect(told.lost).to.deep.equal([{ connection, why: 'the store refuses writes' }]);
      expect((await told.up(2)).connection).to.not.equal(connection);
    });

    it('closes every socket, also while jobs run', async () => {
      await client.submit('build:one', '{}');
      await told.job();
      await told.gearman.close();
      await until(() => proxy.links.every((link) => !link.isOpen()), {
        within: 2000,
        what: 'the sockets to close',
      });
      expect(told.lost).to.deep.equal([]);
    });
  });
}
