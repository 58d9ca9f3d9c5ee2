// What the daemon may expect of its port to a Gearman server, said without a word on bytes, so that the port of the simulated world is held
// to it as well. Packets, writes, admin lines, sizes and times are the business of the other tests here.

import { expect } from 'chai';
import type { Handle } from '../../../src/gate/ids.ts';
import type { ServerKind } from '../../../src/gate/job.ts';
import type { Assignment, BuildConnection, ControlJob, Gearman } from '../../../src/gearman/gearman.ts';

/** A job as its client sees it. */
export interface ClientJob {
  readonly handle: string;
  /** Each object that came, the last one with the end. */
  readonly objects: readonly unknown[];
  ended(): 'complete' | 'fail' | null;
}

/** A port to one server, whoever carries it, and a client beside it. */
export interface Stage {
  readonly gearman: Gearman;
  readonly server: string;
  readonly assigned: readonly Assignment[];
  readonly controls: readonly ControlJob[];
  readonly ups: readonly BuildConnection[];
  readonly lost: readonly { readonly connection: string; readonly why: string }[];
  gate: { open: boolean | (() => boolean) };
  /** What is done with a stop; at first it is completed. */
  onControl: (job: ControlJob) => void;
  submit(name: string, args: object, unique?: string): Promise<ClientJob>;
  /** The build connection ends. */
  cut(): void;
  /** The server is there again, with nothing of what it had, once this has resolved. */
  restart(): Promise<void>;
  until(condition: () => boolean, what: string): Promise<void>;
  /** Waits while whatever the promise needs can happen. */
  settle<Value>(promise: Promise<Value>): Promise<Value>;
  stop(): Promise<void>;
}

const manager = 'gate.example.org';
const first = { number: 'n-1', manager, url: 'https://gate.example.org/jobs/n-1' };
const last = { ...first, result: 'SUCCESS' };

