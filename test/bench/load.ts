// 200 jobs on 20 builders each, 4,000 builds that run: steady for ten minutes while some jobs end and others come, then a reset as a
// gatekeeper makes one: 190 stops and 190 new jobs in one turn.

import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../until.ts';
import { watchAssignments } from './assignments.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup, type Cleanup } from './cleanup.ts';
import { largest, percentile, spread, time } from './figures.ts';
import {
  builders,
  openLoadPlace,
  submitMany,
  submitOne,
  untilLive,
  verdictTimes,
  type LoadJob,
  type LoadPlace,
} from './load-place.ts';
import { manager } from './measured-daemon.ts';

interface Size {
  /** Jobs whose builds run until the reset, and jobs that come and go beside them. */
  readonly long: number;
  readonly short: number;
  /** Milliseconds. */
  readonly steady: number;
}

const whole: Size = { long: 190, short: 10, steady: 600_000 };
const brief: Size = { long: 45, short: 5, steady: 30_000 };

/** Seconds of a build that is to end, and of one that is not. */
const soon = 30;
const never = 7_200;

interface Watched {
  readonly resident: number[];
  readonly loop: { p99: number; max: number };
}

/** Looks at the daemon's memory once a second until it is told to end. */
function watchMemory({ daemon }: LoadPlace, cleanup: Cleanup): () => Promise<Watched> {
  const resident: number[] = [];
  const over = new AbortController();
  const watching = (async () => {
    while (!over.signal.aborted) {
      resident.push(await daemon.resident());
      await pause(1_000);
    }
  })();
  const end = async (): Promise<void> => {
    over.abort();
    await watching;
  };
  // Before the daemon is ended, whatever broke.
  cleanup.add(end);
  return async () => {
    await end();
    return { resident, loop: (await daemon.probe()).loop };
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

/** `GET builds 120, GET buildrequests 118`: the most frequent first. */
function kinds(after: Readonly<Record<string, number>>, before: Readonly<Record<string, number>>): string {
  const grown = Object.entries(after).map(([kind, count]) => [kind, count - (before[kind] ?? 0)] as const);
  const some = grown.filter(([, count]) => count > 0).sort(([, one], [, other]) => other - one);
  return some.map(([kind, count]) => `${kind} ${count}`).join(', ');
}

/** One place in which a job follows the other until the time is over; gives all that ended. */
async function follow(place: LoadPlace, end: number): Promise<readonly LoadJob[]> {
  const done: LoadJob[] = [];
  while (performance.now() < end) {
    const one = await submitOne(place.client);
    await one.job.ended(180_000);
    done.push(one);
  }
  return done;
}

interface Steady {
  readonly verdicts: readonly number[];
  readonly perSecond: number;
  readonly live: number;
  readonly kinds: string;
  readonly cpu: number;
}

async function steadily(place: LoadPlace, { short, steady }: Size): Promise<Steady> {
  const { standIn, daemon } = place;
  const [before, cpu, begun] = [await standIn.figures(), await daemon.cpu(), performance.now()];
  const end = begun + steady;
  const lanes = Promise.all(Array.from({ length: short }, () => follow(place, end)));
  const live: number[] = [];
  while (performance.now() < end) {
    await pause(1_000);
    live.push((await standIn.figures()).live);
  }
  const [after, cpuAfter, seconds] = [
    await standIn.figures(),
    await daemon.cpu(),
    (performance.now() - begun) / 1_000,
  ];
  const jobs = (await lanes).flat();
  return {
    verdicts: await verdictTimes(standIn, jobs, 1_000),
    perSecond: (sum(after.counts) - sum(before.counts)) / seconds,
    live: percentile(live, 0.5),
    kinds: kinds(after.counts, before.counts),
    cpu: (cpuAfter - cpu) / seconds,
  };
}

interface Reset {
  readonly stops: readonly number[];
  readonly fresh: readonly LoadJob[];
  readonly aborted: number;
  readonly stopped: number;
  /** Seconds of the daemon's processor time until every stop was answered. */
  readonly cpu: number;
}

/** All stops and all new jobs in one turn. */
async function reset(place: LoadPlace, running: readonly LoadJob[]): Promise<Reset> {
  const { client, standIn, daemon } = place;
  const [cpu, begun] = [await daemon.cpu(), performance.now()];
  const stops = running.map(async ({ job }) => {
    const stop = await client.submit(`stop:${manager}`, { name: '', number: job.unique });
    return (await stop.ended(60_000)).at - begun;
  });
  const submitted = submitMany(client, running.length);
  const times = await Promise.all(stops);
  const spent = (await daemon.cpu()) - cpu;
  const fresh = await submitted;
  await Promise.all(running.map(({ job }) => job.ended(10_000)));
  const aborted = running.filter(({ job }) => job.build.result === 'ABORTED').length;
  const commits = running.map(({ commit }) => commit);
  const lasts = await until(
    async () => {
      const ends = await standIn.ends(commits);
      return (await standIn.unfinished(commits)) === 0 && ends;
    },
    { within: 180_000, what: 'the builds of stopped jobs to be stopped' },
  );
  await untilLive(standIn, fresh.length * builders, 180_000);
  return {
    stops: times,
    cpu: spent,
    fresh,
    aborted,
    stopped: largest(lasts.map((at) => at ?? Number.NaN)) - begun,
  };
}

interface Course {
  readonly size: Size;
  readonly firsts: readonly number[];
  /** Of stops, from JOB_ASSIGN to their answer. */
  readonly served: readonly number[];
  readonly steady: Steady;
  readonly reset: Reset;
  readonly verdicts: readonly number[];
  readonly watched: Watched;
  readonly duplicates: number;
  readonly left: number;
}

interface Terms {
  readonly size: Size;
  readonly cleanup: Cleanup;
  readonly say: Effort['say'];
}

async function course(place: LoadPlace, { size, cleanup, say }: Terms): Promise<Course> {
  const { standIn, daemon, client, gearman } = place;
  const assignments = watchAssignments(gearman);
  await daemon.start();
  const ended = watchMemory(place, cleanup);
  await daemon.probe();
  await standIn.scenarios({ default: 'slow', duration: never });
  say(`${size.long} jobs on ${builders} builders`);
  const long = await submitMany(client, size.long);
  await untilLive(standIn, size.long * builders, 180_000);
  await standIn.scenarios({ default: 'slow', duration: soon, spread: 0.3 });
  say(`steady for ${time(size.steady)}`);
  const steady = await steadily(place, size);
  await standIn.scenarios({ default: 'slow', duration: 2 * soon, spread: 0.1 });
  say(`${size.long} stops and as many new jobs`);
  const done = await reset(place, long);
  const verdicts = await verdictTimes(standIn, done.fresh, 180_000);
  const firsts = assignments.answers('WORK_DATA');
  const served = assignments.answers('WORK_COMPLETE');
  assignments.end();
  const { duplicates, unfinished } = await standIn.figures();
  return {
    size,
    firsts,
    served,
    steady,
    reset: done,
    verdicts,
    watched: await ended(),
    duplicates,
    left: unfinished,
  };
}

function rows({
  size,
  firsts,
  served,
  steady,
  reset: done,
  verdicts,
  watched,
  duplicates,
  left,
}: Course): readonly Row[] {
  const { long } = size;
  const row = (demanded: string, measured: string, met: boolean): Row => ({
    demanded,
    measured,
    peer: '',
    met,
  });
  const all = [...steady.verdicts, ...verdicts];
  const allowed = steady.live / 100;
  const ended = steady.verdicts.length + verdicts.length;
  return [
    row(
      '0 jobs lost, 0 builds twice',
      `${ended} SUCCESS, ${done.aborted} of ${long} stopped ones ABORTED; ${duplicates} twice; ${left} requests left`,
      done.aborted === long && duplicates === 0 && left === 0,
    ),
    row('first WORK_DATA p99 <= 100 ms from JOB_ASSIGN', spread(firsts), percentile(firsts, 0.99) <= 100),
    row(
      `${long} stops beside ${long} new jobs answered <= 1 s`,
      spread(done.stops),
      largest(done.stops) <= 1_000,
    ),
    row('(no figure) stops from JOB_ASSIGN to their answer', spread(served), true),
    row('(no figure) last of their builds stopped at Buildbot', time(done.stopped), true),
    row('verdict p99 <= 2 s after the last build', spread(all), percentile(all, 0.99) <= 2_000),
    row(
      'resident memory <= 256 MiB',
      `most ${largest(watched.resident).toFixed(1)} MiB`,
      largest(watched.resident) <= 256,
    ),
    row(
      "event loop's delay p99 <= 50 ms",
      `p99 ${time(watched.loop.p99)}, max ${time(watched.loop.max)}`,
      watched.loop.p99 <= 50,
    ),
    row(
      `<= 1 request a second to Buildbot per 100 live builds`,
      `${steady.perSecond.toFixed(1)} a second with ${steady.live} live builds (${steady.kinds})`,
      steady.perSecond <= allowed,
    ),
    row(
      '(no figure) processor time',
      `${(steady.cpu * 100).toFixed(1)} % of a core while steady, ${done.cpu.toFixed(2)} s until all stops were answered`,
      true,
    ),
  ];
}

async function measure({ short, steady, say }: Effort): Promise<readonly Row[]> {
  const usual = short ? brief : whole;
  const size = { ...usual, steady: steady ?? usual.steady };
  return withCleanup(async (cleanup) => {
    const place = await openLoadPlace(cleanup, size.long + size.short);
    return rows(await course(place, { size, cleanup, say }));
  });
}

export const load: Bar = { name: 'load', title: '200 jobs x 20 builders', apart: true, measure };
