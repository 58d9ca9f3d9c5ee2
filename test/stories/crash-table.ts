// The table of points and outcomes.

import type { Course } from './crash-course.ts';
import type { FaultKind } from './crash-judge.ts';
import type { Row } from './crash-lanes.ts';

const kinds: readonly FaultKind[] = ['lost', 'false SUCCESS', 'duplicate', 'other'];

/**
 * Points at which the daemon was to die and that did not come, but for two kinds that do not come in every play: writes of what
 * was seen (how much is seen at once differs), and looks (where a build ends alone its event's look has read the end already).
 */
export function missed(rows: readonly Row[]): readonly string[] {
  const mayMiss = /^before-write \w+ ([3-9]|\d\d+)$| look /;
  return rows.flatMap(({ point, died }) => (point === null || died || mayMiss.test(point) ? [] : [point]));
}

function line({ point, died, result, requests, milliseconds, faults }: Row): string {
  const how = point === null ? 'lived' : died ? 'killed, started again' : 'did not come';
  return [
    (point ?? '(none)').padEnd(26),
    how.padEnd(22),
    result.padEnd(12),
    `${requests} requests`,
    `${(milliseconds / 1000).toFixed(1).padStart(5)} s`,
    ...faults.map(({ kind }) => `${kind}!`),
  ].join('  ');
}

/** `52 points, killed at 51: 0 lost, 0 false SUCCESS, 0 duplicate, 0 other`. */
export function summary(rows: readonly Row[]): string {
  const points = rows.filter(({ point }) => point !== null);
  const killed = points.filter(({ died }) => died).length;
  const counts = kinds.map((kind) => {
    const bad = rows.filter(({ faults }) => faults.some((fault) => fault.kind === kind));
    return `${bad.length} ${kind}`;
  });
  return `${points.length} points, killed at ${killed}: ${counts.join(', ')}`;
}

/** The table of one course, and below it what was wrong in full. */
export function tableOf(course: Course, rows: readonly Row[]): string {
  const wrong = rows.flatMap(({ point, faults }) =>
    faults.map(({ kind, what }) => `${point ?? 'undisturbed'}: ${kind}: ${what}`),
  );
  return [
    '',
    `kill -9 in the course of ${course.title}`,
    ...rows.map((row) => `  ${line(row)}`),
    `  ${summary(rows)}`,
    ...wrong,
    '',
  ].join('\n');
}
