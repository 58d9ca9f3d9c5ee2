// What the gatekeeper's side may expect within a time of its own: first data, an end after a result, the end of what it stopped.

import type { Buildbot } from './buildbot.ts';
import type { Launch } from './gatekeeper.ts';

/** Milliseconds, while all is well. */
const firstDataWithin = 5_000;
const endAfterResultWithin = 10_000;
const stoppedWithin = 20_000;

export interface LaunchesParts {
  readonly now: () => number;
  readonly buildbot: () => Buildbot;
  /** A sentence for each that waits for too long. */
  readonly late: (promise: 'no lost job' | 'no silence' | 'no false green', what: string) => void;
}

export interface Launches {
  noteResult(launch: Launch): void;
  /** `wellSince`: nothing has been wrong with daemon, store and master since. */
  looked(launches: readonly Launch[], wellSince: number): void;
}

export function createLaunches({ now, buildbot, late }: LaunchesParts): Launches {
  const results = new Map<Launch, number>();
  const told = new Set<Launch>();

  const isOver = (since: number, wellSince: number, within: number): boolean =>
    now() - Math.max(since, wellSince) > within;

  const firstData = (launch: Launch, wellSince: number): void => {
    const { job, number, item } = launch;
    if (
      launch.state === 'over' ||
      job.state !== 'running' ||
      number !== null ||
      !isOver(job.since, wellSince, firstDataWithin)
    )
      return;
    told.add(launch);
    late('no silence', `${item.change.name} was grabbed at ${job.since}, and no first data has come`);
  };

  const endAfterResult = (launch: Launch, wellSince: number): void => {
    const since = results.get(launch);
    if (since === undefined || launch.state !== 'open' || launch.job.state !== 'running') return;
    if (!isOver(Math.max(since, launch.job.since), wellSince, endAfterResultWithin)) return;
    told.add(launch);
    late('no false green', `${launch.item.change.name} has had a result since ${since}, and no end`);
  };

  /** One job, one run, and nobody else who asks for the same: what it had at Buildbot is ended. */
  const endOfStopped = (launch: Launch, launches: readonly Launch[], wellSince: number): void => {
    const { item } = launch;
    const { stoppedAt, change } = item;
    if (stoppedAt === null || stoppedAt < wellSince || !isOver(stoppedAt, wellSince, stoppedWithin)) return;
    if (launches.some((other) => other !== launch && other.item.change.commit === change.commit)) return;
    // What a packet brings that was given up long ago is the sweep's business.
    const left = buildbot().requests.find(
      ({ stamp, complete, endAskedAt, reason, late: slipped }) =>
        stamp.revision === change.commit &&
        !complete &&
        !slipped &&
        endAskedAt === null &&
        reason.startsWith('gearbridge '),
    );
    if (left === undefined) return;
    told.add(launch);
    late(
      'no lost job',
      `${change.name} was stopped at ${stoppedAt}, and request ${left.id} on ${left.builder} goes on`,
    );
  };

  return {
    noteResult: (launch) => void results.set(launch, results.get(launch) ?? now()),
    looked(launches, wellSince) {
      for (const launch of launches) {
        if (told.has(launch)) continue;
        firstData(launch, wellSince);
        endAfterResult(launch, wellSince);
        endOfStopped(launch, launches, wellSince);
      }
    },
  };
}
