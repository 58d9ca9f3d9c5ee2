// A listener that keeps what it is told, and the adapter with it, for the tests of the gatekeeper's side.

import { createGearman } from '../../../src/gearman/create-gearman.ts';
import type { Assignment, BuildConnection, ControlJob, Gearman } from '../../../src/gearman/gearman.ts';
import type { GearmanOptions } from '../../../src/gearman/options.ts';
import { until } from '../../until.ts';

export interface Recorder {
  readonly gearman: Gearman;
  readonly assigned: (Assignment & { readonly at: number })[];
  readonly controls: ControlJob[];
  readonly ups: BuildConnection[];
  readonly lost: { readonly connection: string; readonly why: string }[];
  readonly doubted: string[];
  /** `level message` of each log line. */
  readonly log: string[];
  /** What `mayGrab` answers; every question is counted. */
  gate: { open: boolean | (() => boolean); asked: number };
  /** Called after an assignment was kept. */
  onAssigned: (job: Assignment) => void;
  /** Called after a control job was kept. */
  onControl: (job: ControlJob) => void;
  job(index?: number): Promise<Assignment>;
  up(times?: number): Promise<BuildConnection>;
}

/** Times that make tests quick; nothing in the protocol depends on them. */
export const quickTimes = {
  connect: 2_000,
  answer: 2_000,
  admin: 2_000,
  firstPause: 10,
  longestPause: 200,
  longestPauseAfterShort: 200,
} as const;

/** Starts the adapter; `close` of its `gearman` ends it. */
export function startRecorder(servers: readonly string[], options: Partial<GearmanOptions> = {}): Recorder {
  const told = {
    assigned: [] as Recorder['assigned'],
    controls: [] as ControlJob[],
    ups: [] as BuildConnection[],
    lost: [] as Recorder['lost'],
    doubted: [] as string[],
    log: [] as string[],
  };
  const gearman = createGearman(
    {
      servers,
      manager: 'gate.example.org',
      clientId: 'gearbridge-test',
      log: (level, message) => told.log.push(`${level} ${message}`),
      ...options,
      times: { ...quickTimes, ...options.times },
    },
    {
      assigned(job) {
        told.assigned.push({ ...job, at: performance.now() });
        recorder.onAssigned(job);
      },
      control(job) {
        told.controls.push(job);
        recorder.onControl(job);
      },
      up: (connection) => told.ups.push(connection),
      lost: (connection, why) => told.lost.push({ connection, why }),
      doubted: (connection) => told.doubted.push(connection),
      mayGrab() {
        recorder.gate.asked += 1;
        return typeof recorder.gate.open === 'function' ? recorder.gate.open() : recorder.gate.open;
      },
    },
  );
  const recorder: Recorder = {
    gearman,
    ...told,
    gate: { open: true, asked: 0 },
    onAssigned: () => undefined,
    onControl: (job) => job.complete(),
    job: (index = 0) => until(() => told.assigned[index], { within: 8_000, what: `assignment ${index + 1}` }),
    up: (times = 1) =>
      until(() => told.ups[times - 1], {
        within: 8_000,
        what: `the build connection to be up ${times} times`,
      }),
  };
  return recorder;
}
