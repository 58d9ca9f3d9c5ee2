// Takes up the runs of the time before: read back from the journal, looked at once, and carried on.

import type { Wiring } from './wiring.ts';

/** Runs whose branches keep their function. */
const lately = 200;

/** The runs of the time before: every one of them is looked at, and what was under way is taken up again (RUNS.md 1.5). Rejects with the store's error. */
export async function resume({ core, gatekeeper }: Pick<Wiring, 'core' | 'gatekeeper'>): Promise<void> {
  const { store, register, engine, functions } = core;
  const { log } = core.options;
  // Where instances share the store each run has a holder, and those of dead ones are taken over in time (instances.ts).
  const runs = store.sharing === null ? await store.open() : [];
  await gatekeeper.instances?.round();
  for (const broken of store.broken())
    log.error(
      { component: 'store', why: `${broken.key}: ${broken.why}` },
      'a record of the journal is damaged',
    );
  try {
    await core.past.recall();
  } catch (error) {
    log.warn(
      { component: 'store', err: error },
      'the history could not be read; budgets of measures begin anew',
    );
  }
  for (const run of runs) engine.resume(run);
  // Branches that were asked for lately keep their function (RUNS.md 2.2).
  for (const run of [...runs, ...(await store.list({ limit: lately }))]) {
    if (run.terms !== null) functions.sawBranch(run.jobName, run.terms.change.branch);
  }
  gatekeeper.clients.lost(runs, null);
  for (const run of register.all()) engine.happen(run.id, { kind: 'restarted' });
  if (runs.length > 0) log.info({ count: runs.length }, 'took up open runs again');
}
