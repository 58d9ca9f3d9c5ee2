// A force call that arrives after the daemon was killed and started again: a proxy holds the request meanwhile (RUNS.md 4.2, 4.3).

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

/** The daemon is killed while its call is held; from then on it dies at the point of the play. */
async function killWhileHeld({ scene, arm }: Playing, held: Armed): Promise<void> {
  await held.hit;
  await scene.gate.kill();
  await arm();
}

function hold({ scene }: Playing): Armed {
  return scene.proxy.arm({ match: post, fault: { kind: 'hold', cut: 'rst' } });
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
    const held = hold(playing);
    return async () => {
      await killWhileHeld(playing, held);
      const { scene, name } = playing;
      await until(() => moments(scene.gate, name, 'after-effect search') > 0, {
        within: 30_000,
        what: `a first search for the request of ${name}`,
      });
      held.release();
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
    const held = hold(playing);
    return async () => {
      await killWhileHeld(playing, held);
      // Where the second sending was lost as well, the third waits for a minute.
      await until(async () => (await scene.requests(name)).some(({ builds }) => builds.length > 0), {
        within: 120_000,
        what: `the request of ${name} to be sent again and built`,
      });
      held.release();
      await until(async () => (await scene.requests(name)).length === 2, {
        within: 10_000,
        what: `the held request of ${name} to arrive`,
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
