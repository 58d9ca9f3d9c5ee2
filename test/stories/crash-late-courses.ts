// A force call that arrives after the daemon was killed and started again: a proxy keeps the request back meanwhile (RUNS.md 4.2, 4.3).

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Armed } from '../faults.ts';
import { until } from '../until.ts';
import type { Course, Playing } from './crash-course.ts';
import { moments } from './crash-points.ts';
import { benchOne as one, benchTwo as two, type Scene } from './scene.ts';

const post = 'POST /api/v2/forceschedulers/';

export const unanswered: Course = {
  title: 'a force call whose answer is lost',
  promise: 'finds a request again whose answer was lost (rule 4.2)',
  prefix: 'lo',
  job: 'pair',
  word: 'SUCCESS',
  requests: { [one]: 1, [two]: 1 },
  begin: async ({ scene }) => {
    scene.proxy.arm({ match: post, fault: { kind: 'drop-answer', cut: 'rst' } });
    return undefined;
  },
};

function keepBack({ scene }: Playing): Armed {
  return scene.proxy.arm({ match: post, fault: { kind: 'lose', cut: 'rst' } });
}

/** The daemon is killed while its call is under way; from then on it dies at the point of the play. Gives the call. */
async function killMeanwhile({ scene, arm }: Playing, kept: Armed): Promise<Buffer> {
  const call = await kept.hit;
  await scene.gate.kill();
  await arm();
  return call;
}

/** Brings the call to the master, on a connection of its own: the master ends one that was silent for a minute. */
async function deliver({ scene }: Playing, call: Buffer): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(scene.buildbot.url).port) });
  try {
    socket.write(call);
    await once(socket, 'data', { signal: AbortSignal.timeout(10_000) });
  } finally {
    socket.destroy();
  }
}

export const late: Course = {
  title: 'a force call that arrives after the restart, between the two searches',
  promise: 'counts a request that arrives before the second search (rule 4.2)',
  prefix: 'lt',
  job: 'pair',
  word: 'SUCCESS',
  requests: { [one]: 1, [two]: 1 },
  armsItself: true,
  short: / search /,
  begin: async (playing) => {
    const kept = keepBack(playing);
    return async () => {
      const call = await killMeanwhile(playing, kept);
      const { scene, name } = playing;
      await until(() => moments(scene.gate, name, 'after-effect search') > 0, {
        within: 30_000,
        what: `a first search for the request of ${name}`,
      });
      await deliver(playing, call);
    };
  },
};

/** How many second requests the daemon has found in its present life. */
async function duplicates({ gate }: Scene): Promise<number> {
  const { body } = await gate.get('metrics');
  return Number(/^gearbridge_duplicate_requests_total (\d+)$/m.exec(body)?.[1] ?? 'NaN');
}

export const latest: Course = {
  title: 'a force call that arrives after the restart and after both searches',
  promise: 'cancels within 30 s a request that arrives after both searches (rule 4.3)',
  prefix: 'la',
  job: 'alone',
  word: 'SUCCESS',
  requests: { [two]: 2 },
  withoutBuild: 1,
  armsItself: true,
  short: null,
  begin: async (playing) => {
    const { scene, name } = playing;
    // The build must outlast a restart and the round of the sweep that comes after it, or the late one would be begun.
    await scene.steer(name, 'slow', 45);
    const kept = keepBack(playing);
    return async () => {
      const call = await killMeanwhile(playing, kept);
      // Where the second sending was lost as well, the third waits for a minute.
      await until(async () => (await scene.requests(name)).some(({ builds }) => builds.length > 0), {
        within: 120_000,
        what: `the request of ${name} to be sent again and built`,
      });
      await deliver(playing, call);
      await until(async () => (await scene.requests(name)).length === 2, {
        within: 10_000,
        what: `the late request of ${name} to arrive`,
      });
      // A round of the sweep, and the time in which the daemon was away.
      await until(async () => (await scene.requests(name)).some(({ complete }) => complete), {
        within: 33_000,
        what: `the sweep to cancel the second request of ${name}`,
      });
      // A daemon that dies between the cancel and the count has not counted it, and has nothing left to find.
      await until(async () => !scene.gate.isArmed() || (await duplicates(scene)) === 1, {
        within: 10_000,
        what: `the second request of ${name} to be counted`,
      });
    };
  },
};
