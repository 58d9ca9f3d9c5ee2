// Whose database it is and how its records are laid out (RUNS.md 9.7, 9.9). Read before anything else; written before anything else
// into an empty one, so a database with records and without this one is not ours.

import { StoreError } from '../store-error.ts';
import type { Engine } from './engine.ts';
import { runsToSchema2 } from './migrate-runs.ts';
import type { Migration } from './migration.ts';
import { seal, unseal } from './record.ts';

export interface SchemaPlan {
  readonly current: number;
  readonly migrations: readonly Migration[];
}

/** What this version writes. A change of the layout raises `current` and adds the step from the version before. */
export const schemaPlan: SchemaPlan = { current: 2, migrations: [runsToSchema2] };

const key = 'meta/store';

interface Stamp {
  readonly schema: number;
  readonly manager: string;
}

/**
 * Checks the stamp of the database, makes it where the database is empty, and migrates older records. Rejects with a
 * `StoreError`: `schema`, `other-manager`, `unreadable`, `broken-record`.
 */
export async function settleSchema(
  engine: Engine,
  store: { readonly folder: string; readonly manager: string },
  plan: SchemaPlan = schemaPlan,
): Promise<void> {
  const [text] = await engine.get([key]);
  if (text === undefined) {
    const records = await engine.scan({ prefix: '', limit: 1 });
    if (records.length > 0) throw foreign(store.folder);
    await stamp(engine, { schema: plan.current, manager: store.manager });
    return;
  }
  const found = unseal(key, text);
  if (!isStamp(found)) throw foreign(store.folder);
  if (found.manager !== store.manager) {
    throw new StoreError(
      'other-manager',
      `the store ${store.folder} belongs to the manager ${found.manager}, and this daemon is ${store.manager}: set \`manager: ${found.manager}\`, or give this one a store.path of its own`,
    );
  }
  await migrate(engine, { ...found, folder: store.folder }, plan);
}

async function migrate(engine: Engine, found: Stamp & { folder: string }, plan: SchemaPlan): Promise<void> {
  const { folder, manager } = found;
  if (found.schema > plan.current) {
    throw new StoreError(
      'schema',
      `the store ${folder} has schema ${found.schema}, and this version knows ${plan.current} at most: start the newer version that wrote it, or give this one a store.path of its own`,
    );
  }
  for (let schema = found.schema; schema < plan.current; schema++) {
    const step = plan.migrations.find(({ from }) => from === schema);
    if (step === undefined) {
      throw new StoreError(
        'schema',
        `the store ${folder} has schema ${schema}, from which this version cannot migrate: start a version in between first`,
      );
    }
    await step.run(engine);
    await stamp(engine, { schema: schema + 1, manager });
  }
}

function stamp(engine: Engine, value: Stamp): Promise<void> {
  return engine.write(new Map([[key, seal(value)]]));
}

function foreign(folder: string): StoreError {
  return new StoreError(
    'unreadable',
    `the database ${folder} was not made by gearbridge: give store.path another folder`,
  );
}

function isStamp(value: unknown): value is Stamp {
  return (
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    Number.isSafeInteger(value.schema) &&
    'manager' in value &&
    typeof value.manager === 'string'
  );
}
