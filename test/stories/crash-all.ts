// Every course of the kill -9 table.

import type { Course } from './crash-course.ts';
import {
  attached,
  died,
  failing,
  good,
  merged,
  overslept,
  retried,
  stopped,
  unheard,
} from './crash-courses.ts';
import { late, latest, unanswered } from './crash-late-courses.ts';

/** Those that take longest come first, so that no lane ends long after the others. */
export const courses: readonly Course[] = [
  latest,
  retried,
  late,
  merged,
  died,
  stopped,
  unheard,
  unanswered,
  overslept,
  good,
  failing,
  attached,
];
