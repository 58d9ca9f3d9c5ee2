// Faults of processes: killed, ended, frozen, without room, with a clock that jumps.

import { once } from 'node:events';
import { connect } from 'node:net';
import { output } from '../../src/servers/command.ts';
import { shiftTo } from '../stories/shifted-clock.ts';
import type { FaultKind } from './fault-kinds.ts';
import type { Seat, Stage } from './stage.ts';
import type { Do, Strike } from './strike.ts';

/** Milliseconds that a killed server stays away at most: how long it is away is not what is asked. */
const awayAtMost = 6_000;

async function whileFrozen(
  { wait, fault }: Strike,
  who: { freeze: () => unknown; thaw: () => unknown },
): Promise<number> {
  await who.freeze();
  try {
    await wait(fault.span);
  } finally {
    await who.thaw();
  }
  return 1;
}

async function limitFiles(seat: Seat, bytes: number | 'unlimited'): Promise<void> {
  const args = ['--pid', String(seat.gate.pid()), `--fsize=${bytes}:unlimited`];
  await output({ program: 'prlimit', args, within: 5_000 });
}

/** One command to Redis by its own socket, which no proxy sees; rejects where it is refused. */
async function tellRedis(stage: Stage, command: string): Promise<void> {
  if (stage.redis === null) throw new Error('this act has no Redis');
  const socket = connect(stage.redis.socket);
  socket.setTimeout(5_000, () => socket.destroy(new Error(`Redis did not answer to ${command} within 5 s`)));
  await once(socket, 'connect');
  socket.write(`${command}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  if (!answer.toString().startsWith('+OK'))
    throw new Error(`Redis answered ${answer.toString()} to ${command}`);
}

const shifts = ['+1d', '-1d', '+90s', '-90s', '+1h'] as const;

/** Faults of processes by kind. */
export const processFaults = {
  'daemon-killed': async ({ seat }) => {
    if (!seat.gate.running()) return null;
    await seat.gate.kill();
    return 1;
  },
  'daemon-ended': async ({ seat }) => {
    if (!seat.gate.running()) return null;
    await seat.gate.stop();
    return 1;
  },
  'daemon-frozen': async (strike) => {
    const { gate } = strike.seat;
    return gate.running() ? whileFrozen(strike, gate) : null;
  },
  'gearmand-killed': async ({ stage, wait, fault }) => {
    await stage.killGearmand(() => wait(Math.min(fault.span, awayAtMost)));
    return 1;
  },
  'gearmand-frozen': (strike) => whileFrozen(strike, strike.stage.gearmand()),
  'redis-killed': async ({ stage, wait, fault }) => {
    if (stage.redis === null) return null;
    await stage.redis.kill();
    await wait(Math.min(fault.span, awayAtMost));
    await stage.redis.restart();
    return 1;
  },
  'redis-frozen': async (strike) => {
    const { redis } = strike.stage;
    return redis === null ? null : whileFrozen(strike, redis);
  },
  'redis-refuses': async ({ stage, wait, fault }) => {
    // As a master does whose replicas are gone: reads are answered, every write is refused.
    await tellRedis(stage, 'CONFIG SET min-replicas-to-write 1');
    try {
      await wait(fault.span);
    } finally {
      await tellRedis(stage, 'CONFIG SET min-replicas-to-write 0');
    }
    return 1;
  },
  'disk-full': async ({ seat, wait, fault }) => {
    if (!seat.gate.running()) return null;
    await limitFiles(seat, 50_000);
    try {
      await wait(fault.span);
    } finally {
      if (seat.gate.running()) await limitFiles(seat, 'unlimited');
    }
    return 1;
  },
  'master-killed': async ({ stage }) => {
    await stage.buildbot.crash();
    return 1;
  },
  'master-restarted': async ({ stage }) => {
    await stage.buildbot.restart();
    return 1;
  },
  'master-frozen': (strike) => {
    const { buildbot } = strike.stage;
    return whileFrozen(strike, {
      freeze: () => buildbot.signal('master', 'SIGSTOP'),
      thaw: () => buildbot.signal('master', 'SIGCONT'),
    });
  },
  'workers-killed': async ({ stage }) => {
    if ((await stage.buildbot.pids())['all'] === undefined) return null;
    await stage.buildbot.signal('all', 'SIGKILL');
    return 1;
  },
  'clock-jumps': async ({ stage, wait, fault }) => {
    const seat = stage.seats.find((each) => each.shifts);
    if (seat === undefined) return null;
    await shiftTo(seat.gate.folder, shifts[fault.pick % shifts.length] ?? '+1d');
    await wait(fault.span);
    await shiftTo(seat.gate.folder, '+0');
    return 1;
  },
} as const satisfies Partial<Readonly<Record<FaultKind, Do>>>;
