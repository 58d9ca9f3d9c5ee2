// The sweep (RUNS.md 4.3): one call lists every unfinished buildset of ours. What no open attempt knows is cancelled; what an
// attempt believes unfinished and is not listed has ended unseen.

import type { Master } from '../buildbot/master.ts';
import type { BuildsetFacts } from '../gate/facts.ts';
import type { RequestId, RunId } from '../gate/ids.ts';
import { markerPrefix } from '../gate/marker.ts';
import type { Run } from '../gate/run.ts';
import { duplicatesOf, isSuspect, judgeStrangers, runOfMarker, type Strangers } from '../gate/sweep.ts';
import type { Log } from '../observe/log.ts';
import type { KnowledgeStore } from './knowledge.ts';
import type { Register } from './register.ts';

export interface SweeperParts {
  readonly master: Master;
  readonly register: Register;
  readonly knowledge: KnowledgeStore;
  readonly manager: string;
  /** A run in memory or in the journal. */
  readonly findRun: (id: RunId) => Promise<Run | null>;
  /** Whether another instance holds the run: then that one looks after its requests. */
  readonly isElsewhere: (id: RunId) => boolean;
  /** Whether new work is grabbed: only then does a stranger's patience run (RUNS.md 4.3). */
  readonly grabbing: () => boolean;
  readonly look: (requests: readonly RequestId[]) => void;
  readonly duplicates: (count: number) => void;
  /** A request that we ask Buildbot to cancel: no run may adopt it from now on (RUNS.md 4.4). */
  readonly cancelling: (request: RequestId) => void;
  readonly mono: () => number;
  readonly log: Log;
}

interface Expected {
  readonly buildset: number;
  readonly request: RequestId;
}

function expectedNow(register: Register): readonly Expected[] {
  return register
    .all()
    .flatMap((run) => run.attempts)
    .flatMap(({ buildset, request, complete }) =>
      buildset === null || request === null || complete ? [] : [{ buildset, request }],
    );
}

/** One sweep; called every 30 s, also when idle. Rejects when Buildbot could not be asked. */
export function createSweeper(parts: SweeperParts): () => Promise<void> {
  const { master, register, log } = parts;
  let strangers: Strangers = new Map();

  const cancel = async (request: RequestId, why: string): Promise<void> => {
    parts.cancelling(request);
    const outcome = await master.cancel(request, `gearbridge: ${why}`);
    log.warn(
      { buildRequest: request, why, state: outcome },
      'cancelled a build request that should not be there',
    );
  };

  // What a run has adopted keeps the marker of the run that was lost (RUNS.md 4.4), and is as good as its own.
  const isFree = (request: RequestId): boolean => register.ofRequest(request) === undefined;

  const withRequests = (buildset: BuildsetFacts): Promise<readonly BuildsetFacts[]> =>
    master.buildsets({ contains: buildset.marker, unfinished: true, withRequests: true });

  const sweepKnown = async (buildset: BuildsetFacts, id: RunId): Promise<void> => {
    for (const read of await withRequests(buildset)) {
      // The run may have found it meanwhile: what counts is what it knows now.
      const run = await parts.findRun(id);
      const doubled = (run === null || read.id !== buildset.id ? [] : duplicatesOf(read, run)).filter(
        ({ request }) => isFree(request),
      );
      for (const { request, why } of doubled) await cancel(request, why);
      if (doubled.length > 0) parts.duplicates(doubled.length);
    }
  };

  const sweepStrangers = async (unknown: readonly BuildsetFacts[]): Promise<void> => {
    if (!parts.grabbing()) return;
    const judged = judgeStrangers(unknown, strangers, parts.mono());
    strangers = judged.seen;
    for (const buildset of judged.cancel) {
      for (const read of await withRequests(buildset)) {
        for (const { id, complete } of read.requests)
          if (!complete && isFree(id)) await cancel(id, 'no run knows it, and nobody came back for it');
      }
    }
  };

  return async () => {
    const expected = expectedNow(register);
    const listed = await master.buildsets({
      contains: markerPrefix(parts.manager),
      unfinished: true,
      withRequests: false,
    });
    parts.knowledge.up();
    for (const { id } of listed) parts.knowledge.buildset(id);
    const open = new Set<number>(listed.map((buildset) => buildset.id));
    parts.look(expected.filter(({ buildset }) => !open.has(buildset)).map(({ request }) => request));
    const unknown: BuildsetFacts[] = [];
    for (const buildset of listed) {
      const id = runOfMarker(buildset.marker, parts.manager);
      if (id === null || parts.isElsewhere(id)) continue;
      const run = await parts.findRun(id);
      if (run === null) unknown.push(buildset);
      else if (isSuspect(buildset, run)) await sweepKnown(buildset, id);
    }
    await sweepStrangers(unknown);
  };
}
