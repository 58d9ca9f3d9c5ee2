// Plays a course once to see which checkpoints come, then once for each of them with a daemon that dies there.

import { expect } from 'chai';
import { checkpointsIn, judge, play, type Course } from './crash-course.ts';
import type { Scene } from './scene.ts';

/** One line of the table. */
export interface Point {
  readonly checkpoint: string;
  readonly died: boolean;
  readonly result: string;
  readonly requests: number;
  readonly milliseconds: number;
}

const kindOf = (checkpoint: string): string => checkpoint.replace(/ \d+$/, '');

/** All of them, but for what lies between the tenth and the last write of one phase: writes of one kind (a build was seen). */
export function nearlyAll(checkpoints: readonly string[]): readonly string[] {
  return checkpoints.filter((checkpoint, at) => {
    const isLast = !checkpoints.slice(at + 1).some((other) => kindOf(other) === kindOf(checkpoint));
    return isLast || !/^before-write \w+ (1[1-9]|[2-9]\d)$/.test(checkpoint);
  });
}

/**
 * Of what comes after the force call, the first and the last of each moment: until then all courses are one, and what lies
 * between first and last are writes of one kind (a build was seen).
 */
export function afterForce(all: readonly string[]): readonly string[] {
  const checkpoints = all.slice(all.indexOf('after-effect force 1') + 1);
  return checkpoints.filter((checkpoint, at) => {
    const same = (other: string) => kindOf(other) === kindOf(checkpoint);
    return checkpoints.findIndex(same) === at || checkpoints.findLastIndex(same) === at;
  });
}

/** The checkpoints of one undisturbed course, which is judged as well. The daemon is started anew for it. */
export async function trace(scene: Scene, course: Course): Promise<readonly string[]> {
  const { gate } = scene;
  if (gate.running()) await gate.kill();
  await gate.start();
  await gate.ready();
  // What the daemon wrote of earlier runs when it read them back is no part of the course.
  const before = gate.words().length;
  const ended = await play(scene, course, { name: `${course.prefix} traced`, checkpoint: '' });
  judge(course, ended);
  return checkpointsIn(gate.words().slice(before));
}

/** Plays the course once for each checkpoint, judges each, and prints the table. */
export async function table(
  scene: Scene,
  course: Course,
  checkpoints: readonly string[],
): Promise<readonly Point[]> {
  const points: Point[] = [];
  process.stdout.write(`\n    kill -9 in the course of ${course.title}\n`);
  for (const [at, checkpoint] of checkpoints.entries()) {
    const ended = await play(scene, course, { name: `${course.prefix} ${at}`, checkpoint });
    judge(course, ended);
    const { died, milliseconds, job, requests } = ended;
    const point = {
      checkpoint,
      died,
      result: String(job.build.result),
      requests: requests.length,
      milliseconds,
    };
    process.stdout.write(`      ${line(point)}\n`);
    points.push(point);
  }
  return points;
}

function line({ checkpoint, died, result, requests, milliseconds }: Point): string {
  const how = died ? 'killed, started again' : 'did not come';
  return [
    checkpoint.padEnd(26),
    how.padEnd(22),
    result.padEnd(14),
    `${requests} requests`,
    `${(milliseconds / 1000).toFixed(1)} s`,
  ].join(' ');
}

/**
 * Every point died, but for two kinds that do not come in each course: writes of what was seen (how many builds are seen at
 * once differs), and looks (where one build ends alone its event's look has read the end already).
 */
export function expectDeaths(points: readonly Point[]): void {
  const mayMiss = /^before-write \w+ ([3-9]|\d\d)$| look /;
  const missed = points.filter(({ died, checkpoint }) => !died && !mayMiss.test(checkpoint));
  expect(missed.map(({ checkpoint }) => checkpoint)).to.deep.equal([]);
  expect(points.filter(({ died }) => died).length).to.be.greaterThan(points.length / 3);
}
