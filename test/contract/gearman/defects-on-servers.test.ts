// Those of the 28 defects of abraxas 2.1.10 (GEARMAN.md section 4) that show on real servers. The others: defects.test.ts.

import { expect } from 'chai';
import { connectGearmanClient, type GearmanClient } from '../../gearman-client.ts';
import { until } from '../../until.ts';
import { bothServers, type TestServer } from './both-servers.ts';
import { startRecorder, type Recorder } from './recorder.ts';

const manager = 'gate.example.org';

for (const { kind, name, start } of bothServers) {
  describe(`the defects of abraxas on ${name}`, () => {
    let server: TestServer;
    let client: GearmanClient;
    let told: Recorder;

    beforeEach(async () => {
      server = await start();
      client = await connectGearmanClient(server.port);
      told = startRecorder([server.address], { times: { admin: 1_000, answer: 1_000, finish: 1_500 } });
      told.gearman.serve(['build:one', 'build:two']);
      await told.up();
    });
    afterEach(async () => {
      client.close();
      await told.gearman.close();
      server.thaw();
      await server.stop();
    });

    it('fails a job whose taker throws, four times over, and serves on (defect 3)', async () => {
      told.onAssigned = () => {
        throw new Error('cannot take it\u001b[31m');
      };
      for (let count = 0; count < 4; count += 1) {
        const job = await client.submit('build:one', '{}');
        expect((await job.ended()).name).to.equal('WORK_FAIL');
        expect(job.packets).to.have.length(1);
      }
      told.onAssigned = () => undefined;
      await client.submit('build:one', '{}');
      await told.job(4);
      expect(told.lost).to.deep.equal([]);
      expect(told.log.filter((line) => line.endsWith('cannot take it\\x1b[31m'))).to.have.length(4);
    });

    it('goes on serving one function after another was taken away, on the same connection (defect 4)', async () => {
      told.gearman.serve(['build:two']);
      await client.submit('build:one', '{}');
      const job = await client.submit('build:two', '{}');
      expect((await told.job()).handle).to.equal(job.handle);
      expect(told.lost).to.deep.equal([]);
      expect((await told.gearman.waiting(server.address))?.get('build:one')).to.equal(1);
    });

    it('sends each update when it is given, and numbers as they are (defect 18, defect 19)', async () => {
      const job = await client.submit('build:one', '{}');
      const given = await told.job();
      for (let step = 1; step <= 5; step += 1) {
        told.gearman.data(given.connection, given.handle, { number: 'n', step }, step === 1);
        await until(() => job.build.last?.['step'] === step, { within: 2000, what: `update ${step}` });
      }
      expect(job.packets.find((packet) => packet.name === 'WORK_STATUS')!.body.toString()).to.equal(
        '0\x00100',
      );
      expect(job.build.ended).to.equal(false);
    });

    it('sends a plain WORK_FAIL and takes the next job (defect 20)', async () => {
      told.onControl = (job) => job.fail();
      for (let count = 0; count < 3; count += 1) {
        const stop = await client.submit(`stop:${manager}`, '{}');
        expect(await stop.ended()).to.include({ name: 'WORK_FAIL' });
        expect(stop.packets).to.have.length(1);
      }
    });

    it('takes jobs without end though none is answered, with empty arguments too (defect 21, defect 22)', async () => {
      for (let count = 0; count < 30; count += 1) await client.submit('build:one', '');
      const given = await told.job(29);
      expect(told.assigned.every((job) => Buffer.isBuffer(job.payload) && job.payload.length === 0)).to.equal(
        true,
      );
      expect(given).to.not.have.any.keys('then', 'catch', 'pipe');
    });

    it('answers a stop while jobs fill every slot (defect 23)', async () => {
      told.gate.open = () => told.assigned.length < 1;
      await client.submit('build:one', '{}');
      await client.submit('build:one', '{}');
      await told.job();
      const stop = await client.submit(`stop:${manager}`, '{}', { precedence: 'high' });
      const end = await stop.packet('WORK_COMPLETE');
      expect(end.at - stop.submittedAt).to.be.below(250);
    });

    it('lets nothing wait for ever on a server that hangs or dies (defect 24, defect 25, checklist 12)', async () => {
      await client.submit('build:one', '{}');
      const given = await told.job();
      await server.freeze();
      const [status, again, waiting, ending] = await Promise.all([
        told.gearman.status({ connection: given.connection }, given.handle),
        told.gearman.status({ connection: given.connection }, given.handle),
        told.gearman.waiting(server.address),
        told.gearman.finish(given.connection, given.handle, { result: 'SUCCESS' }),
      ]);
      expect({ status, again, waiting, ending }).to.deep.equal({
        status: 'silent',
        again: 'silent',
        waiting: null,
        ending: 'unconfirmed',
      });
      expect(told.log.some((line) => line.includes('no answer to the admin line status'))).to.equal(true);
    });

    it('gives a late answer to the question that it answers', async () => {
      await client.submit('build:one', '{}');
      const given = await told.job();
      const ask = () => told.gearman.status({ connection: given.connection }, given.handle);
      await server.freeze();
      expect(await ask()).to.equal('silent');
      server.thaw();
      expect(await ask()).to.equal('running');
      expect(await Promise.all([ask(), ask()])).to.deep.equal(['running', 'running']);
    });

    it('settles what was asked when the server dies', async () => {
      await client.submit('build:one', '{}');
      const given = await told.job();
      await server.freeze();
      const ending = told.gearman.finish(given.connection, given.handle, { result: 'SUCCESS' });
      const status = told.gearman.status({ connection: given.connection }, given.handle);
      told.gearman.drop(given.connection, 'as if it had died');
      expect([await ending, await status]).to.deep.equal(['lost', 'silent']);
    });

    it(`registers with plain CAN_DO, which ${kind} takes (defect 26)`, async () => {
      const job = await client.submit('build:one', '{}');
      expect((await told.job()).handle).to.equal(job.handle);
    });
  });
}
