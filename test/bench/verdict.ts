// From the end of a job's last build, as the benchmark itself hears it from Buildbot, to WORK_COMPLETE at the client.

import type { SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { largest, percentile, spread } from './figures.ts';
import { forcedRequests, hearMaster, isForce, type MasterEvents } from './master-state.ts';
import { newChange, openPlace, type Place } from './place.ts';

/** The build requests of a job, found by the commit that its force call names. */
function requestsOf(place: Place, commit: string): readonly number[] {
  return place.http.exchanges
    .filter((exchange) => isForce(exchange) && exchange.body.includes(commit))
    .flatMap(forcedRequests);
}

async function one(place: Place, events: MasterEvents): Promise<number> {
  const asked = newChange();
  const job: SubmittedJob = await place.client.submit('build:all', asked);
  const end = await job.ended(240_000);
  if (job.build.result !== 'SUCCESS') throw new Error(`a job ended ${String(job.build.result)}`);
  const requests = requestsOf(place, asked['ZUUL_COMMIT'] ?? '');
  if (requests.length !== 10) throw new Error(`${requests.length} build requests were seen for a job on 10`);
  const last = await until(() => events.lastOf(requests), { within: 10_000, what: 'the ends of all builds' });
  return end.at - last;
}

interface Course {
  readonly withEvents: boolean;
  /** Jobs at a time, and how often. */
  readonly together: number;
  readonly rounds: number;
}

async function course({ withEvents, together, rounds }: Course): Promise<readonly number[]> {
  return withCleanup(async (cleanup) => {
    const place = await openPlace(cleanup, { builders: 10, maxJobs: together, refusesEvents: !withEvents });
    const events = await hearMaster(place.buildbot, 'builds');
    cleanup.add(() => events.close());
    await place.daemon.start();
    const seen: number[] = [];
    for (let round = 0; round < rounds; round += 1)
      seen.push(...(await Promise.all(Array.from({ length: together }, () => one(place, events)))));
    return seen;
  });
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  say('jobs one after the other and three at a time, with WebSocket');
  const single = await course({ withEvents: true, together: 1, rounds: short ? 5 : 20 });
  const several = await course({ withEvents: true, together: 3, rounds: short ? 2 : 8 });
  say('jobs without WebSocket: each waits for a poll');
  const polled = await course({ withEvents: false, together: 4, rounds: short ? 1 : 2 });
  const withEvents = [...single, ...several];
  return [
    {
      demanded: 'p99 <= 1 s with WebSocket',
      measured: spread(withEvents),
      peer: '',
      met: percentile(withEvents, 0.99) <= 1_000,
    },
    {
      demanded: '<= 32 s without (one poll and 2 s)',
      measured: spread(polled),
      peer: '',
      met: largest(polled) <= 32_000,
    },
  ];
}

export const verdict: Bar = { name: 'verdict', title: 'last build finished to WORK_COMPLETE', measure };
