// The daemon ends, by SIGKILL and by SIGTERM, with 200 open jobs on 20 builders each, and is started again: when are its functions
// registered, when has every job had data again, and when was every build request asked for by its id.

import { packetType } from '../../src/gearman/packet-type.ts';
import { until } from '../until.ts';
import { watchAssignments } from './assignments.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { largest, time } from './figures.ts';
import type { GearmanRelay, SeenFrame } from './gearman-relay.ts';
import {
  builders,
  openLoadPlace,
  submitMany,
  untilLive,
  verdictTimes,
  type LoadPlace,
} from './load-place.ts';

/** Jobs of a course, and how many of them were being forced when the daemon was killed: the answers never came. */
interface Course {
  readonly jobs: number;
  readonly unclear: number;
  readonly by: 'SIGKILL' | 'SIGTERM';
}

/** Seconds of a build: longer than all that is measured takes. */
const lasting = 120;

interface Times {
  readonly registered: number;
  /** Every job had data from the new process. */
  readonly told: number;
  readonly reconciled: number;
}

/** When the server had answered after the last CAN_DO of the build connection. */
function watchRegistration(relay: GearmanRelay): { at(): number | null; end(): void } {
  let connection = 0;
  let answered: number | null = null;
  const end = relay.watch(({ connection: which, from, frame, at }: SeenFrame) => {
    if (from === 'worker' && frame.type === packetType.CAN_DO && frame.body.toString() === 'build:all') {
      connection = which;
      answered = null;
    }
    if (from === 'server' && frame.type === packetType.STATUS_RES && which === connection) answered ??= at;
  });
  return { at: () => answered, end };
}

async function again({ standIn, gearman, daemon }: LoadPlace, jobs: number): Promise<Times> {
  const registration = watchRegistration(gearman);
  const assignments = watchAssignments(gearman);
  const begun = performance.now();
  const ready = daemon.start();
  const within = 60_000;
  const told = until(() => assignments.answers('WORK_DATA').length >= jobs && performance.now(), {
    ...{ within, what: 'every job to have data again' },
  });
  const reconciled = until(async () => (await standIn.unseen(begun)) === 0 && performance.now(), {
    ...{ within, what: 'every request to be asked for' },
  });
  await ready;
  const registered = await until(() => registration.at(), { within, what: 'the functions to be registered' });
  registration.end();
  const times = { registered: registered - begun, told: (await told) - begun };
  assignments.end();
  return { ...times, reconciled: (await reconciled) - begun };
}

async function play(place: LoadPlace, { jobs, unclear, by }: Course): Promise<Times> {
  const { standIn, daemon, client } = place;
  const steer = { default: 'slow', duration: lasting } as const;
  await daemon.start();
  await standIn.scenarios(steer);
  const open = [...(await submitMany(client, jobs - unclear))];
  await untilLive(standIn, (jobs - unclear) * builders, 120_000);
  if (unclear > 0) {
    await standIn.scenarios({ ...steer, losesAnswers: true });
    open.push(...(await submitMany(client, unclear)));
    await until(async () => (await standIn.figures()).unfinished >= jobs * builders, {
      ...{ within: 60_000, what: 'the last jobs to be forced' },
    });
  }
  await (by === 'SIGKILL' ? daemon.kill() : daemon.terminate());
  await standIn.scenarios(steer);
  const times = await again(place, jobs);
  await verdictTimes(standIn, open, (lasting + 180) * 1_000);
  const { duplicates } = await standIn.figures();
  if (duplicates > 0) throw new Error(`${duplicates} builds were made twice`);
  return times;
}

function rowsOf({ jobs, unclear, by }: Course, { registered, told, reconciled }: Times): readonly Row[] {
  const what = `${jobs} jobs, ${unclear} with unclear answers, ${by}`;
  const allowed = unclear > 0 ? 25_000 : 10_000;
  const last = largest([told, reconciled]);
  return [
    {
      demanded: `registered <= 2 s (${what})`,
      measured: time(registered),
      peer: '',
      met: registered <= 2_000,
    },
    {
      demanded: `all reconciled <= ${allowed / 1_000} s (${what})`,
      measured: `${time(last)}: jobs ${time(told)}, requests ${time(reconciled)}; then all SUCCESS, none twice`,
      peer: '',
      met: last <= allowed,
    },
  ];
}

const whole: readonly Course[] = [
  { jobs: 200, unclear: 0, by: 'SIGKILL' },
  { jobs: 200, unclear: 0, by: 'SIGTERM' },
  { jobs: 200, unclear: 10, by: 'SIGKILL' },
];
const brief: readonly Course[] = [{ jobs: 30, unclear: 5, by: 'SIGKILL' }];

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const course of short ? brief : whole) {
    say(`${course.jobs} jobs, ${course.by}, ${course.unclear} unclear`);
    const times = await withCleanup(async (cleanup) =>
      play(await openLoadPlace(cleanup, course.jobs), course),
    );
    rows.push(...rowsOf(course, times));
  }
  return rows;
}

export const restart: Bar = { name: 'restart', title: 'restart with open jobs', apart: true, measure };
