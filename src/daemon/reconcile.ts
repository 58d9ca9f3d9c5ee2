// `gearbridge reconcile`: has the loops look at once, then asks Buildbot and Gearman and compares.

import type { Master } from '../buildbot/master.ts';
import { isLive } from '../gate/job.ts';
import { markerPrefix } from '../gate/marker.ts';
import type { Run } from '../gate/run.ts';
import type { Gearman } from '../gearman/gearman.ts';
import type { Journal } from '../store/journal.ts';
import type { DifferenceView, ReconcileOutcome } from '../views/actions.ts';
import { ofBuildsets, ofHandles, ofRequests, ofWaiting, type HandleLook } from './compare.ts';
import type { Register } from './register.ts';
import { openRequests } from './watcher.ts';

export interface ReconcileParts {
  readonly master: Pick<Master, 'requests' | 'buildsets'>;
  readonly gearman: Pick<Gearman, 'connections' | 'status' | 'uniqueJobs'>;
  readonly register: Pick<Register, 'all'>;
  readonly journal: Pick<Journal, 'broken'>;
  readonly manager: () => string;
  readonly findRun: (id: Run['id']) => Promise<Run | null>;
  /** One round of every loop that brings the three together. */
  readonly lookNow: () => Promise<void>;
}

/** Rows of the answer; a fleet in disorder has thousands. */
const mostShown = 500;

async function compareBuildbot(parts: ReconcileParts): Promise<readonly DifferenceView[]> {
  const { master, register, findRun } = parts;
  const manager = parts.manager();
  const requests = await master.requests(register.all().flatMap(openRequests));
  const buildsets = await master.buildsets({
    contains: markerPrefix(manager),
    unfinished: true,
    withRequests: true,
  });
  return [
    // What happened meanwhile is in memory by now, and is no difference.
    ...ofRequests(register.all(), requests),
    ...(await ofBuildsets(buildsets, { manager, runOf: findRun })),
  ];
}

async function compareGearman({ gearman, register }: ReconcileParts): Promise<readonly DifferenceView[]> {
  const looks: HandleLook[] = [];
  for (const job of register.all().flatMap((run) => run.jobs)) {
    for (const binding of job.bindings.filter(isLive)) {
      if (binding.kind !== 'gearman') continue;
      const { connection, handle, server } = binding;
      looks.push({ job: job.number, server, handle, status: await gearman.status({ connection }, handle) });
    }
  }
  const found: DifferenceView[] = [...ofHandles(looks)];
  for (const { server, serverKind } of gearman.connections()) {
    const listed = serverKind === 'gearmand' ? await gearman.uniqueJobs(server) : null;
    if (listed !== null) found.push(...ofWaiting(register.all(), server, listed));
  }
  return found;
}

function compareJournal({ journal }: ReconcileParts): readonly DifferenceView[] {
  return journal.broken().map(({ key, why }) => ({
    where: 'journal' as const,
    job: null,
    about: key,
    is: `the record is damaged: ${why}`,
    would: 'nothing: restore the store from a copy; what it said is found again at Buildbot by marker',
  }));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Compares; with `act`, the loops look first. What cannot be asked is `unavailable`, with the reason. */
export async function reconcile(parts: ReconcileParts, act: boolean): Promise<ReconcileOutcome> {
  try {
    if (act) await parts.lookNow();
    const found = [
      ...compareJournal(parts),
      ...(await compareBuildbot(parts)),
      ...(await compareGearman(parts)),
    ];
    return {
      kind: 'ok',
      differences: found.slice(0, mostShown),
      more: Math.max(0, found.length - mostShown),
    };
  } catch (error) {
    return { kind: 'unavailable', why: `it cannot be compared now: ${reasonOf(error)}` };
  }
}
