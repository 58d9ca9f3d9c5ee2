// Regressions over time: opened when they are first seen, quiet once they are not, forgotten after two weeks of that.

import { day } from '../flakes/history/base-votes.ts';
import type { Regression } from '../flakes/history/regressions.ts';

export interface Incident extends Regression {
  /** `new`: opened by the last look; `quiet`: not seen by it. */
  readonly state: 'new' | 'open' | 'quiet';
  /** Milliseconds since 1970. */
  readonly openedAt: number;
}

const keptFor = 14 * day;
const mostKept = 200;

const keyOf = ({ kind, project, branch, name }: Regression): string =>
  JSON.stringify([kind, project, branch, name]);

/** What was known before, from the note that keeps it; null: nothing was. */
export function readIncidents(text: string | null): readonly Incident[] {
  return text === null ? [] : (JSON.parse(text) as readonly Incident[]);
}

/**
 * The incidents after a look at the history, open ones first, the newest at the front. One that was quiet and shows again is new.
 *
 * @param now milliseconds since 1970
 */
export function afterLook(
  known: readonly Incident[],
  found: readonly Regression[],
  now: number,
): readonly Incident[] {
  const before = new Map(known.map((incident) => [keyOf(incident), incident]));
  const open = found.map((regression): Incident => {
    const old = before.get(keyOf(regression));
    before.delete(keyOf(regression));
    const isBack = old?.state === 'quiet' && regression.lastSeen > old.lastSeen;
    if (old === undefined || isBack) return { ...regression, state: 'new', openedAt: now };
    return { ...regression, state: 'open', openedAt: old.openedAt };
  });
  const quiet = [...before.values()]
    .filter(({ lastSeen }) => lastSeen >= now - keptFor)
    .map((incident): Incident => ({ ...incident, state: 'quiet' }));
  const newestFirst = (one: Incident, other: Incident): number => other.lastSeen - one.lastSeen;
  return [...open.sort(newestFirst), ...quiet.sort(newestFirst)].slice(0, mostKept);
}