export function holdToThePort(
  name: string,
  { kind, start }: { readonly kind: ServerKind; readonly start: () => Promise<Stage> },
): void {
  describe(`the port to ${name}`, function () {
    this.timeout(30_000);
    let stage: Stage;

    beforeEach(async () => {
      stage = await start();
      stage.gearman.serve(['build:one', 'build:two']);
      await stage.until(() => stage.ups.length === 1, 'the build connection to be up');
    });

    afterEach(() => stage.stop());

    const given = async (at = 0): Promise<Assignment> => {
      await stage.until(() => stage.assigned.length > at, `assignment ${at + 1}`);
      return stage.assigned[at] ?? expect.fail('it was taken back');
    };

    it('gives a job with all that it came with, and its answer back to the client', async () => {
      const job = await stage.submit('build:one', { ZUUL_UUID: 'x' }, 'abc');
      const { connection, handle, payload, ...rest } = await given();
      expect(rest).to.include({
        ...{ server: stage.server, serverKind: kind, function: 'build:one', unique: 'abc' },
      });
      expect([handle, payload.toString()]).to.deep.equal([job.handle, '{"ZUUL_UUID":"x"}']);
      expect(stage.gearman.data(connection, handle, first, true)).to.equal(true);
      expect(await stage.settle(stage.gearman.finish(connection, handle, last))).to.equal('confirmed');
      await stage.until(() => job.ended() === 'complete', 'the end');
      expect([job.objects[0], job.objects.at(-1)]).to.deep.equal([first, last]);
    });

    it('serves stops while the gate is shut and jobs run, and fails those that it is told to fail (rule 2.1)', async () => {
      await stage.submit('build:one', {});
      await given();
      stage.gate.open = false;
      const stops = await Promise.all([1, 2, 3].map((number) => stage.submit(`stop:${manager}`, { number })));
      await stage.until(() => stops.every((stop) => stop.ended() === 'complete'), 'the stops to be answered');
      stage.onControl = (job) => job.fail();
      const refused = await stage.submit(`stop:${manager}`, { number: 4 });
      await stage.until(() => refused.ended() !== null, 'the stop to be refused');
      expect(refused.ended()).to.equal('fail');
      expect(stage.controls.map((job) => [job.kind, job.payload.toString()])).to.deep.include([
        ...['stop', '{"number":4}'],
      ]);
      expect(stage.assigned).to.have.length(1);
    });

    /** Shuts the gate; a grab that was on its way is over once the server has answered a later question on its connection. */
    const shut = async (): Promise<() => number> => {
      let asked = 0;
      stage.gate.open = () => (asked += 1) < 0;
      const connection = stage.ups[0]?.connection ?? expect.fail('no connection');
      await stage.settle(stage.gearman.status({ connection }, 'H:nobody:1' as Handle));
      return () => asked;
    };

    it('takes nothing while the gate is shut, until it is woken (rule 2.1)', async () => {
      const asked = await shut();
      const before = asked();
      const job = await stage.submit('build:one', {});
      await stage.until(() => asked() > before, 'the gate to be asked');
      expect(stage.assigned).to.deep.equal([]);
      stage.gate.open = true;
      stage.gearman.wake();
      expect((await given()).handle).to.equal(job.handle);
    });

    it('grabs exactly one job where the gate shuts behind it', async () => {
      stage.gate.open = () => stage.assigned.length < 1;
      await Promise.all([stage.submit('build:one', {}), stage.submit('build:two', {})]);
      await given();
      const waiting = await stage.settle(stage.gearman.waiting(stage.server));
      expect(stage.assigned).to.have.length(1);
      expect((waiting?.get('build:one') ?? 0) + (waiting?.get('build:two') ?? 0)).to.equal(1);
    });

    it('grabs what already waits when its function is registered while asleep (rule 2.1)', async () => {
      const job = await stage.submit('build:late', {});
      await stage.settle(stage.gearman.waiting(stage.server));
      stage.gearman.serve(['build:one', 'build:two', 'build:late']);
      expect((await given()).handle).to.equal(job.handle);
    });

    it('sends nothing for a handle once its connection is lost (rule 9.1)', async () => {
      const job = await stage.submit('build:one', {});
      const { connection, handle } = await given();
      stage.gate.open = false;
      stage.cut();
      await stage.until(() => stage.ups.length === 2, 'the next connection');
      const { gearman } = stage;
      expect(stage.lost.map((loss) => loss.connection)).to.deep.equal([connection]);
      expect(gearman.data(connection, handle, first, true)).to.equal(false);
      expect(await stage.settle(gearman.finish(connection, handle, last))).to.equal('lost');
      expect(await stage.settle(gearman.status({ connection }, handle))).to.equal('silent');
      expect(job.objects).to.deep.equal([]);
    });

    it('tells queued, running and unknown handles apart, and waiting jobs by function', async () => {
      stage.gate.open = () => stage.assigned.length < 1;
      const running = await stage.submit('build:one', {});
      await given();
      const queued = await stage.submit('build:two', {});
      const { gearman, server } = stage;
      const ask = (handle: string) => stage.settle(gearman.status({ server }, handle as Handle));
      expect([await ask(running.handle), await ask(queued.handle), await ask('H:nobody:77')]).to.deep.equal([
        ...['running', 'queued', 'unknown'],
      ]);
      const waiting = await stage.settle(gearman.waiting(server));
      expect([waiting?.get('build:one'), waiting?.get('build:two')]).to.deep.equal([0, 1]);
    });

    it('cancels a queued job, and no other', async () => {
      await shut();
      const { gearman, server } = stage;
      const queued = await stage.submit('build:two', {});
      expect(await stage.settle(gearman.cancelJob(server, 'H:nobody:77' as Handle))).to.equal(false);
      expect(await stage.settle(gearman.cancelJob(server, queued.handle as Handle))).to.equal(true);
      stage.gate.open = true;
      gearman.wake();
      const next = await stage.submit('build:two', {});
      expect((await given()).handle).to.equal(next.handle);
    });

    it('comes back by itself after the server was started anew, under another connection id', async () => {
      await stage.restart();
      await stage.until(() => stage.ups.length === 2, 'the next connection');
      const [before, again] = stage.ups;
      expect(stage.lost.map((loss) => loss.connection)).to.deep.equal([before?.connection]);
      expect(again?.connection).to.not.equal(before?.connection);
      expect(stage.gearman.connections()).to.deep.equal([again]);
      const job = await stage.submit('build:two', {});
      const { connection, handle } = await given();
      expect([connection, handle]).to.deep.equal([again?.connection, job.handle]);
    });

    it('drops a build connection when it is told to, and makes a new one', async () => {
      const connection = stage.ups[0]?.connection ?? expect.fail('no connection');
      stage.gearman.drop(connection, 'the store refuses writes');
      expect(stage.lost).to.deep.equal([{ connection, why: 'the store refuses writes' }]);
      await stage.until(() => stage.ups.length === 2, 'the next connection');
      expect(stage.ups[1]?.connection).to.not.equal(connection);
    });
  });
}
