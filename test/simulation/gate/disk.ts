// The disk under the store: what is on it outlives the daemon. The journal and the history above it are the real ones.

import type { Changes, Engine, Seen } from '../../../src/store/ordered/engine.ts';
import { storeOver } from '../../../src/store/ordered/store.ts';
import type { InstanceId } from '../../../src/store/sharing.ts';
import type { Store } from '../../../src/store/store.ts';
import { StoreError } from '../../../src/store/store-error.ts';
import type { Chance } from '../flakes/chance.ts';
import { createLostUpdates } from './lost-updates.ts';
import { createShelf } from './shelf.ts';
import { theWorld, type Time } from './time.ts';

export interface Disk {
  /**
   * Opens the store for the daemon that runs now; what it still wants when it is dead is not done. `place`: which of several that share
   * it; null: it is this daemon's alone.
   */
  open(manager: string, place: number | null): Promise<Store>;
  /** Until then that one of several daemons cannot reach it. */
  cutUntil(place: number, at: number): void;
  /** Lays down what was kept before the world began, in no time. */
  prepare(manager: string, fill: (store: Store) => Promise<void>): Promise<void>;
  /** Until then every write is refused, or takes long. */
  refuseUntil(at: number): void;
  slowUntil(at: number): void;
}

/** Milliseconds. */
const syncTakes = { usual: 2, slow: 8_000 };
/** Milliseconds until a server that cannot be reached is given up. */
const answerWithin = 3_000;

/** `lost`: told in words when a daemon writes over what it has not seen. */
export function createDisk(time: Time, chance: Chance, lost: (what: string) => void): Disk {
  const updates = createLostUpdates();
  const cuts = new Map<number, number>();
  const kept = createShelf();
  let refusedUntil = -1;
  let opened = 0;
  let slowUntil = -1;

  /** A daemon that dies before its write has come back finds it kept, or not. */
  const write = (life: string, changes: Changes): Promise<'written'> =>
    new Promise((resolve, reject) => {
      if (time.hasEnded(life)) return;
      const takes = time.now() < slowUntil ? syncTakes.slow : syncTakes.usual * (0.5 + chance());
      if (time.now() < refusedUntil) {
        time.after(takes, () => reject(new Error('no space left on the simulated disk')));
        return;
      }
      time.after(takes * chance(), () => kept.apply(changes));
      time.after(takes, () => resolve('written'));
    });

  const engine = (keep: (changes: Changes) => Promise<'written'>): Engine => ({
    get: async (keys) => keys.map((key) => kept.get(key)),
    write: keep,
    scan: async (range) => kept.scan(range),
    isEmpty: async () => kept.isEmpty(),
    size: async () => 0,
    compact: async () => undefined,
    close: async () => undefined,
  });

  /** What a server that several share is asked, over a network: done there whatever becomes of the caller, or not at all. */
  const ask = <Value>(place: number, work: () => Value): Promise<Value> =>
    new Promise((resolve, reject) => {
      const life = time.owner();
      if (time.hasEnded(life)) return;
      if (time.now() < (cuts.get(place) ?? -1)) {
        time.after(answerWithin, () => reject(new StoreError('away', 'the simulated store does not answer')));
        return;
      }
      time.after(
        0.1 + 0.4 * chance(),
        () => {
          const value = work();
          time.after(0.1 + 0.4 * chance(), () => resolve(value), life);
        },
        theWorld,
      );
    });

  const isAsSeen = (seen: Seen): boolean => [...seen].every(([key, value]) => kept.get(key) === value);

  const sharedWrite = async (place: number, changes: Changes, seen: Seen): Promise<'written' | 'stale'> => {
    const life = time.owner();
    if (time.now() < slowUntil) await new Promise<void>((resolve) => time.after(syncTakes.slow, resolve));
    const outcome = await ask(place, () => {
      if (time.now() < refusedUntil) return 'refused' as const;
      if (!isAsSeen(seen)) return 'stale' as const;
      const unseen = updates.writes(life, [...changes.keys()]);
      if (unseen !== null)
        lost(`${life} wrote ${unseen.key} over what ${unseen.by} had written, without having read it`);
      kept.apply(changes);
      return 'written' as const;
    });
    if (outcome === 'refused') throw new StoreError('refused', 'the simulated store has no memory left');
    return outcome;
  };

  const shared = (place: number): Engine => ({
    ...engine(async () => 'written'),
    get: (keys) => {
      const life = time.owner();
      return ask(place, () => {
        updates.sees(life, keys);
        return keys.map((key) => kept.get(key));
      });
    },
    write: (changes, seen) => sharedWrite(place, changes, seen),
    scan: (range) => ask(place, () => kept.scan(range)),
  });

  const open = (keep: (changes: Changes) => Promise<'written'>, manager: string): Promise<Store> =>
    storeOver(engine(keep), { name: 'the simulated disk', elsewhere: 'store.path', manager }, {});

  return {
    open(manager, place) {
      const life = time.owner();
      if (place === null) return open((changes) => write(life, changes), manager);
      opened += 1;
      const self = opened.toString(16).padStart(8, '0') as InstanceId;
      return storeOver(
        shared(place),
        { name: 'the simulated store', elsewhere: 'store.prefix', manager },
        { self },
      );
    },
    cutUntil: (place, at) => void cuts.set(place, Math.max(cuts.get(place) ?? -1, at)),
    async prepare(manager, fill) {
      const atOnce = async (changes: Changes): Promise<'written'> => {
        kept.apply(changes);
        return 'written';
      };
      await fill(await open(atOnce, manager));
    },
    refuseUntil: (at) => void (refusedUntil = at),
    slowUntil: (at) => void (slowUntil = at),
  };
}
