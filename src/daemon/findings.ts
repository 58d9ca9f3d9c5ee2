// What the history shows by itself, without anybody asking: workers to blame, lists to change, regressions. Looked at every few minutes, in
// small pieces, beside the gate. A regression stays known until it has been quiet for two weeks, over restarts as well.

import { countForPriors } from '../flakes/history/builder-priors.ts';
import { day, gatherVotes, type BaseVote, type BaseVotes } from '../flakes/history/base-votes.ts';
import { watchRegressions, type Regression } from '../flakes/history/regressions.ts';
import { watchWorkers, type WorkerFindings } from '../flakes/history/worker-findings.ts';
import type { Signature } from '../flakes/signature/signature.ts';
import type { Beta } from '../flakes/statistics/tails.ts';
import { isStable } from '../fleet/stability.ts';
import type { StabilityLists } from '../gate/request.ts';
import type { Log } from '../observe/log.ts';
import type { BuildRecord } from '../store/build-record.ts';
import type { History } from '../store/history.ts';
import { afterLook, readIncidents, type Incident } from './incidents.ts';

export interface Findings extends WorkerFindings {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Votes of landed commits that were looked at; `complete`: they are all of the window. */
  readonly votes: number;
  readonly complete: boolean;
  /** Of each builder (FLAKES.md 6.4). */
  readonly priors: ReadonlyMap<string, Beta>;
  /** Open ones first, then those that are quiet. */
  readonly incidents: readonly Incident[];
}

export interface FindingsParts {
  readonly history: Pick<History, 'builds' | 'note' | 'setNote'>;
  readonly lists: () => StabilityLists;
  readonly signatures: () => readonly Signature[];
  /** Resolves after so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly stopping: () => boolean;
  readonly now: () => number;
  readonly log: Log;
}

export interface FindingsWatch {
  /** null: not looked yet. */
  get(): Findings | null;
  /** Looks anew, where that is due. Rejects with a StoreError. */
  tick(): Promise<void>;
}

const windowDays = 14;
/** Builds read at a time and in all: taking in more would hold up the gate, or memory. */
const page = 50;
const mostBuilds = 60_000;
/** Milliseconds between two looks: where builds have come, and where none have. */
const soonest = 300_000;
const latest = 3_600_000;
/** Milliseconds that it works at a time, and so many times as long it rests. */
const turn = 4;
const rests = 2;
const note = 'regressions';

function voteOf(build: BuildRecord): BaseVote {
  const { judged, results, failures } = build;
  const broken = results === 4 || results === 5;
  return {
    ...build,
    says: judged ? 'tests' : broken ? 'broken' : 'nothing',
    failures: failures.map((failure) => ({ ...failure, infrastructure: failure.class === 'infrastructure' })),
  };
}

function resolvedAt(signatures: readonly Signature[]): ReadonlyMap<string, number> {
  return new Map(
    signatures.flatMap(({ id, state, resolved: { at } }) =>
      state === 'resolved' && at !== null ? [[id, Date.parse(at)] as const] : [],
    ),
  );
}

/** The base builds of the window, and whether they are all of it. */
async function readBuilds(
  { history, pause, stopping }: FindingsParts,
  now: number,
): Promise<{ readonly gathered: BaseVotes; readonly complete: boolean }> {
  const since = Math.max(0, now - windowDays * day);
  const gathered = gatherVotes();
  let before: number | undefined;
  for (let looked = 0; looked < mostBuilds && !stopping(); looked += page) {
    const begun = performance.now();
    const start = before === undefined ? {} : { before };
    const builds = await history.builds({ since, ...start, which: 'all', limit: page });
    for (const build of builds) if (build.source === 'base') gathered.add(voteOf(build));
    if (builds.length < page) return { gathered, complete: true };
    // Builds of one millisecond may be parted by a page: those of the last one are asked for again, with the next page.
    const last = builds.at(-1)?.completeAt ?? 0;
    before = last === builds[0]?.completeAt ? last : last + 1;
    await pause(rests * (performance.now() - begun));
  }
  return { gathered, complete: false };
}

/** Looks at votes, oldest first, a few milliseconds at a time. */
async function each(
  { pause, stopping }: FindingsParts,
  votes: readonly BaseVote[],
  look: (vote: BaseVote) => void,
): Promise<void> {
  let begun = performance.now();
  for (const vote of votes) {
    look(vote);
    if (performance.now() - begun < turn) continue;
    if (stopping()) return;
    await pause(rests * turn);
    begun = performance.now();
  }
}

function tell(log: Log, before: Findings | null, { blames, incidents }: Findings): void {
  for (const { state, why, project, name } of incidents) {
    if (state === 'new')
      log.error({ component: 'flakes', project, word: name, why }, 'a regression has come up');
  }
  const known = new Set(before?.blames.filter(({ blame }) => blame === 'blamed').map(({ worker }) => worker));
  for (const { worker, blame, why } of blames) {
    if (blame === 'blamed' && !known.has(worker))
      log.warn({ component: 'flakes', word: worker, why }, 'a worker fails far more often than its siblings');
  }
}

export function createFindings(parts: FindingsParts): FindingsWatch {
  const { history, log } = parts;
  let found: Findings | null = null;
  let newest = '';

  const keepIncidents = async (
    regressions: readonly Regression[],
    now: number,
  ): Promise<readonly Incident[]> => {
    const known = readIncidents(await history.note(note));
    const incidents = afterLook(known, regressions, now);
    if (known.length > 0 || incidents.length > 0) await history.setNote(note, JSON.stringify(incidents));
    return incidents;
  };

  const isDue = async (now: number): Promise<boolean> => {
    const [build] = await history.builds({ since: 0, which: 'all', limit: 1 });
    const last = build === undefined ? '' : `${build.completeAt} ${build.id}`;
    const waited = found === null ? Infinity : now - found.at;
    if (waited < soonest || (waited < latest && last === newest)) return false;
    newest = last;
    return true;
  };

  return {
    get: () => found,
    async tick() {
      const now = parts.now();
      if (!(await isDue(now))) return;
      const { gathered, complete } = await readBuilds(parts, now);
      const votes = gathered.votes();
      const lists = parts.lists();
      const workers = watchWorkers({ now, isStable: (worker) => isStable(worker, lists) });
      const regressions = watchRegressions({ now, resolved: resolvedAt(parts.signatures()) });
      const priors = countForPriors();
      await each(parts, votes, (vote) => {
        workers.add(vote, gathered.isShared(vote));
        regressions.add(vote);
        priors.add(vote);
      });
      if (parts.stopping()) return;
      const incidents = await keepIncidents(regressions.found(), now);
      const before = found;
      found = {
        ...{ at: now, votes: votes.length, complete, incidents, priors: priors.priors() },
        ...workers.findings(),
      };
      tell(log, before, found);
    },
  };
}
