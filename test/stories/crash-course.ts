// One course of the kill -9 table: a gate job from its submission to its end, with a daemon that dies at a given checkpoint and
// is started again; and what must be true afterwards wherever it died.

import { expect } from 'chai';
import type { SubmittedJob } from '../gearman-client.ts';
import { until } from '../until.ts';
import type { RequestRow } from './evidence.ts';
import { change, type Gate } from './gate.ts';
import type { Scene } from './scene.ts';

export interface Course {
  readonly title: string;
  /** Begins every name of a change of this course; two letters. */
  readonly prefix: string;
  readonly job: string;
  readonly word: string;
  /** Build requests that must be at Buildbot in the end, by builder; a list where several numbers are right. */
  readonly requests: Readonly<Record<string, readonly number[]>>;
  /** Before the job is submitted: says what builds of this commit do, for one. */
  readonly prepare?: (scene: Scene, name: string) => Promise<void>;
  /** What happens while the job runs; the daemon may be down at any moment of it. */
  readonly meanwhile?: (scene: Scene, job: SubmittedJob, name: string) => Promise<void>;
}

export interface Ended {
  readonly name: string;
  readonly job: SubmittedJob;
  readonly requests: readonly RequestRow[];
  /** Whether the daemon died at its checkpoint. */
  readonly died: boolean;
  readonly milliseconds: number;
}

const endings = new Set(['WORK_COMPLETE', 'WORK_FAIL', 'WORK_EXCEPTION']);

/** Milliseconds: a course that waits for two searches and a retry takes half of it. */
const courseWithin = 60_000;

interface Reviver {
  deaths(): number;
  /** `performance.now()` at which the last death was seen; 0 before any. */
  lastDeath(): number;
  stop(): Promise<void>;
}

/** Starts the daemon again each time that it has died, until told to stop. */
function revive(gate: Gate): Reviver {
  let over = false;
  let deaths = 0;
  let lastDeath = 0;
  const loop = async (): Promise<void> => {
    while (!over) {
      await until(() => over || !gate.running(), {
        within: courseWithin * 2,
        what: 'the course to end or the daemon to die',
      });
      if (gate.running()) continue;
      deaths += 1;
      lastDeath = performance.now();
      await gate.start();
    }
  };
  const running = loop();
  return {
    deaths: () => deaths,
    lastDeath: () => lastDeath,
    stop: async () => {
      over = true;
      await running;
    },
  };
}

/** Plays the course once; `at` is the checkpoint, '' for none. Resolves when nothing of it is left open, here or at Buildbot. */
export async function play(
  scene: Scene,
  course: Course,
  at: { name: string; checkpoint: string },
): Promise<Ended> {
  const { gate, client } = scene;
  const { name, checkpoint } = at;
  const begun = performance.now();
  await course.prepare?.(scene, name);
  // The name makes the text another one each time, so that the count begins anew.
  await gate.killAt(checkpoint === '' ? '' : `${checkpoint} ${name}`);
  const reviver = revive(gate);
  const job = await client.submit(`build:${course.job}`, change(name));
  try {
    await Promise.all([course.meanwhile?.(scene, job, name), job.ended(courseWithin)]);
  } catch (error) {
    await reviver.stop();
    throw new Error(
      `${course.title}, ${checkpoint}: the client of ${name} got no end. ${gate.log().slice(-6000)}${gate.words().slice(-2000)}`,
      {
        cause: error,
      },
    );
  }
  await settled(scene, job, reviver);
  await gate.killAt('');
  await reviver.stop();
  return {
    name,
    job,
    requests: await scene.requests(name),
    died: reviver.deaths() > 0,
    milliseconds: performance.now() - begun,
  };
}

/**
 * Nothing of the job is left to do, so that the next course has the daemon to itself. Whether the answer has arrived is never
 * known where the daemon died after it was sent (RUNS.md 9.3).
 */
async function settled({ gate }: Scene, job: SubmittedJob, reviver: Reviver): Promise<void> {
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

/** What must be true of every course, wherever the daemon died: 0 lost, 0 false SUCCESS, 0 duplicates. */
export function judge(course: Course, { job, requests, name }: Ended): void {
  const ends = job.packets.filter((packet) => endings.has(packet.name)).map((packet) => packet.name);
  expect(ends, `end packets of ${name}`).to.deep.equal(['WORK_COMPLETE']);
  expect(job.build.result, `result of ${name}`).to.equal(course.word);
  for (const [builder, allowed] of Object.entries(course.requests)) {
    const mine = requests.filter((request) => request.builder === builder);
    expect(allowed, `requests of ${name} on ${builder}: ${JSON.stringify(mine)}`).to.include(mine.length);
  }
  const others = requests.filter((request) => course.requests[request.builder] === undefined);
  expect(others, `requests of ${name} on builders that nobody asked for`).to.deep.equal([]);
  expect(
    requests.filter((request) => !request.complete),
    `requests of ${name} left at Buildbot`,
  ).to.deep.equal([]);
  if (job.build.result === 'SUCCESS') proveSuccess(course, requests, String(change(name)['ZUUL_COMMIT']));
}

function proveSuccess(course: Course, requests: readonly RequestRow[], commit: string): void {
  for (const builder of Object.keys(course.requests)) {
    const builds = requests
      .filter((request) => request.builder === builder)
      .flatMap((request) => request.builds);
    const proofs = builds.filter(
      (build) => build.complete && build.results === 0 && build.revision === commit,
    );
    expect(proofs, `passed builds of ${commit} on ${builder}: ${JSON.stringify(builds)}`).to.not.be.empty;
  }
}

/** The checkpoints that came, each with the number of its coming: `before-write started 3`. */
export function checkpointsIn(words: string): readonly string[] {
  const counts = new Map<string, number>();
  const found: string[] = [];
  for (const [, what = ''] of words.matchAll(/^checkpoint (.+)$/gm)) {
    const nth = (counts.get(what) ?? 0) + 1;
    counts.set(what, nth);
    found.push(`${what} ${nth}`);
  }
  return found;
}
