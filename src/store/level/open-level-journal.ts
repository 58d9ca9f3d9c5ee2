// Opens the embedded store: one classic-level database below `store.path` that holds the journal and the history.

import { join } from 'node:path';
import { storeOver, type StoreOptions } from '../ordered/store.ts';
import type { Store } from '../store.ts';
import { openEngine } from './engine.ts';

export interface LevelOptions extends StoreOptions {
  /** `store.path`; it is made. The database is its folder `level`. */
  readonly path: string;
  /** Whose store it is (RUNS.md 9.9). */
  readonly manager: string;
}

/**
 * Opens or makes the store. Rejects with a `StoreError`: `locked` (another process has it), `other-manager`, `schema`,
 * `unreadable`, `broken-record`, `late`; after that nothing is left open.
 */
export async function openLevelJournal({ path, manager, ...options }: LevelOptions): Promise<Store> {
  const folder = join(path, 'level');
  const engine = await openEngine(folder);
  return storeOver(engine, { name: folder, elsewhere: 'store.path', manager }, options);
}
