// The courses of the kill -9 table: what the job meets, and what must come of it wherever the daemon dies.

import { session } from '../contract/servers/force.ts';
import { until } from '../until.ts';
import type { Course } from './crash-course.ts';
import { moments } from './crash-points.ts';
import { order } from './crash-scene.ts';
import { stepOf, type RequestRow } from './evidence.ts';
import { change } from './gate.ts';
import { benchOne as one, benchThree as three, benchTwo as two } from './scene.ts';

export const good: Course = {
  title: 'a good change',
  promise: 'gives a good change its SUCCESS, with one build request for each builder (rule 1.5)',
  prefix: 'gr',
  job: 'pair',
  word: 'SUCCESS',
  requests: { [one]: 1, [two]: 1 },
};

export const failing: Course = {
  title: 'a change that breaks one platform',
  promise: 'gives a failing change its FAILURE (rule 1.5)',
  prefix: 'fa',
  job: 'pair',
  word: 'FAILURE',
  requests: { [one]: 1, [two]: 1 },
  begin: async ({ scene, name }) => {
    await scene.steer(name, { [two]: 'fail-new' });
    return undefined;
  },
};

export const attached: Course = {
  title: 'two jobs that are attached to one run',
  promise: 'gives two jobs of one run the same verdict from the same builds (rule 2.4)',
  prefix: 'at',
  job: 'pair',
  jobs: 2,
  word: 'SUCCESS',
  requests: { [one]: 1, [two]: 1 },
};

export const stopped: Course = {
  title: 'a job that is stopped half-way',
  promise: 'answers a stopped job ABORTED and ends its builds (rule 8.2)',
  prefix: 'st',
  job: 'pair',
  word: 'ABORTED',
  requests: { [one]: 1, [two]: 1 },
  begin: async ({ scene, name }) => {
    await scene.steer(name, 'hang');
    return async (job) => {
      await scene.running(name, 2);
      const number = await until(
        async () => {
          // The daemon must have seen them: what it believes queued it cancels, what runs it stops.
          const view = await scene.gate.job(String(job.build.number));
          return view.builders.every(({ state }) => state === 'running') && view.number;
        },
        { within: 30_000, what: `the daemon to see that ${name} is built` },
      );
      const stop = await scene.client.submit('stop:gate.test', { name: 'pair', number });
      // Where the daemon dies over it, gearmand hands the stop out again.
      await stop.packet('WORK_COMPLETE', 30_000);
    };
  },
};

export const died: Course = {
  title: 'a worker that dies in the middle of a build',
  promise: 'waits for the second build of a request whose worker died, and asks for no other (rule 5.3)',
  prefix: 'wd',
  job: 'pair',
  word: 'SUCCESS',
  requests: { [one]: 1, [two]: 1 },
  begin: async ({ scene, name }) => {
    await scene.steer(name, { [two]: 'hang' });
    return async () => {
      const hanging = await until(
        async () => {
          const request = (await scene.requests(name)).find(({ builder }) => builder === two);
          const id = request?.builds.at(0)?.id;
          return id !== undefined && (await stepOf(scene.buildbot.api, id, 'test')) === 'running' && id;
        },
        { within: 45_000, what: `the build of ${name} to be in its test` },
      );
      await scene.steer(name, 'pass');
      // One process for all workers: builds of other builders are through by now, or run again as well.
      await scene.buildbot.signal('all', 'SIGKILL');
      await until(
        async () => {
          const builds = (await scene.requests(name)).flatMap((request) => request.builds);
          return builds.some(({ id, results }) => id === hanging && results === 5);
        },
        { within: 30_000, what: `the build of ${name} to end RETRY` },
      );
    };
  },
};

export const retried: Course = {
  title: 'a retry after a fault of the infrastructure',
  promise: 'sends a retry once (rules 1.3, 6.1)',
  prefix: 'in',
  job: 'pair',
  word: 'SUCCESS',
  requests: { [one]: 1, [two]: 2 },
  short: / force 2$/,
  begin: async ({ scene, name }) => {
    await scene.steer(name, { [two]: 'infra-exception' });
    return async () => {
      await until(async () => (await scene.requests(name)).some((request) => request.results === 4), {
        within: 45_000,
        what: `the first build of ${name} to end as an exception`,
      });
      await scene.steer(name, 'pass');
    };
  },
};

export const unheard: Course = {
  title: 'a builder that does not come to it',
  promise: 'withdraws a request that nobody takes (rules 5.4, 5.5)',
  prefix: 'un',
  job: 'late',
  word: 'NO_COVERAGE',
  requests: { [one]: 1, [three]: 1 },
  short: / (cancel|audit) /,
};

export const overslept: Course = {
  title: 'builds that end while the daemon is down',
  promise: 'reads how builds ended that it did not see end (rule 1.5)',
  prefix: 'ov',
  job: 'pair',
  word: 'SUCCESS',
  requests: { [one]: 1, [two]: 1 },
  armsItself: true,
  short: / look /,
  begin: async ({ scene, name, arm }) => {
    return async () => {
      await until(() => moments(scene.gate, name, 'after-effect force') > 0, {
        within: 45_000,
        what: `the builds of ${name} to be forced`,
      });
      await scene.gate.kill();
      await arm();
    };
  },
  wake: async ({ scene, name }) => {
    await until(async () => (await scene.requests(name)).every(({ complete }) => complete), {
      within: 30_000,
      what: `the builds of ${name} to end`,
    });
  },
};

export const merged: Course = {
  title: 'a request that Buildbot merges into the same one of a stranger',
  promise: 'sends anew what was merged away, once the stranger has gone (rule 4.6)',
  prefix: 'me',
  job: 'alone',
  word: 'SUCCESS',
  requests: { [two]: 2 },
  short: / vacancy /,
  begin: async ({ scene, name }) => {
    const admin = await session(scene.buildbot, 'admin');
    await order(admin, 'bench-02', 'pause');
    return async () => {
      const has = async (test: (request: RequestRow) => boolean, what: string): Promise<void> => {
        await until(async () => (await scene.requests(name)).some(test), { within: 45_000, what });
      };
      await has(() => true, `the request of ${name}`);
      const { ZUUL_COMMIT: revision = '', ZUUL_REF: branch = '', ZUUL_URL = '' } = change(name);
      const fields = { revision, branch, repository: `${ZUUL_URL}/cpython`, project: 'cpython' };
      const stranger = await admin.force(two, { ...fields, reason: 'a stranger' });
      await has(({ results }) => results === 3, `the request of ${name} to be merged away`);
      await until(() => moments(scene.gate, name, 'after-effect vacancy') > 0, {
        within: 30_000,
        what: `the daemon to see what ${name} was merged into`,
      });
      await admin.call(`buildrequests/${stranger}`, 'cancel', { reason: 'no stranger any more' });
      await order(admin, 'bench-02', 'unpause');
    };
  },
};
