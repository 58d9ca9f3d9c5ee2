// A hundred jobs on ten builders each, forced and open: what memory and a new start are measured with.

import type { SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import { forcedRequests } from './master-state.ts';
import { newChange, type Place } from './place.ts';

/** What `openPlace` needs for it. */
export const hundredJobs = { builders: 10, maxJobs: 100, collapse: 'off' } as const;

/** Submits a hundred jobs whose builds do not end; resolves when all their build requests are made. */
export async function openHundred(place: Place): Promise<readonly SubmittedJob[]> {
  await place.buildbot.scenarios({ default: 'hang' });
  const jobs = await Promise.all(
    Array.from({ length: hundredJobs.maxJobs }, () => place.client.submit('build:all', newChange())),
  );
  await until(() => place.http.exchanges.flatMap(forcedRequests).length >= 1_000, {
    within: 180_000,
    what: '1,000 build requests',
  });
  return jobs;
}
