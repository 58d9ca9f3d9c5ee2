// A machine falls sick: its builder, which has no other worker, fails the same test on every change and on every base build, change after change.

import { blameWorkers, type WorkerRecord } from '../../../src/flakes/statistics/worker-blame.ts';
import { shareOf, type Share } from './bounds.ts';
import { below, type Chance } from './chance.ts';
import { gateChange } from './gate.ts';
import { sceneOf } from './told.ts';
import {
  builders,
  flakes,
  flakyVotes,
  pasts,
  platformOf,
  testFiles,
  type Past,
  type Trouble,
  type World,
} from './world.ts';

/** Until people have taken a blamed worker off the stable list. */
export const firstChanges = 20;
const changes = 60;
const sick = 0;

export interface SickEnd {
  readonly first: Share;
  readonly after: Share;
  /** The same where nobody takes the worker off. */
  readonly left: Share;
  /** Changes until the statistics blame it, on average. */
  readonly blamedAfter: number;
}

/** Each landed change has one base build on the sick builder; all of them failed. */
function sickPast(bases: number): Past {
  const failures = Array.from({ length: builders }, (_, builder) => (builder === sick ? bases : 0));
  const red = failures.map((count) => Math.min(2, count));
  return { failures, red, today: bases, fleet: bases, long: bases };
}

/** By base builds alone: the sick worker against its siblings on the same platform, which failed as ever. */
function isBlamed(bases: number, chance: Chance): boolean {
  const records = Array.from({ length: builders }, (_, builder): WorkerRecord => ({
    worker: `worker ${builder}`,
    platform: `platform ${platformOf(builder)}`,
    family: 'disk-full',
    alone: false,
    failures: builder === sick ? bases : chance() < 0.01 * bases ? 1 : 0,
    runs: bases,
    // A full disk, a lost network: Buildbot or the kind says so.
    causes: 1,
    infrastructure: builder === sick,
  }));
  return blameWorkers(records)[sick]?.blame === 'blamed';
}

interface Course {
  readonly failures: readonly boolean[];
  readonly blamedAfter: number;
}

function course(world: World, chance: Chance, isTakenOff: boolean): Course {
  const trouble: Trouble = { looks: flakes, file: testFiles - 1, onChange: 1, onBase: 1 };
  const past = pasts(world, chance);
  const failures: boolean[] = [];
  let blamedAfter = changes;
  for (let change = 0; change < changes; change += 1) {
    const off = isTakenOff && change >= Math.max(firstChanges, blamedAfter);
    const own = off ? [] : [{ builder: sick, trouble }];
    const others = flakyVotes(world, chance).filter(({ builder }) => !off || builder !== sick);
    const told = { world, pasts: [...past, sickPast(change)], touched: below(chance, testFiles - 1) };
    failures.push(!gateChange(sceneOf([...own, ...others], told), chance).success);
    if (blamedAfter === changes && isBlamed(change + 1, chance)) blamedAfter = change + 1;
  }
  return { failures, blamedAfter };
}

const share = (all: readonly boolean[]): Share => shareOf(all.filter(Boolean).length, all.length);

export function sickWorker(world: World, courses: number, chance: Chance): SickEnd {
  const off = Array.from({ length: courses }, () => course(world, chance, true));
  const on = Array.from({ length: courses }, () => course(world, chance, false));
  return {
    first: share(off.flatMap(({ failures }) => failures.slice(0, firstChanges))),
    after: share(off.flatMap(({ failures }) => failures.slice(firstChanges))),
    left: share(on.flatMap(({ failures }) => failures.slice(firstChanges))),
    blamedAfter: off.reduce((sum, { blamedAfter }) => sum + blamedAfter, 0) / courses,
  };
}
