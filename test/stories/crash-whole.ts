// `npm run crash`: kills the daemon at every point of every course and prints the table of points and outcomes. Exit code 1 where
// a job was lost, a SUCCESS was false, a request was made twice, or a point that must come did not.

import '../templates.ts';
import { courses } from './crash-all.ts';
import type { Course } from './crash-course.ts';
import { startCrashes, type Row } from './crash-lanes.ts';
import { missed, summary, tableOf } from './crash-table.ts';

const begun = performance.now();
const crashes = startCrashes(courses, (_course, points) => points);

/** Each table is printed when its course is through. */
async function told(course: Course): Promise<{ rows: readonly Row[]; absent: readonly string[] }> {
  const rows = await crashes.rows(course);
  process.stdout.write(tableOf(course, rows));
  const absent = missed(rows);
  for (const point of absent) process.stdout.write(`  did not come: ${point}\n`);
  return { rows, absent };
}

const all = await Promise.all(courses.map(told));
await crashes.close();
const rows = all.flatMap((each) => each.rows);
const minutes = (performance.now() - begun) / 60_000;
process.stdout.write(`\n${courses.length} courses, ${summary(rows)}; ${minutes.toFixed(1)} min\n`);
const bad = all.some(({ absent }) => absent.length > 0) || rows.some(({ faults }) => faults.length > 0);
process.exitCode = bad ? 1 : 0;
