// The stage of an act: a real gearmand, Buildbot and Redis, the daemons, and a fault proxy on each way between two of them.

import { join } from 'node:path';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import { startRedis, type Redis } from '../../src/servers/redis.ts';
import { startFaultProxy, type FaultProxy } from '../fault-proxy.ts';
import { gearmanPackets, httpRequests } from '../frames.ts';
import { makeGate, type Gate } from '../stories/gate.ts';
import { shiftable } from '../stories/shifted-clock.ts';
import { builders, jobsYaml } from './changes.ts';
import type { Plan } from './plan.ts';

/** A daemon, and its own ways to the servers. */
export interface Seat {
  readonly name: string;
  readonly gate: Gate;
  readonly toGearmand: FaultProxy;
  readonly toBuildbot: FaultProxy;
  /** Null: it keeps its own store. */
  readonly toRedis: FaultProxy | null;
  /** Whether its wall clock can be moved. */
  readonly shifts: boolean;
  /** The file with what each of its lives printed. */
  readonly record: string;
}

export interface Stage {
  readonly seats: readonly Seat[];
  readonly buildbot: Buildbot;
  readonly redis: Redis | null;
  /** The gearmand of the moment. */
  gearmand(): Gearmand;
  /** kill -9, and after so many milliseconds an empty one at the same place. */
  killGearmand(away: () => Promise<void>): Promise<void>;
  /** From the gatekeeper to gearmand. */
  readonly front: FaultProxy;
  close(): Promise<void>;
}

/** So many runs at once over all daemons. */
const maxJobs = 8;
/** A build or a worker that hangs ends soon enough for an act to end: only a good verdict needs patience. */
const policy = '{ retries: 1, deadlines: { offline: 1m, queued: 3m, running: 2m, silent: 1m, run: 4m } }';

interface Ways {
  readonly buildbot: Buildbot;
  readonly gearmand: Gearmand;
  readonly redis: Redis | null;
  readonly folder: string;
}

async function takeSeat(name: string, shifts: boolean, ways: Ways): Promise<Seat> {
  const { buildbot, gearmand, redis } = ways;
  const [toBuildbot, toGearmand, toRedis] = await Promise.all([
    startFaultProxy({ port: Number(new URL(buildbot.url).port), framing: httpRequests }),
    startFaultProxy({ port: gearmand.port, framing: gearmanPackets }),
    redis === null ? null : startFaultProxy({ port: redis.port }),
  ]);
  const record = join(ways.folder, `${name}.log`);
  const gate = await makeGate({
    buildbot: { url: `http://127.0.0.1:${toBuildbot.port}/`, users: buildbot.users },
    gearman: [`127.0.0.1:${toGearmand.port}`],
    maxJobs,
    policy,
    jobs: jobsYaml,
    record,
    ...(toRedis === null ? {} : { redis: `redis://127.0.0.1:${toRedis.port}/0` }),
    ...(shifts ? { env: shiftable } : {}),
  });
  return { name, gate, toBuildbot, toGearmand, toRedis, shifts, record };
}

/** Starts the servers and takes the seats; no daemon is started yet. What they print goes to files in `folder`. */
export async function openStage(plan: Plan, folder: string): Promise<Stage> {
  const [buildbot, first, redis] = await Promise.all([
    startBuildbot({ builders: builders.length, workers: 'shared', respawn: 1, stepTimeout: 900 }),
    startGearmand(),
    plan.store === 'redis' ? startRedis() : null,
  ]);
  let gearmand = first;
  const front = await startFaultProxy({ port: gearmand.port, framing: gearmanPackets });
  const jumps = plan.faults.some(({ kind }) => kind === 'clock-jumps');
  const seats = await Promise.all(
    ['one', 'two', 'three']
      .slice(0, plan.daemons)
      .map((name, index) => takeSeat(name, jumps && index === 0, { buildbot, gearmand, redis, folder })),
  );
  const proxies = seats.flatMap((seat) => [seat.toBuildbot, seat.toGearmand, seat.toRedis ?? []].flat());
  return {
    seats,
    buildbot,
    redis,
    gearmand: () => gearmand,
    async killGearmand(away) {
      const { port } = gearmand;
      await gearmand.kill();
      await away();
      gearmand = await startGearmand({ port });
    },
    front,
    async close() {
      await Promise.all(seats.map(({ gate }) => gate.close()));
      await Promise.all([front, ...proxies].map((proxy) => proxy.close()));
      await Promise.all([buildbot.stop(), gearmand.stop(), redis?.stop()]);
    },
  };
}
