// Journal and history over an engine.

import type { Store } from '../store.ts';
import type { Engine } from './engine.ts';
import { groupCommit, type CommitOptions } from './group-commit.ts';
import { orderedHistory } from './history.ts';
import { orderedJournal } from './journal.ts';
import { settleSchema, type Owner, type SchemaPlan } from './schema.ts';

export interface StoreOptions extends CommitOptions {
  /** Another layout than this version's, for tests of migration. */
  readonly schema?: SchemaPlan;
}

/**
 * Makes sure that the database is this manager's and of this version, and puts both ports on it. Rejects with a `StoreError`
 * (`other-manager`, `schema`, `unreadable`, `broken-record`, or what the engine says); the engine is closed then.
 */
export async function storeOver(engine: Engine, owner: Owner, options: StoreOptions): Promise<Store> {
  const { schema, ...bounds } = options;
  try {
    await settleSchema(engine, owner, schema);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const commits = groupCommit(engine, bounds);
  return { ...orderedJournal(engine, commits), history: orderedHistory(engine, commits) };
}
