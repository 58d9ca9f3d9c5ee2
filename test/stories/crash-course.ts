// One course of the kill -9 table: a gate job from its submission to its end, with a daemon that dies at a given point and is
// started again.

import type { SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import type { RequestRow } from './evidence.ts';
import { change, commitOf, type Gate } from './gate.ts';
import { revive, type Reviver } from './reviver.ts';
import type { Scene } from './scene.ts';

/** What happens while the job runs; the daemon may be down at any moment of it. */
type Meanwhile = (job: SubmittedJob) => Promise<void>;

/** A course that is about to be played. */
export interface Playing {
  readonly scene: Scene;
  readonly name: string;
  /** From now on the daemon dies at the point of this play; in a course that says `armsItself` nobody else calls it. */
  readonly arm: () => Promise<void>;
}

export interface Course {
  readonly title: string;
  /** What the test of it is called. */
  readonly promise: string;
  /** Begins every name of a change of this course. */
  readonly prefix: string;
  readonly job: string;
  /** Jobs with equal arguments that are submitted at once; default: 1. */
  readonly jobs?: number;
  readonly word: string;
  /** Build requests that must be at Buildbot in the end, by builder. */
  readonly requests: Readonly<Record<string, number>>;
  /** Of those, how many have no build, because they were cancelled in time; default: none is looked for. */
  readonly withoutBuild?: number;
  /** The daemon has died once by the course itself before its points count. */
  readonly armsItself?: true;
  /** Points of the short form (null: none, a play takes a minute); default: the first of each kind, and the last of each kind of write. */
  readonly short?: RegExp | null;
  /** What a dead daemon waits for before it is started again; default: nothing. */
  readonly wake?: (playing: Playing) => Promise<void>;
  /** Before the job is submitted: says what builds of this commit do, for one. */
  readonly begin?: (playing: Playing) => Promise<Meanwhile | undefined>;
}

/** What came of one play. */
export interface Played {
  readonly name: string;
  readonly jobs: readonly SubmittedJob[];
  readonly requests: readonly RequestRow[];
  /** Whether the daemon died at the point. */
  readonly died: boolean;
  readonly milliseconds: number;
  /** Why the play did not come to its end, with the daemon's last words; null: it did. */
  readonly trouble: string | null;
}

/** Milliseconds: twice what the longest play takes, in which two sendings are lost. */
const courseWithin = 240_000;

/** Plays the course once with a daemon that dies at `point` (null: nowhere). Resolves when nothing of it is left open. */
export async function play(
  scene: Scene,
  course: Course,
  { name, point }: { readonly name: string; readonly point: string | null },
): Promise<Played> {
  const { gate, client } = scene;
  const begun = performance.now();
  const arm = () => gate.killAt(point === null ? '' : `${point} ${commitOf(name)}`);
  const playing = { scene, name, arm };
  const meanwhile = await course.begin?.(playing);
  if (course.armsItself !== true) await arm();
  const reviver = revive(gate, { within: courseWithin * 2, wake: () => course.wake?.(playing) });
  const submissions = Array.from({ length: course.jobs ?? 1 }, () =>
    client.submit(`build:${course.job}`, change(name)),
  );
  const jobs = await Promise.all(submissions);
  let trouble: string | null = null;
  try {
    await Promise.all([...jobs.map((job) => job.ended(courseWithin)), meanwhile?.(jobs[0]!)]);
    for (const job of jobs) await settled(gate, job, reviver);
  } catch (error) {
    trouble = `${String(error)}; the daemon: ${gate.log().slice(-6000)}${gate.words().slice(-2000)}`;
  }
  const died = point !== null && !gate.isArmed();
  await gate.killAt('');
  await reviver.stop();
  const requests = await scene.requests(name);
  return { name, jobs, requests, died, milliseconds: performance.now() - begun, trouble };
}

/**
 * Nothing of the job is left to do, so that the next course has the daemon to itself. Whether the answer has arrived is never
 * known where the daemon died after it was sent (RUNS.md 9.3).
 */
async function settled(gate: Gate, job: SubmittedJob, reviver: Reviver): Promise<void> {
  const end = await job.ended();
  await until(
    async () => {
      const view = await gate.job(String(job.build.number));
      const done = view.state === 'finished' && !view.cleaning;
      return done && (view.confirmed || reviver.lastDeath() > end.at);
    },
    { within: 30_000, what: `job ${job.unique} to be finished, confirmed and cleaned up` },
  );
}
