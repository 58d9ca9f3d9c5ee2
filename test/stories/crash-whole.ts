// `npm run crash`: kills the daemon at every point of every course and prints the table of points and outcomes. Exit code 1 where
// a job was lost, a SUCCESS was false, a request was made twice, or a point that must come did not.

import '../templates.ts';
import { courses } from './crash-all.ts';
import { startCrashes } from './crash-lanes.ts';
import { missed, summary, tableOf } from './crash-table.ts';

const begun = performance.now();
const crashes = startCrashes(courses, (_course, points) => points);
const all = [];
let bad = false;
for (const course of courses) {
  const rows = await crashes.rows(course);
  process.stdout.write(tableOf(course, rows));
  const absent = missed(rows);
  for (const point of absent) process.stdout.write(`  did not come: ${point}\n`);
  bad ||= absent.length > 0 || rows.some(({ faults }) => faults.length > 0);
  all.push(...rows);
}
await crashes.close();
const minutes = (performance.now() - begun) / 60_000;
process.stdout.write(`\n${courses.length} courses, ${summary(all)}; ${minutes.toFixed(1)} min\n`);
process.exitCode = bad ? 1 : 0;
