// Runs whose vote on linux failed, with what is read of it and of the builds that measure it.

import type { ReadFailure, Reading } from '../../../src/flakes/reading.ts';
import { aFlake as aRareFlake, base, known } from '../flakes/decide/a-case.ts';
import { aPlanned, aReading, second, started, type Course, type RunWish } from './a-run.ts';

export const failed = { results: 2, tests: 2 } as const;
export const yellow = { results: 1, tests: 1 } as const;
export const two = [aPlanned('linux'), aPlanned('windows')];

/** A flake that fails one build in a hundred: that one of two builders shows it is no surprise. */
export const aFlake = (over: Partial<ReadFailure> = {}): ReadFailure =>
  aRareFlake({ evidence: { ...known, failures: 3, fleet: { failures: 120, runs: 12_000 } }, ...over });

/** What was read of a measure or control of twenty, in which the failure showed so often. */
export function repeated(failure: ReadFailure, again: number, ran = 20): Reading {
  const byKey = again === 0 ? {} : { [failure.excuseKey ?? '']: again };
  return aReading({ repeats: { ran, failed: again, byKey } });
}

interface Script {
  readonly vote: readonly ReadFailure[];
  readonly measure?: Reading;
  readonly control?: Reading;
}

/** Reads failing votes of `linux` as the script has them. */
export function scripted(course: Course, script: Script): Course {
  course.reads = ({ role, builder }) => {
    if (role === 'measure') return script.measure ?? aReading();
    if (role === 'control') return script.control ?? aReading();
    return builder === 'linux'
      ? aReading({ failures: script.vote, base })
      : aReading({ doubt: 'nobody says' });
  };
  return course;
}

/** A run whose vote on linux failed, whose measure is asked for. */
export function inQuestion(
  script: Script,
  wish: RunWish & { coverage?: Record<string, number> } = {},
): Course {
  const course = scripted(started(two, wish), script);
  course.ends('linux', failed);
  course.wait(second);
  return course;
}

/** The measure or control under way ends; one that failed in no repeat ends well. */
export function answer(course: Course, again: number): Course {
  course.forced();
  course.ends('linux', again === 0 ? {} : failed);
  return course;
}
