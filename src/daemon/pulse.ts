// Which of the other instances live, by their beats. Only time in which we could look counts, on our own monotonic clock: no clock of
// another machine, and no silence of the store's, makes anybody dead.

import type { InstanceId } from '../store/sharing.ts';

export interface Pulse {
  /** Takes in the last beat of each instance; gives those that have been silent for too long. */
  note(beats: ReadonlyMap<InstanceId, number>, now: number): ReadonlySet<InstanceId>;
}

/** Milliseconds. */
export const beatEvery = 2_000;
const silentFor = 6_000;
/** A longer pause between two looks does not count as silence. */
const longestLook = 1_000;

export function createPulse(): Pulse {
  let heard = new Map<InstanceId, { readonly beat: number; readonly at: number }>();
  let lookedAt: number | null = null;
  return {
    note(beats, now) {
      const blind = Math.max(0, now - (lookedAt ?? now) - longestLook);
      lookedAt = now;
      heard = new Map(
        [...beats].map(([instance, beat]) => {
          const known = heard.get(instance);
          const at = known?.beat === beat ? known.at + blind : now;
          return [instance, { beat, at }] as const;
        }),
      );
      return new Set([...heard].flatMap(([instance, { at }]) => (now - at >= silentFor ? [instance] : [])));
    },
  };
}
