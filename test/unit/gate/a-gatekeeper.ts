// The gatekeeper's side of a course: first data, answers, more jobs, stops.

import type { GearmanBinding, Job } from '../../../src/gate/job.ts';
import type { Run } from '../../../src/gate/run.ts';
import { aBinding, aJob, aPlanned, type Course, ids, started } from './a-run.ts';

export const one = () => started([aPlanned('linux')]);

export const c1 = ids.connection('c1');

export const c2 = ids.connection('c2');

export const states = (course: Course) => course.run.jobs.map((each) => each.state);

export function bindingOf(run: Run, at = 0): GearmanBinding {
  const binding = run.jobs[0]?.bindings[at];
  if (binding?.kind !== 'gearman') throw new Error('no such binding');
  return binding;
}

export function announced(course: Course): Course {
  for (const { id } of course.awaited('announce')) course.tell({ kind: 'announced', effect: id });
  return course;
}

export function answered(course: Course, delivery: 'confirmed' | 'unconfirmed' | 'lost'): Course {
  for (const { id } of announced(course).awaited('answer'))
    course.tell({ kind: 'answered', effect: id, delivery });
  return course;
}

export function job(number: string, wish: Partial<Job> = {}): Job {
  return aJob(number, { bindings: [aBinding({ connection: c2 })], ...wish });
}

export function stop(course: Course, number = 'u1'): Course {
  course.tell({ kind: 'detached', number: ids.number(number), why: 'dequeued' });
  return course;
}
