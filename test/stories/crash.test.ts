// `kill -9` at every journalled step: before the write, between the write and the effect, between the effect and its outcome.
// The steps are enumerated, not drawn: each course is traced once, then played for the checkpoints that came. The good change
// is played for every kind and number but the middle of many equal writes; the others, alike until the force call, for the first
// and last of each kind that comes after it.
// A point takes about 2 s where the machine is idle: half of it a start of the daemon, half the builds. Those that leave a
// sending unclear take 10 s more, the pause between two searches, and a retry waits 10 s as well.

import type { Course } from './crash-course.ts';
import {
  crashJobs,
  crashPolicies,
  failing,
  green,
  hogThree,
  retried,
  stopped,
  unheard,
} from './crash-courses.ts';
import { afterForce, expectDeaths, nearlyAll, table, trace } from './crash-table.ts';
import { openScene, type Scene } from './scene.ts';

describe('a daemon that is killed at every journalled step', function () {
  this.timeout(300_000);
  let scene: Scene;

  before(async () => {
    scene = await openScene({ gate: { jobs: crashJobs, policy: crashPolicies } });
    await scene.gate.start();
    await scene.gate.ready();
  });

  after(() => scene.close());

  it('gives a good change its SUCCESS wherever it dies, with one build request for each builder (rule 1.5)', async () => {
    const points = await table(scene, green, nearlyAll(await trace(scene, green)));
    expectDeaths(points);
  });

  it('gives a failing change its FAILURE wherever it dies (rule 1.5)', async () => {
    expectDeaths(await table(scene, failing, afterForce(await trace(scene, failing))));
  });

  it('answers a stopped job ABORTED and ends its builds wherever it dies (rule 8.2)', async () => {
    expectDeaths(await table(scene, stopped, afterForce(await trace(scene, stopped))));
  });

  it('sends a retry once wherever it dies (rules 1.3, 6.1)', async () => {
    const points = await trace(scene, retried);
    const first = points.indexOf('before-effect force 2');
    const around = points.slice(first - 1, points.indexOf('after-effect force 2') + 1);
    expectDeaths(await table(scene, retried, around));
  });

  it('finds a request again whose answer was lost, wherever it dies over the search (rule 4.2)', async () => {
    const lost: Course = {
      ...green,
      title: 'a change whose force call is not answered',
      prefix: 'lo',
      prepare: async () => {
        scene.proxy.arm({
          match: 'POST /api/v2/forceschedulers/',
          fault: { kind: 'drop-answer', cut: 'rst' },
        });
      },
    };
    const points = await trace(scene, lost);
    expectDeaths(
      await table(
        scene,
        lost,
        points.filter((point) => point.includes(' search ')),
      ),
    );
  });

  it('withdraws a request that nobody takes, wherever it dies over the cancel and the audit (rules 5.4, 5.5)', async () => {
    const hog = await hogThree(scene);
    const points = await trace(scene, unheard);
    expectDeaths(
      await table(
        scene,
        unheard,
        points.filter((point) => / (cancel|audit) /.test(point)),
      ),
    );
    await hog.release();
  });
});
