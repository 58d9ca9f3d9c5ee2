// A gate under load: gearmand behind its relay, the stand-in for Buildbot, the compiled daemon with a probe inside, and clients. Buildbot
// is asked directly: the stand-in counts.

import { startGearmand } from '../../src/servers/gearmand.ts';
import { connectGearmanClient, type GearmanClient, type SubmittedJob } from '../gearman-client.ts';
import { startStandIn, type StandIn } from '../stand-in/start.ts';
import { until } from '../until.ts';
import type { Cleanup } from './cleanup.ts';
import { startGearmanRelay, type GearmanRelay } from './gearman-relay.ts';
import { makeMeasuredDaemon, type MeasuredDaemon } from './measured-daemon.ts';
import { everyBuilder, newChange } from './place.ts';

export const builders = 20;

export interface LoadPlace {
  readonly standIn: StandIn;
  readonly gearman: GearmanRelay;
  readonly daemon: MeasuredDaemon;
  readonly client: GearmanClient;
  /** gearmand itself. */
  readonly gearmandPort: number;
}

/** A job on every builder, and the commit that tells its builds. */
export interface LoadJob {
  readonly job: SubmittedJob;
  readonly commit: string;
}

/** Starts the servers; the daemon is made, with so many slots, and not started. */
export async function openLoadPlace(cleanup: Cleanup, jobs: number): Promise<LoadPlace> {
  const [standIn, gearmand] = await Promise.all([
    // Room for a reset: what was stopped runs on for a moment beside what is new.
    startStandIn({ builders, atOnce: 2 * jobs }),
    startGearmand(),
  ]);
  cleanup.add(() => standIn.stop());
  cleanup.add(() => gearmand.stop());
  const gearman = await startGearmanRelay(gearmand.port);
  cleanup.add(() => gearman.close());
  const daemon = await makeMeasuredDaemon({
    ...{ gearman: gearman.address, buildbot: standIn.url, password: standIn.users.gate },
    ...{ maxJobs: jobs, jobs: everyBuilder, probed: true },
  });
  cleanup.add(() => daemon.close());
  const client = await connectGearmanClient(gearmand.port);
  cleanup.add(() => client.close());
  return { standIn, gearman, daemon, client, gearmandPort: gearmand.port };
}

/** Submits one job on every builder. */
export async function submitOne(client: GearmanClient): Promise<LoadJob> {
  const change = newChange();
  return { job: await client.submit('build:all', change), commit: change['ZUUL_COMMIT'] ?? '' };
}

/** Submits jobs in one turn. */
export function submitMany(client: GearmanClient, count: number): Promise<readonly LoadJob[]> {
  return Promise.all(Array.from({ length: count }, () => submitOne(client)));
}

/** Resolves when so many builds run. */
export async function untilLive(standIn: StandIn, builds: number, within: number): Promise<void> {
  let live = 0;
  await until(async () => (live = (await standIn.figures()).live) >= builds, {
    ...{ within, what: `${builds} builds to run` },
  }).catch((error: unknown) => {
    throw new Error(`${live} builds ran`, { cause: error });
  });
}

/** Milliseconds from the end of the last build of each job to its end packet. Throws where one did not end with that word. */
export async function verdictTimes(
  standIn: StandIn,
  jobs: readonly LoadJob[],
  within: number,
): Promise<readonly number[]> {
  const ends = await Promise.all(jobs.map(({ job }) => job.ended(within)));
  const wrong = jobs.filter(({ job }) => job.build.result !== 'SUCCESS');
  if (wrong.length > 0) {
    const [first] = wrong;
    throw new Error(
      `${wrong.length} of ${jobs.length} jobs did not end SUCCESS: ${JSON.stringify(first?.job.build.last)}`,
    );
  }
  const builds = await standIn.ends(jobs.map(({ commit }) => commit));
  return ends.map(({ at }, index) => at - (builds[index] ?? Number.NaN));
}
