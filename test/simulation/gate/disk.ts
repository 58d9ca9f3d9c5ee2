// The disk under the store: what is on it outlives the daemon. The journal and the history above it are the real ones.

import { endOf, type Changes, type Engine, type Range } from '../../../src/store/ordered/engine.ts';
import { storeOver } from '../../../src/store/ordered/store.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Chance } from '../flakes/chance.ts';
import type { Time } from './time.ts';

export interface Disk {
  /** Opens the store for the daemon that runs now; what it still wants when it is dead is not done. */
  open(manager: string): Promise<Store>;
  /** Lays down what was kept before the world began, in no time. */
  prepare(manager: string, fill: (store: Store) => Promise<void>): Promise<void>;
  /** Until then every write is refused, or takes long. */
  refuseUntil(at: number): void;
  slowUntil(at: number): void;
}

/** Milliseconds. */
const syncTakes = { usual: 2, slow: 8_000 };

function scan(
  kept: ReadonlyMap<string, string>,
  { prefix, above = prefix, below = endOf(prefix), reverse, limit }: Range,
) {
  const keys = [...kept.keys()].filter((key) => key > above && key < below).sort();
  if (reverse === true) keys.reverse();
  return keys.slice(0, limit).map((key) => [key, kept.get(key) ?? ''] as const);
}

export function createDisk(time: Time, chance: Chance): Disk {
  const kept = new Map<string, string>();
  let refusedUntil = -1;
  let slowUntil = -1;

  const apply = (changes: Changes): void => {
    for (const [key, value] of changes)
      if (value === null) kept.delete(key);
      else kept.set(key, value);
  };

  /** A daemon that dies before its write has come back finds it kept, or not. */
  const write = (life: string, changes: Changes): Promise<'written'> =>
    new Promise((resolve, reject) => {
      if (time.hasEnded(life)) return;
      const takes = time.now() < slowUntil ? syncTakes.slow : syncTakes.usual * (0.5 + chance());
      if (time.now() < refusedUntil) {
        time.after(takes, () => reject(new Error('no space left on the simulated disk')));
        return;
      }
      time.after(takes * chance(), () => apply(changes));
      time.after(takes, () => resolve('written'));
    });

  const engine = (keep: (changes: Changes) => Promise<'written'>): Engine => ({
    get: async (keys) => keys.map((key) => kept.get(key)),
    write: keep,
    scan: async (range) => scan(kept, range),
    isEmpty: async () => kept.size === 0,
    size: async () => 0,
    compact: async () => undefined,
    close: async () => undefined,
  });

  const open = (keep: (changes: Changes) => Promise<'written'>, manager: string): Promise<Store> =>
    storeOver(engine(keep), { name: 'the simulated disk', elsewhere: 'store.path', manager }, {});

  return {
    open(manager) {
      const life = time.owner();
      return open((changes) => write(life, changes), manager);
    },
    async prepare(manager, fill) {
      const atOnce = async (changes: Changes): Promise<'written'> => {
        apply(changes);
        return 'written';
      };
      await fill(await open(atOnce, manager));
    },
    refuseUntil: (at) => void (refusedUntil = at),
    slowUntil: (at) => void (slowUntil = at),
  };
}
