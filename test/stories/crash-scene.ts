// The servers of one lane of the kill -9 table: three cheap builders, the third of which takes nothing, and a daemon that serves.

import { session, type Session } from '../contract/servers/force.ts';
import { benchOne, benchThree, benchTwo, openScene, type Scene } from './scene.ts';

/** More jobs, as YAML. */
const crashJobs = `
  - { name: alone, project: cpython, builders: { names: ["${benchTwo}"] }, policy: gate }
  - { name: late, project: cpython, builders: { names: ["${benchOne}", "${benchThree}"] }, policy: hasty }`;
/** In the same line as the policy `gate`. */
const crashPolicies = '{ retries: 2 }\n  hasty: { retries: 0, deadlines: { offline: 4s } }';

/** An admin's word to a worker; rejects with Buildbot's answer. */
export async function order(admin: Session, name: string, what: 'pause' | 'unpause'): Promise<void> {
  const worker = (await admin.rows('workers')).find((each) => each['name'] === name);
  const { status, body } = await admin.call(`workers/${String(worker?.['workerid'])}`, what, {});
  if (status !== 200) throw new Error(`${what} of ${name}: ${status} ${JSON.stringify(body)}`);
}

/** Starts the servers of one lane of courses. The third builder's worker is there, but takes nothing. */
export async function openCrashScene(): Promise<Scene> {
  const scene = await openScene({
    buildbot: { workers: 'shared', builders: 3, respawn: 0, stepTimeout: 600 },
    gate: { jobs: crashJobs, policy: crashPolicies },
  });
  await order(await session(scene.buildbot, 'admin'), 'bench-03', 'pause');
  await scene.gate.start();
  await scene.gate.ready();
  return scene;
}
