// From JOB_ASSIGN to the first WORK_DATA, a hundred jobs at once; `gearman -w` answers as many beside it.

import { launch } from '../../src/servers/process.ts';
import { program } from '../../src/servers/program.ts';
import type { GearmanClient } from '../gearman-client.ts';
import { watchAssignments } from './assignments.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { percentile, spread } from './figures.ts';
import { masterIdle } from './master-state.ts';
import { jobOn, newChange, openPlace, type Place } from './place.ts';

const atOnce = 100;
const builders = 10;

interface Seen {
  /** Milliseconds at the socket, and as the client sees it. */
  readonly socket: number[];
  readonly client: number[];
}

/** Submits a hundred jobs in one turn; gives the client's milliseconds from submission to the first packet. */
async function burst(
  client: GearmanClient,
  name: (index: number) => string,
  first: string,
): Promise<number[]> {
  const begun = performance.now();
  const submitted = Array.from({ length: atOnce }, (_, index) => client.submit(name(index), newChange()));
  const jobs = await Promise.all(submitted);
  const firsts = await Promise.all(jobs.map((job) => job.packet(first, 60_000)));
  if (first === 'WORK_DATA') await Promise.all(jobs.map((job) => job.ended(180_000)));
  return firsts.map((packet) => packet.at - begun);
}

async function ours(place: Place, rounds: number): Promise<Seen> {
  const seen: Seen = { socket: [], client: [] };
  for (let round = 0; round < rounds; round += 1) {
    const assignments = watchAssignments(place.gearman);
    const name = (index: number): string => `build:one-${index % builders}`;
    seen.client.push(...(await burst(place.client, name, 'WORK_DATA')));
    seen.socket.push(...assignments.answers());
    assignments.end();
    await masterIdle(place.buildbot);
  }
  return seen;
}

async function peers(place: Place, rounds: number): Promise<Seen> {
  const worker = await launch({
    name: 'gearman -w',
    program: program('gearman', 'gearman-tools'),
    args: ['-h', '127.0.0.1', '-p', String(place.gearman.port), '-w', '-f', 'peer', 'cat'],
    diesBy: 'signal',
  });
  const seen: Seen = { socket: [], client: [] };
  try {
    for (let round = 0; round < rounds; round += 1) {
      const assignments = watchAssignments(place.gearman);
      seen.client.push(...(await burst(place.client, () => 'peer', 'WORK_COMPLETE')));
      seen.socket.push(...assignments.answers());
      assignments.end();
    }
  } finally {
    await worker.stop(2_000);
  }
  return seen;
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const rounds = short ? 1 : 5;
  return withCleanup(async (cleanup) => {
    const jobs = Array.from({ length: builders }, (_, index) => jobOn(`one-${index}`, [index + 1])).join(
      '\n',
    );
    const place = await openPlace(cleanup, { builders, maxJobs: atOnce, jobs });
    await place.daemon.start();
    say(`${rounds} times ${atOnce} jobs at once`);
    const own = await ours(place, rounds);
    const peer = await peers(place, rounds);
    if (own.socket.length !== rounds * atOnce)
      throw new Error(`${own.socket.length} of ${rounds * atOnce} jobs were seen at the relay`);
    return [
      {
        demanded: 'p99 <= 50 ms at the socket',
        measured: spread(own.socket),
        peer: `gearman -w: ${spread(peer.socket)}`,
        met: percentile(own.socket, 0.99) <= 50,
      },
      {
        demanded: '(no figure) as the client sees it, from submission',
        measured: spread(own.client),
        peer: `gearman -w: ${spread(peer.client)}`,
        met: true,
      },
    ];
  });
}

export const firstAnswer: Bar = { name: 'first-answer', title: 'JOB_ASSIGN to first WORK_DATA', measure };
