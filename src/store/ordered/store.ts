// Journal and history over an engine.

import type { InstanceId } from '../sharing.ts';
import type { Store } from '../store.ts';
import type { Engine } from './engine.ts';
import { groupCommit, type CommitOptions } from './group-commit.ts';
import { orderedHistory } from './history.ts';
import { orderedJournal } from './journal.ts';
import { orderedSharing } from './sharing.ts';
import { ownStamp, settleSchema, type Owner, type SchemaPlan } from './schema.ts';

export interface StoreOptions extends CommitOptions {
  /** Another layout than this version's, for tests of migration. */
  readonly schema?: SchemaPlan;
  /** Where several daemons may use the database at once: this one. */
  readonly self?: InstanceId;
}

/**
 * Makes sure that the database is this manager's and of this version, and puts both ports on it. Rejects with a `StoreError`
 * (`other-manager`, `schema`, `unreadable`, `broken-record`, or what the engine says); the engine is closed then.
 */
export async function storeOver(engine: Engine, owner: Owner, options: StoreOptions): Promise<Store> {
  const { schema, self = null, ...bounds } = options;
  try {
    await settleSchema(engine, owner, schema);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const commits = groupCommit(engine, bounds);
  return {
    ...orderedJournal(engine, commits, self),
    history: orderedHistory(engine, commits),
    sharing: self === null ? null : orderedSharing(engine, commits, { self, stamp: ownStamp(owner.manager) }),
    doubts: [],
  };
}
