// Opens the embedded store: one classic-level database below `store.path` that holds the journal and the history.

import { join } from 'node:path';
import type { History } from '../history.ts';
import type { Journal } from '../journal.ts';
import { openEngine } from './engine.ts';
import { groupCommit, type CommitOptions } from './group-commit.ts';
import { levelHistory } from './history.ts';
import { levelJournal } from './journal.ts';
import { settleSchema, type SchemaPlan } from './schema.ts';

export interface LevelOptions extends CommitOptions {
  /** `store.path`; it is made. The database is its folder `level`. */
  readonly path: string;
  /** Whose store it is (RUNS.md 9.9). */
  readonly manager: string;
  /** Another layout than this version's, for tests of migration. */
  readonly schema?: SchemaPlan;
}

/** Both ports over one database. Closing the journal closes the history as well. */
export interface LevelStore extends Journal {
  readonly history: History;
}

/**
 * Opens or makes the store. Rejects with a `StoreError`: `locked` (another process has it), `other-manager`, `schema`,
 * `unreadable`, `broken-record`, `late`; after that nothing is left open.
 */
export async function openLevelJournal(options: LevelOptions): Promise<LevelStore> {
  const { path, manager, schema, ...bounds } = options;
  const folder = join(path, 'level');
  const engine = await openEngine(folder);
  try {
    await settleSchema(engine, { folder, manager }, schema);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const commits = groupCommit(engine, bounds);
  return { ...levelJournal(engine, commits), history: levelHistory(engine, commits) };
}
