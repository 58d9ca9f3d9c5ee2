// From a course in which a promise broke to a shorter one in which it breaks as well.

import { playCourse, type Course, type Play } from './course.ts';
import type { Plan } from './plan.ts';

/** Courses that are tried, at the most. */
const mostTries = 40;

function isAsBroken(course: Course, promise: string): boolean {
  return course.broken.some((each) => each.promise === promise);
}

/** Shorter plans, the boldest first: half of the faults, then one less of them, then fewer changes. */
function* shorter(plan: Plan): Generator<Plan> {
  const { faults, jobs } = plan;
  const half = Math.ceil(faults.length / 2);
  if (faults.length > 3) {
    yield { ...plan, faults: faults.slice(0, half) };
    yield { ...plan, faults: faults.slice(half) };
  }
  for (const one of [...faults].reverse()) yield { ...plan, faults: faults.filter((each) => each !== one) };
  if (jobs > 2) yield { ...plan, jobs: Math.ceil(jobs / 2) };
}

/** Breaks the same promise with less; the course given where nothing less does. */
export async function shrink(course: Course, play: Play): Promise<Course> {
  const promise = course.broken[0]?.promise ?? '';
  let best = course;
  let tries = 0;
  for (let progress = true; progress && tries < mostTries;) {
    progress = false;
    for (const plan of shorter(best.plan)) {
      if ((tries += 1) > mostTries) break;
      const tried = await playCourse(plan, play);
      if (!isAsBroken(tried, promise)) continue;
      best = tried;
      progress = true;
      break;
    }
  }
  return best;
}
