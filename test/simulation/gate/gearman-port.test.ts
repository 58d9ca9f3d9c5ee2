// The simulated servers are held to what the real ones are held to.

import { holdToThePort, type ClientJob, type Stage } from '../../contract/gearman/port.ts';
import type { ServerKind } from '../../../src/gate/job.ts';
import type { ControlJob, GearmanListener } from '../../../src/gearman/gearman.ts';
import { seeded } from '../flakes/chance.ts';
import { createGearmanPort } from './gearman-port.ts';
import { createGearmanServer, type Client } from './gearman-server.ts';
import { createTime, theWorld, type Time } from './time.ts';

/** Steps of the world in which whatever is waited for must have come. */
const mostSteps = 5_000;

async function stepUntil(time: Time, condition: () => boolean, what: string): Promise<void> {
  for (let steps = 0; !condition(); steps += 1)
    if (steps >= mostSteps || !(await time.step())) throw new Error(`waited in vain for ${what}`);
}

function clientJob(handle: () => string): { readonly client: Client; readonly job: ClientJob } {
  const objects: unknown[] = [];
  let end: 'complete' | 'fail' | null = null;
  const client: Client = {
    data: (object) => void objects.push(JSON.parse(object)),
    ended(object) {
      end = object === null ? 'fail' : 'complete';
      if (object !== null && object !== '') objects.push(JSON.parse(object));
    },
  };
  return {
    client,
    job: {
      get handle() {
        return handle();
      },
      objects,
      ended: () => end,
    },
  };
}

async function stageOn(kind: ServerKind): Promise<Stage> {
  const time = createTime();
  const name = '127.0.0.1:1';
  const server = createGearmanServer(time, { name, kind });
  const told = { assigned: [], controls: [], ups: [], lost: [] } as {
    assigned: Stage['assigned'][number][];
    controls: ControlJob[];
    ups: Stage['ups'][number][];
    lost: Stage['lost'][number][];
  };
  const listener: GearmanListener = {
    assigned: (job) => void told.assigned.push(job),
    control(job) {
      told.controls.push(job);
      stage.onControl(job);
    },
    up: (connection) => void told.ups.push(connection),
    lost: (connection, why) => void told.lost.push({ connection, why }),
    mayGrab: () => (typeof stage.gate.open === 'function' ? stage.gate.open() : stage.gate.open),
  };
  const parts = { time, chance: seeded(1), server, manager: 'gate.example.org' };
  const gearman = createGearmanPort(parts, listener);
  const until = (condition: () => boolean, what: string): Promise<void> => stepUntil(time, condition, what);
  let uniques = 0;
  const stage: Stage = {
    ...{ gearman, server: name, ...told, until },
    gate: { open: true },
    onControl: (job) => job.complete(),
    submit: async (functionName, args, unique = `u-${(uniques += 1)}`) => {
      const { client, job } = clientJob(() => submitted.handle);
      const payload = JSON.stringify(args);
      const submitted = server.submit(client, { function: functionName, unique, payload });
      return job;
    },
    cut() {
      const [build] = gearman.ends();
      if (build !== undefined) server.disconnect(build);
    },
    async restart() {
      server.restart(100);
      await until(() => server.isUp(), 'the server to be up');
    },
    async settle(promise) {
      let over = false;
      const settled = promise.finally(() => (over = true));
      // What needs nothing of the world is there before its next step.
      await new Promise(setImmediate);
      await until(() => over, 'an answer');
      return settled;
    },
    async stop() {
      await gearman.close();
      time.end(theWorld);
    },
  };
  return stage;
}

for (const kind of ['gearmand', 'geard'] as const)
  holdToThePort(`the simulated ${kind}`, { kind, start: () => stageOn(kind) });
