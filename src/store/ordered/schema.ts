// Whose database it is and how its records are laid out (RUNS.md 9.7, 9.9). Read before anything else; written before anything else
// into an empty one, so a database with records and without this one is not ours.

import { StoreError } from '../store-error.ts';
import { unseen, type Engine, type Seen } from './engine.ts';
import { runsToSchema2 } from './migrate-runs.ts';
import type { Migration } from './migration.ts';
import { seal, unseal } from './record.ts';

export interface SchemaPlan {
  readonly current: number;
  readonly migrations: readonly Migration[];
}

/** What this version writes. A change of the layout raises `current` and adds the step from the version before. */
export const schemaPlan: SchemaPlan = { current: 2, migrations: [runsToSchema2] };

export const stampKey = 'meta/store';

interface Stamp {
  readonly schema: number;
  readonly manager: string;
}

/** Which database it is, and whose it should be. */
export interface Owner {
  /** As messages call it; no secret in it. */
  readonly name: string;
  /** The key of the configuration that leads to another one. */
  readonly elsewhere: string;
  readonly manager: string;
}

/**
 * Checks the stamp of the database, makes it where the database is empty, and migrates older records. Rejects with a
 * `StoreError`: `schema`, `other-manager`, `unreadable`, `broken-record`.
 */
export async function settleSchema(
  engine: Engine,
  owner: Owner,
  plan: SchemaPlan = schemaPlan,
): Promise<void> {
  const [text] = await engine.get([stampKey]);
  if (text === undefined) {
    if (!(await engine.isEmpty())) throw foreign(owner);
    const first = { schema: plan.current, manager: owner.manager };
    if (await stamp(engine, first, new Map([[stampKey, undefined]]))) return;
    // Another daemon was the first in the same moment: what it wrote counts.
    await settleSchema(engine, owner, plan);
    return;
  }
  const found = unseal(stampKey, text);
  if (!isStamp(found)) throw foreign(owner);
  if (found.manager !== owner.manager) {
    throw new StoreError(
      'other-manager',
      `the store ${owner.name} belongs to the manager ${found.manager}, and this daemon is ${owner.manager}: set \`manager: ${found.manager}\`, or give this one a ${owner.elsewhere} of its own`,
    );
  }
  await migrate(engine, { found, owner }, plan);
}

async function migrate(
  engine: Engine,
  { found, owner }: { readonly found: Stamp; readonly owner: Owner },
  plan: SchemaPlan,
): Promise<void> {
  if (found.schema > plan.current) {
    throw new StoreError(
      'schema',
      `the store ${owner.name} has schema ${found.schema}, and this version knows ${plan.current} at most: start the newer version that wrote it, or give this one a ${owner.elsewhere} of its own`,
    );
  }
  for (let schema = found.schema; schema < plan.current; schema++) {
    const step = plan.migrations.find(({ from }) => from === schema);
    if (step === undefined) {
      throw new StoreError(
        'schema',
        `the store ${owner.name} has schema ${schema}, from which this version cannot migrate: start a version in between first`,
      );
    }
    await step.run(engine);
    await stamp(engine, { schema: schema + 1, manager: found.manager }, unseen);
  }
}

/** The stamp that this version gives a database of its own. */
export function ownStamp(manager: string, plan: SchemaPlan = schemaPlan): string {
  return seal({ schema: plan.current, manager } satisfies Stamp);
}

/** Whether it was written: not where somebody else has stamped it since. */
async function stamp(engine: Engine, value: Stamp, seen: Seen): Promise<boolean> {
  return (await engine.write(new Map([[stampKey, seal(value)]]), seen)) === 'written';
}

function foreign({ name, elsewhere }: Owner): StoreError {
  return new StoreError(
    'unreadable',
    `the database ${name} was not made by gearbridge: give this daemon another ${elsewhere}`,
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
