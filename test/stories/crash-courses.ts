// The courses of the kill -9 table: what the job meets, and what must come of it wherever the daemon dies.

import { until } from '../until.ts';
import type { Course } from './crash-course.ts';
import { change } from './gate.ts';
import { benchOne as one, benchThree as three, benchTwo as two, type Scene } from './scene.ts';

/** One more job, as YAML. */
export const crashJobs = `
  - { name: late, project: cpython, builders: { names: ["${one}", "${three}"] }, policy: hasty }`;
/** In the same line as the policy `gate`. */
export const crashPolicies = '{ retries: 2 }\n  hasty: { retries: 0, deadlines: { queued: 2s } }';

export const green: Course = {
  title: 'a good change',
  prefix: 'gr',
  job: 'pair',
  word: 'SUCCESS',
  requests: { [one]: [1], [two]: [1] },
};

export const failing: Course = {
  title: 'a change that fails on one builder',
  prefix: 'fa',
  job: 'pair',
  word: 'FAILURE',
  requests: { [one]: [1], [two]: [1] },
  prepare: (scene, name) => scene.steer(name, { [two]: 'fail-new' }),
};

export const stopped: Course = {
  title: 'a job that is stopped half-way',
  prefix: 'st',
  job: 'pair',
  word: 'ABORTED',
  requests: { [one]: [1], [two]: [1] },
  prepare: (scene, name) => scene.steer(name, 'hang'),
  meanwhile: async (scene, job, name) => {
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
  },
};

export const retried: Course = {
  title: 'a job with a retry after a fault of the infrastructure',
  prefix: 'in',
  job: 'pair',
  word: 'SUCCESS',
  requests: { [one]: [1], [two]: [2] },
  prepare: (scene, name) => scene.steer(name, { [two]: 'infra-exception' }),
  meanwhile: async (scene, _job, name) => {
    await until(
      async () => {
        const requests = await scene.requests(name);
        return requests.some((request) => request.results === 4);
      },
      { within: 45_000, what: 'the first build to end as an exception' },
    );
    await scene.steer(name, 'pass');
  },
};

export const unheard: Course = {
  title: 'a job with a builder that does not come to it',
  prefix: 'un',
  job: 'late',
  word: 'INFRA_FAILURE',
  requests: { [one]: [1], [three]: [1] },
};

/** Resolves when a job of nobody's course holds the builder of `unheard`. */
export async function hogThree(scene: Scene): Promise<{ release(): Promise<void> }> {
  const name = 'the hog';
  await scene.steer(name, 'hang');
  const job = await scene.client.submit('build:single', change(name));
  await scene.running(name, 1);
  return {
    release: async () => {
      const stop = await scene.client.submit('stop:gate.test', {
        name: 'single',
        number: String(job.build.number),
      });
      await stop.packet('WORK_COMPLETE');
      await job.ended();
    },
  };
}
