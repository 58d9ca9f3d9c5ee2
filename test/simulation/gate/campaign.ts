// Many courses, one after the other, and what they come to together.

import { playCourse, type Course, type Play } from './course.ts';
import { drawPlan } from './plan.ts';

export interface Campaign {
  readonly jobs: number;
  readonly courses: number;
  readonly steps: number;
  readonly words: Readonly<Record<string, number>>;
  /** `fault / state`, and how often. */
  readonly hits: Readonly<Record<string, number>>;
  readonly broken: readonly Course[];
}

function add(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
}

export interface Wish {
  readonly seed: number;
  /** Jobs to be played at least. */
  readonly jobs: number;
  /** Courses with a broken promise after which it is enough. */
  readonly enough: number;
}

/** Plays courses of one seed after the other. */
export async function playCampaign({ seed, jobs: wanted, enough }: Wish, play: Play): Promise<Campaign> {
  const words: Record<string, number> = {};
  const hits: Record<string, number> = {};
  const broken: Course[] = [];
  let [jobs, courses, steps] = [0, 0, 0];
  while (jobs < wanted && broken.length < enough) {
    const course = await playCourse(drawPlan(seed + courses), play);
    courses += 1;
    steps += course.steps;
    jobs += Object.values(course.results).reduce((sum, count) => sum + count, 0);
    add(words, course.results);
    add(hits, course.hits);
    if (course.broken.length > 0) broken.push(course);
  }
  return { jobs, courses, steps, words, hits, broken };
}
