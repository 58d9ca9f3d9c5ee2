// The points of a course: every moment that came when it was played once with a daemon that lived.

import { commitOf, type Gate } from './gate.ts';

/** How often a moment (`before-effect search`) has come for the change in the daemon's present life. */
export function moments(gate: Gate, name: string, moment: string): number {
  return gate.words().split(`checkpoint ${moment} ${commitOf(name)}\n`).length - 1;
}

/** All moments of the change in the daemon's present life, each with the number of its coming: `before-write started 3`. */
export function pointsOf(gate: Gate, name: string): readonly string[] {
  const counts = new Map<string, number>();
  const found: string[] = [];
  for (const [, what = '', commit] of gate.words().matchAll(/^checkpoint (\S+ \S+) (\S+)$/gm)) {
    if (commit !== commitOf(name)) continue;
    const nth = (counts.get(what) ?? 0) + 1;
    counts.set(what, nth);
    found.push(`${what} ${nth}`);
  }
  return found;
}

/**
 * The first point of each kind, and the last of each kind of write: what lies between are writes of what was seen of builds. No
 * looks: whether one is needed is chance where the daemon sees builds end.
 */
export function oneOfEach(points: readonly string[]): readonly string[] {
  const kind = (point: string): string => point.replace(/ \d+$/, '');
  return points.filter((point, at) => {
    if (point.includes(' look ')) return false;
    const alike = points.flatMap((other, there) => (kind(other) === kind(point) ? [there] : []));
    return at === alike[0] || (at === alike.at(-1) && point.startsWith('before-write'));
  });
}
