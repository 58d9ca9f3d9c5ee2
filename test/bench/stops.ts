// Four hundred `stop:` in one burst, two hundred of them for jobs whose builds run or wait, the others for jobs that nobody knows.

import { randomUUID } from 'node:crypto';
import type { SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { largest, spread, time } from './figures.ts';
import { forcedRequests, hearMaster, unfinishedRequests, type MasterEvents } from './master-state.ts';
import { manager } from './measured-daemon.ts';
import { jobOn, newChange, openPlace, type Place } from './place.ts';

const open = 200;
const builders = 20;

/** Ten jobs on one builder, ten on two. */
const jobs = Array.from({ length: builders }, (_, index) =>
  jobOn(`job-${index}`, index % 2 === 0 ? [index + 1] : [index, index + 1]),
).join('\n');

async function openJobs(
  place: Place,
): Promise<{ jobs: readonly SubmittedJob[]; requests: readonly number[] }> {
  await place.buildbot.scenarios({ default: 'hang' });
  const submitted = Array.from({ length: open }, (_, index) =>
    place.client.submit(`build:job-${index % builders}`, newChange()),
  );
  const all = await Promise.all(submitted);
  const forced = (): readonly number[] => place.http.exchanges.flatMap(forcedRequests);
  const wanted = 1.5 * open;
  await until(() => forced().length >= wanted, { within: 120_000, what: 'all jobs to be forced' });
  // Builds that begin while the burst comes would be another measurement.
  await until(
    async () => {
      const answer = await fetch(`${place.buildbot.api}/builds?complete=false&field=buildid&field=complete`);
      return ((await answer.json()) as { builds: unknown[] }).builds.length === builders;
    },
    { within: 60_000, what: 'a build to run on each builder' },
  );
  return { jobs: all, requests: forced() };
}

async function stopAll(
  place: Place,
  running: readonly SubmittedJob[],
): Promise<{ begun: number; times: number[] }> {
  const begun = performance.now();
  const stops = running.flatMap((job) => [job.unique, randomUUID()]);
  const answers = stops.map(async (number) => {
    const stop = await place.client.submit(`stop:${manager}`, { name: '', number });
    return stop.ended(60_000);
  });
  const ends = await Promise.all(answers);
  return { begun, times: ends.map((end) => end.at - begun) };
}

async function round(place: Place, events: MasterEvents): Promise<{ answers: number[]; stopped: number }> {
  const { jobs: running, requests } = await openJobs(place);
  const { begun, times } = await stopAll(place, running);
  const last = await until(() => events.lastOf(requests), {
    within: 120_000,
    what: 'all builds to be stopped',
  });
  const left = await unfinishedRequests(place.buildbot);
  if (left.length > 0) throw new Error(`${left.length} build requests were left`);
  await Promise.all(running.map((job) => job.ended(10_000)));
  return { answers: times, stopped: last - begun };
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const rounds: { answers: number[]; stopped: number }[] = [];
  for (let count = 0; count < (short ? 1 : 3); count += 1) {
    say(`400 stops, ${open} of them for open jobs, ${1.5 * open} build requests`);
    const measured = await withCleanup(async (cleanup) => {
      const place = await openPlace(cleanup, { builders, maxJobs: open, jobs });
      const events = await hearMaster(place.buildbot, 'requests');
      cleanup.add(() => events.close());
      await place.daemon.start();
      return round(place, events);
    });
    rounds.push(measured);
  }
  const answers = rounds.flatMap((each) => each.answers);
  const stopped = rounds.map((each) => each.stopped);
  return [
    {
      demanded: 'all 400 answered <= 2 s',
      measured: spread(answers),
      peer: '',
      met: largest(answers) <= 2_000,
    },
    {
      demanded: 'last of 300 requests stopped at Buildbot <= 10 s',
      measured: stopped.map(time).join(', '),
      peer: '',
      met: largest(stopped) <= 10_000,
    },
  ];
}

export const stops: Bar = { name: 'stops', title: '400 stop: in one burst', measure };
