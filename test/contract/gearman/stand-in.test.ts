// The stand-in's habits, row by row of GATEKEEPER.md 5.1 and GEARMAN.md section 2, beside gearmand's where it has others.

import { expect } from 'chai';
import type { ServerKind } from '../../../src/gate/job.ts';
import { packetType as type } from '../../../src/gearman/packet-type.ts';
import { connectRaw, type RawConnection } from '../../geard/raw-connection.ts';
import { startGeard } from '../../geard/geard.ts';
import { until } from '../../until.ts';
import { bothServers, type TestServer } from './both-servers.ts';

for (const { kind, name, start } of bothServers) {
  describe(`seen from a bare connection, ${name}`, () => {
    let server: TestServer;
    let open: RawConnection[];

    beforeEach(async () => {
      server = await start();
      open = [];
    });
    afterEach(async () => {
      for (const connection of open) connection.close();
      await server.stop();
    });

    async function raw(...functions: readonly string[]): Promise<RawConnection> {
      const connection = await connectRaw(server.port);
      open.push(connection);
      for (const each of functions) connection.send(type.CAN_DO, each);
      await connection.settled();
      return connection;
    }

    /** Submits and gives the handle. */
    async function submit(
      client: RawConnection,
      name: string,
      options: { unique?: string; as?: 7 | 21 | 33 } = {},
    ): Promise<string> {
      const before = client.got.length;
      client.send(
        options.as ?? type.SUBMIT_JOB,
        name,
        options.unique ?? `u${before}-${Math.random()}`,
        'args',
      );
      const created = await client.nth(before + 1);
      expect(created).to.match(/^JOB_CREATED H:/);
      return created.slice('JOB_CREATED '.length);
    }

    /** One of the two, by the kind of the server. */
    const by = <Value>(values: Record<ServerKind, Value>): Value => values[kind];

    it('answers GRAB_JOB_UNIQ, and GRAB_JOB and GRAB_JOB_ALL as its kind does', async () => {
      const worker = await raw('one');
      worker.send(type.GRAB_JOB_UNIQ);
      worker.send(type.GRAB_JOB);
      worker.send(type.GRAB_JOB_ALL);
      expect(await worker.settled()).to.have.length(by({ gearmand: 3, geard: 1 }));
    });

    it('answers OPTION_REQ and ECHO_REQ as its kind does', async () => {
      const worker = await raw();
      worker.send(type.OPTION_REQ, 'exceptions');
      worker.send(type.ECHO_REQ, 'hello');
      expect(await worker.settled()).to.deep.equal(
        by({ gearmand: ['OPTION_RES exceptions', 'ECHO_RES hello'], geard: [] }),
      );
    });

    it('says NOOP at once to a PRE_SLEEP with work waiting, and to every sleeper of a new job', async () => {
      const client = await raw();
      const [one, two, other] = [await raw('one'), await raw('one'), await raw('two')];
      await submit(client, 'one');
      one.send(type.PRE_SLEEP);
      expect(await one.settled()).to.deep.equal(['NOOP']);
      one.send(type.GRAB_JOB_UNIQ);
      await until(() => one.got.some((each) => each.startsWith('JOB_ASSIGN_UNIQ H:')), {
        within: 2000,
        what: 'the job',
      });
      two.send(type.PRE_SLEEP);
      other.send(type.PRE_SLEEP);
      expect(await two.settled()).to.deep.equal([]);
      expect(await other.settled()).to.deep.equal([]);
      await submit(client, 'one');
      await until(() => two.got.includes('NOOP'), { within: 2000, what: 'NOOP' });
      expect(await other.settled()).to.deep.equal([]);
    });

    it('says no NOOP for a CAN_DO while asleep', async () => {
      const client = await raw();
      const worker = await raw('one');
      worker.send(type.PRE_SLEEP);
      await submit(client, 'late');
      worker.send(type.CAN_DO, 'late');
      expect(await worker.settled()).to.deep.equal([]);
    });

    it('takes CAN_DO_TIMEOUT as its kind does', async () => {
      const client = await raw();
      const worker = await raw();
      worker.send(type.CAN_DO_TIMEOUT, 'one', '10');
      await submit(client, 'one');
      worker.send(type.GRAB_JOB_UNIQ);
      const [answer] = await worker.settled();
      expect(answer).to.match(by({ gearmand: /^JOB_ASSIGN_UNIQ/, geard: /^NO_JOB/ }));
    });

    it('meets CANT_DO of an unknown name as its kind does, and one of a known name without harm', async () => {
      const worker = await raw('one', 'two');
      worker.send(type.CANT_DO, 'one');
      await worker.settled();
      worker.send(type.CANT_DO, 'never');
      if (kind === 'geard') await worker.closed();
      else await worker.settled();
      expect(worker.isOpen()).to.equal(kind === 'gearmand');
    });

    it('meets an unknown packet type as its kind does', async () => {
      const worker = await raw('one');
      worker.send(type.MASS_DO, 'one', 'two');
      if (kind === 'gearmand') await worker.closed();
      else expect(await worker.settled()).to.deep.equal([]);
    });

    it('passes data, status and end on to the client, and says how a job stands', async () => {
      const client = await raw();
      const worker = await raw('one');
      const handle = await submit(client, 'one');
      worker.send(type.GET_STATUS, handle);
      worker.send(type.GRAB_JOB_UNIQ);
      worker.send(type.WORK_DATA, handle, 'data');
      worker.send(type.WORK_STATUS, handle, '3', '17');
      worker.send(type.GET_STATUS, handle);
      worker.send(type.WORK_COMPLETE, handle, 'end');
      worker.send(type.GET_STATUS, handle);
      const [queued, , running, unknown] = await worker.settled();
      const numbers = by({ gearmand: '0|0', geard: '|' });
      expect(queued).to.equal(`STATUS_RES ${handle}|1|0|${numbers}`);
      expect(running).to.equal(`STATUS_RES ${handle}|1|1|3|17`);
      expect(unknown).to.equal(`STATUS_RES ${handle}|0|0|${numbers}`);
      await client.nth(5);
      expect(client.got.filter((each) => each.startsWith('WORK_'))).to.deep.equal([
        `WORK_DATA ${handle}|data`,
        `WORK_STATUS ${handle}|3|17`,
        `WORK_COMPLETE ${handle}|end`,
      ]);
    });

    it('lets one connection have several jobs at once', async () => {
      const client = await raw();
      const worker = await raw('one');
      for (let count = 0; count < 3; count += 1) {
        await submit(client, 'one');
        worker.send(type.GRAB_JOB_UNIQ);
      }
      const got = await worker.settled();
      expect(got.filter((each) => each.startsWith('JOB_ASSIGN_UNIQ'))).to.have.length(3);
    });

    it('treats a lost worker as its kind does', async () => {
      const client = await raw();
      const worker = await raw('one');
      const handle = await submit(client, 'one', { unique: 'same' });
      worker.send(type.GRAB_JOB_UNIQ);
      await worker.settled();
      worker.close();
      const next = await raw('one');
      if (kind === 'geard') {
        await until(() => client.got.includes(`REQ WORK_FAIL ${handle}`), {
          within: 2000,
          what: 'WORK_FAIL',
        });
        next.send(type.GRAB_JOB_UNIQ);
        expect(await next.settled()).to.deep.equal(['NO_JOB']);
      } else {
        await until(
          async () => {
            next.send(type.GRAB_JOB_UNIQ);
            return (await next.settled()).includes(`JOB_ASSIGN_UNIQ ${handle}|one|same|args`);
          },
          { within: 5000, what: 'the job again' },
        );
        expect(client.got.filter((each) => each.includes('WORK_FAIL'))).to.deep.equal([]);
      }
    });

    it('treats a lost client as its kind does', async () => {
      const client = await raw();
      const worker = await raw('one');
      const handle = await submit(client, 'one');
      worker.send(type.GRAB_JOB_UNIQ);
      await worker.settled();
      client.close();
      const watcher = await raw();
      const known = async (): Promise<boolean> => {
        watcher.send(type.GET_STATUS, handle);
        return (await watcher.settled()).at(-1)!.startsWith(`STATUS_RES ${handle}|1|1|`);
      };
      if (kind === 'geard')
        await until(async () => !(await known()), { within: 2000, what: 'the job to be dropped' });
      else expect(await known()).to.equal(true);
      expect((await worker.settled()).filter((each) => !each.startsWith('JOB_ASSIGN'))).to.deep.equal([]);
    });

    it("treats the end of somebody else's job as its kind does", async () => {
      const client = await raw();
      const [worker, stranger] = [await raw('one'), await raw('one')];
      const handle = await submit(client, 'one');
      worker.send(type.GRAB_JOB_UNIQ);
      await worker.settled();
      stranger.send(type.WORK_COMPLETE, handle, 'stolen');
      const said = await stranger.settled();
      expect(said.some((each) => each.startsWith('ERROR JOB_NOT_FOUND'))).to.equal(kind === 'gearmand');
      await client.settled();
      expect(client.got.includes(`WORK_COMPLETE ${handle}|stolen`)).to.equal(kind === 'geard');
    });

    it('meets packets for an unknown handle as its kind does', async () => {
      const worker = await raw('one');
      worker.send(type.WORK_COMPLETE, 'H:gone:1', '');
      const said = await worker.settled();
      expect(said.map((each) => each.slice(0, 19))).to.deep.equal(
        by({ gearmand: ['ERROR JOB_NOT_FOUND'], geard: [] }),
      );
    });

    it('takes the same unique id twice for as many jobs as its kind does', async () => {
      const client = await raw();
      const one = await submit(client, 'one', { unique: 'twice' });
      const two = await submit(client, 'one', { unique: 'twice' });
      expect(one === two).to.equal(kind === 'gearmand');
    });

    it('gives work out by precedence over all functions or within one, as its kind does', async () => {
      const client = await raw();
      const worker = await raw('build', 'stop');
      const low = await submit(client, 'build', { as: 33 });
      const normal = await submit(client, 'build');
      const high = await submit(client, 'build', { as: 21 });
      for (let count = 0; count < 3; count += 1) worker.send(type.GRAB_JOB_UNIQ);
      const order = (await worker.settled()).map((each) => each.split(/[ |]/)[1]);
      expect(order).to.deep.equal([high, normal, low]);
    });

    it('keeps a function in `status` after its last worker left', async () => {
      const worker = await raw('one');
      const asker = await raw();
      worker.send(type.CANT_DO, 'one');
      await worker.settled();
      asker.line('status');
      await until(() => asker.lines.includes('.'), { within: 2000, what: 'the table' });
      expect(asker.lines).to.deep.equal(['one\t0\t0\t0', '.']);
    });

    it('counts total, running and workers in `status`', async () => {
      const client = await raw();
      const worker = await raw('one');
      await raw('one');
      await submit(client, 'one');
      await submit(client, 'one');
      worker.send(type.GRAB_JOB_UNIQ);
      await worker.settled();
      client.line('status');
      await until(() => client.lines.includes('.'), { within: 2000, what: 'the table' });
      expect(client.lines).to.deep.equal(['one\t2\t1\t2', '.']);
    });

    it('cancels a queued job, and meets `cancel job` of a running one as its kind does', async () => {
      const client = await raw();
      const worker = await raw('one');
      const running = await submit(client, 'one');
      worker.send(type.GRAB_JOB_UNIQ);
      await worker.settled();
      const queued = await submit(client, 'one');
      const asker = await raw();
      for (const handle of [queued, running, 'H:nobody:9']) asker.line(`cancel job ${handle}`);
      await until(() => asker.lines.length === 3, { within: 2000, what: 'three answers' });
      expect(asker.lines).to.deep.equal(
        by({
          gearmand: ['OK', 'OK', 'ERR UNKNOWN_JOB'],
          geard: ['OK', 'ERR UNKNOWN_JOB', 'ERR UNKNOWN_JOB'],
        }),
      );
      await client.settled();
      const failed = client.got.filter((each) => each.startsWith('WORK_FAIL')).length;
      expect(failed > 0).to.equal(kind === 'gearmand');
    });

    it('answers unknown lines, `version` and `workers` as its kind does', async () => {
      const asker = await raw();
      asker.line('version');
      asker.line('show jobs');
      asker.line('nonsense');
      await asker.settled();
      if (kind === 'geard') {
        expect(asker.lines).to.deep.equal([]);
        asker.line('workers');
        await asker.closed();
        return;
      }
      await until(() => asker.lines.length === 3, { within: 2000, what: 'three lines' });
      expect(asker.lines[0]).to.match(/^OK 1\./);
      expect(asker.lines[2]).to.match(/^ERR UNKNOWN_COMMAND/);
    });

    it('counts handles from 1 in each life', async () => {
      const before = await submit(await raw(), 'one');
      const { port } = server;
      await server.stop();
      server = await start(port);
      expect(await submit(await raw(), 'one')).to.equal(before);
      expect(before).to.match(by({ gearmand: /^H:[^:]+:1$/, geard: /^H:127\.0\.0\.1:1$/ }));
    });
  });
}

describe('the stand-in alone', () => {
  it('serves high before normal before low over all functions together', async () => {
    const server = await startGeard();
    const client = await connectRaw(server.port);
    const worker = await connectRaw(server.port);
    for (const each of ['build', 'describe', 'stop']) worker.send(type.CAN_DO, each);
    client.send(type.SUBMIT_JOB_LOW, 'describe', 'd', '');
    client.send(type.SUBMIT_JOB, 'build', 'b', '');
    client.send(type.SUBMIT_JOB_HIGH, 'stop', 's', '');
    await client.settled();
    for (let count = 0; count < 3; count += 1) worker.send(type.GRAB_JOB_UNIQ);
    const names = (await worker.settled()).map((each) => each.split('|')[1]);

    expect(names).to.deep.equal(['stop', 'build', 'describe']);
    for (const each of [client, worker]) each.close();
    await server.stop();
  });
});
