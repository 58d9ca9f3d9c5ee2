// A run that turned out to be another instance's: somebody was faster with its content key, or has taken it over while we were paused.
// What only we know of it goes to its holder, before it is dropped here (RUNS.md 9.9).

import type { RunEvent } from '../gate/event.ts';
import type { Job } from '../gate/job.ts';
import { isLive } from '../gate/job.ts';
import { matchJob } from '../gate/matching.ts';
import type { Run } from '../gate/run.ts';
import type { Journal, WriteOutcome } from '../store/journal.ts';
import type { Sharing } from '../store/sharing.ts';
import { StoreError } from '../store/store-error.ts';
import type { EventLetter } from './tell.ts';

/** Live bindings of ours, on a job that the holder knows under this number. */
function bound(job: Job, known: Job): readonly RunEvent[] {
  return job.bindings
    .filter(isLive)
    .filter((binding) => binding.kind === 'gearman')
    .map((binding) => ({ kind: 'bound', number: known.number, binding }));
}

function stopped(job: Job, known: Job): readonly RunEvent[] {
  const isNews = known.state === 'open' && job.answer?.word === 'ABORTED';
  return isNews ? [{ kind: 'detached', number: known.number, why: job.answer.reason }] : [];
}

/** What to tell the holder of a run that we held: bindings, jobs and stops that its copy lacks. `kept` is the run as it is written. */
function afterTakeover(ours: Run, kept: Run): readonly RunEvent[] {
  return ours.jobs.flatMap((job): readonly RunEvent[] => {
    const known = kept.jobs.find(({ number }) => number === job.number);
    if (known !== undefined) return [...bound(job, known), ...stopped(job, known)];
    return job.state === 'open' ? [{ kind: 'attached', job, replaces: null }] : [];
  });
}

/** What to tell the run that has the content key of ours; null: it cannot be joined any more, and ours may be written after all. */
function afterRace(ours: Run, kept: Run): readonly RunEvent[] | null {
  const events = ours.jobs.map((job): readonly RunEvent[] | null => {
    const kind = job.bindings.find((binding) => binding.kind === 'gearman')?.serverKind ?? 'gearmand';
    const { unique, argumentsHash } = job;
    const match = matchJob({ unique, argumentsHash, key: ours.key, serverKind: kind }, [kept]);
    switch (match.kind) {
      case 'bind':
        return job.bindings.map((binding) => ({ kind: 'bound', number: match.number, binding }));
      case 'attach':
        return [{ kind: 'attached', job, replaces: match.replaces }];
      case 'clash':
      case 'new':
        return null;
    }
  });
  return events.includes(null) ? null : events.flatMap((each) => each ?? []);
}

/** What only we know of a run that is another instance's goes to its holder. Rejects where that could not be kept. */
export async function handOver(
  { store, sharing }: { readonly store: Pick<Journal, 'run'>; readonly sharing: Pick<Sharing, 'send'> },
  run: Run,
  outcome: Exclude<WriteOutcome, { kind: 'written' }>,
): Promise<void> {
  const holder = outcome.kind === 'key-taken' ? outcome.by : run.id;
  const kept = await store.run(holder);
  const events =
    kept === null ? null : outcome.kind === 'key-taken' ? afterRace(run, kept) : afterTakeover(run, kept);
  if (events === null)
    throw new StoreError('refused', `run ${holder} cannot take over what run ${run.id} has`);
  for (const event of events) await sharing.send({ to: 'run', run: holder }, { event } satisfies EventLetter);
}
