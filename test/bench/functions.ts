// Five thousand functions on one connection: from the first CAN_DO to the server's answer after the last.

import { packetType } from '../../src/gearman/packet-type.ts';
import { until } from '../until.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { largest, time } from './figures.ts';
import type { SeenFrame } from './gearman-relay.ts';
import { openPlace, type Place } from './place.ts';

/** `build:NAME` and one more for each branch: 50 x (1 + 99). */
const names = 5_000;
const jobCount = 50;

function jobs(): string {
  const branches = Array.from({ length: names / jobCount - 1 }, (_, index) => `"branch-${index}"`).join(', ');
  return Array.from(
    { length: jobCount },
    (_, index) =>
      `  - { name: job-${index}, project: cpython, builders: { tags: [bench] }, policy: gate, branches: [${branches}] }`,
  ).join('\n');
}

async function once(place: Place): Promise<number> {
  const canDo = new Map<number, { count: number; first: number; answered: number | null }>();
  const end = place.gearman.watch(({ connection, from, frame, at }: SeenFrame) => {
    if (from === 'worker' && frame.type === packetType.CAN_DO) {
      const seen = canDo.get(connection) ?? { count: 0, first: at, answered: null };
      canDo.set(connection, { ...seen, count: seen.count + 1, answered: null });
    }
    const seen = canDo.get(connection);
    if (from === 'server' && frame.type === packetType.STATUS_RES && seen !== undefined) seen.answered ??= at;
  });
  await place.daemon.start();
  const registered = await until(
    () => [...canDo.values()].find((each) => each.count === names && each.answered !== null),
    { within: 30_000, what: `${names} functions on one connection` },
  );
  end();
  await place.daemon.kill();
  return (registered.answered ?? Number.NaN) - registered.first;
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  return withCleanup(async (cleanup) => {
    const place = await openPlace(cleanup, { builders: 1, jobs: jobs() });
    const times: number[] = [];
    for (let count = 0; count < (short ? 2 : 5); count += 1) times.push(await once(place));
    say(`registered ${names} functions ${times.length} times`);
    return [
      {
        demanded: `${names} on one connection, registered <= 0.5 s`,
        measured: times.map(time).join(', '),
        peer: '',
        met: largest(times) <= 500,
      },
    ];
  });
}

export const functions: Bar = { name: 'functions', title: 'functions of one connection', measure };
