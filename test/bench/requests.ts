// How often Buildbot is asked, counted by the relay: for a green job, and while nothing happens.

import { setTimeout as pause } from 'node:timers/promises';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { largest } from './figures.ts';
import type { Exchange } from './http-relay.ts';
import { masterIdle } from './master-state.ts';
import { newChange, openPlace, type Place } from './place.ts';

const builders = 10;

interface Counted {
  readonly requests: number;
  readonly minutes: number;
  readonly which: string;
}

/** `POST forceschedulers 1, GET builds 3`. */
function kinds(exchanges: readonly Exchange[]): string {
  const counts = new Map<string, number>();
  for (const { method, path } of exchanges) {
    const kind = `${method} ${/^\/(?:api\/v2\/)?([a-z]*)/.exec(path)?.[1] ?? path}`;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(', ');
}

async function green(place: Place): Promise<Counted> {
  await masterIdle(place.buildbot);
  const before = place.http.exchanges.length;
  const begun = performance.now();
  const job = await place.client.submit('build:all', newChange());
  await job.ended(120_000);
  if (job.build.result !== 'SUCCESS') throw new Error(`a job ended ${String(job.build.result)}`);
  const minutes = (performance.now() - begun) / 60_000;
  // What the job's end still brings about is its own as well.
  await pause(2_000);
  const asked = place.http.exchanges.slice(before);
  return { requests: asked.length, minutes, which: kinds(asked) };
}

async function idle(place: Place, minutes: number): Promise<Row> {
  await pause(10_000);
  const before = place.http.exchanges.length;
  const counts: number[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const from = place.http.exchanges.length;
    await pause(60_000);
    counts.push(place.http.exchanges.length - from);
  }
  return {
    demanded: '<= 4 a minute while idle',
    measured: `${counts.join(', ')} in ${minutes} minutes (${kinds(place.http.exchanges.slice(before))})`,
    peer: '',
    met: largest(counts) <= 4,
  };
}

function rowOf(jobs: readonly Counted[]): Row {
  const most = jobs.reduce((one, other) => (other.requests > one.requests ? other : one));
  const allowed = (job: Counted): number => 3 * builders + 3 * job.minutes;
  return {
    demanded: `<= 3 per builder + 3 a minute for a green job on ${builders}`,
    measured: `${jobs.map((job) => job.requests).join(', ')}; most: ${most.which}`,
    peer: '',
    met: jobs.every((job) => job.requests <= allowed(job)),
  };
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  return withCleanup(async (cleanup) => {
    const place = await openPlace(cleanup, { builders });
    await place.daemon.start();
    say('counting what an idle gate asks');
    const quiet = await idle(place, short ? 1 : 3);
    say('counting what green jobs cost');
    const jobs: Counted[] = [];
    for (let count = 0; count < (short ? 3 : 10); count += 1) jobs.push(await green(place));
    return [rowOf(jobs), quiet];
  });
}

export const requests: Bar = { name: 'requests', title: 'requests to Buildbot', measure };
