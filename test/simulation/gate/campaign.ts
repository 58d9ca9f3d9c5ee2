// Many courses, one after the other, and what they come to together.

import { playCourse, type Course, type Play } from './course.ts';
import { drawPlan } from './plan.ts';
import { addCourse, noSums, type Sums } from './sums.ts';

export interface Campaign extends Omit<Sums, 'broken'> {
  readonly broken: readonly Course[];
}

export interface Wish {
  /** The first one. */
  readonly seed: number;
  /** Ends before this seed, where it is given. */
  readonly before?: number;
  /** Jobs to be played at least, unless the seeds end before. */
  readonly jobs: number;
  /** Courses with a broken promise after which it is enough. */
  readonly enough: number;
  /** After each course: what all of them came to so far. */
  readonly progress?: (sums: Sums) => void;
}

/** The loop comes round: signals and what is printed get their turn. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Plays courses of one seed after the other. */
export async function playCampaign(wish: Wish, play: Play): Promise<Campaign> {
  const { seed, before = Infinity, jobs, enough, progress } = wish;
  const began = process.cpuUsage();
  const broken: Course[] = [];
  let sums = noSums;
  let next = seed;
  for (; sums.jobs < jobs && next < before && broken.length < enough; next += 1) {
    const course = await playCourse(drawPlan(next), play);
    const { user, system } = process.cpuUsage(began);
    sums = { ...addCourse(sums, course), seeds: [[seed, next + 1]], seconds: (user + system) / 1e6 };
    if (course.broken.length > 0) broken.push(course);
    progress?.(sums);
    await breathe();
  }
  return { ...sums, broken };
}
