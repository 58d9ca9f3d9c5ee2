// From schema 1 to 2: attempts may be measures and controls, and keep what was read of their builds. A run of before has none.

import { unseen, type Engine } from './engine.ts';
import type { Migration } from './migration.ts';
import { seal, unseal } from './record.ts';

const prefix = 'run/';
const chunk = 100;

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function migrateAttempt(attempt: unknown): unknown {
  return isFields(attempt) ? { task: null, reading: null, unread: 0, ...attempt } : attempt;
}

function migrateTerms(terms: unknown): unknown {
  if (!isFields(terms) || !isFields(terms['change'])) return terms;
  return { ...terms, change: { files: null, ...terms['change'] } };
}

/** The run with what is new in it; what is no run of schema 1 stays as it is: it is broken, or was migrated before a cut. */
function migrateRun(run: unknown): unknown {
  if (!isFields(run) || run['schema'] !== 1 || !Array.isArray(run['attempts'])) return run;
  const attempts = run['attempts'].map(migrateAttempt);
  return { rulings: {}, ...run, schema: 2, attempts, terms: migrateTerms(run['terms']) };
}

function migrated(key: string, text: string): readonly [string, string] {
  try {
    return [key, seal(migrateRun(unseal(key, text)))];
  } catch {
    // A damaged record is left as it is, for whoever reads it to say so.
    return [key, text];
  }
}

async function migrateRuns(engine: Engine): Promise<void> {
  for (let above = prefix; ;) {
    const records = await engine.scan({ prefix, above, limit: chunk });
    if (records.length > 0)
      await engine.write(new Map(records.map(([key, text]) => migrated(key, text))), unseen);
    const last = records.at(-1);
    if (last === undefined || records.length < chunk) return;
    above = last[0];
  }
}

/** Adds the fields of measures and controls to every kept run. */
export const runsToSchema2: Migration = { from: 1, run: migrateRuns };
