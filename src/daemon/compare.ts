// What differs between the journal and what Buildbot and Gearman say at this moment, and what the loops will do about it. Pure.

import { isLive } from '../gate/job.ts';
import type { BuildsetFacts, RequestFacts } from '../gate/facts.ts';
import type { Run } from '../gate/run.ts';
import { duplicatesOf, isSuspect, runOfMarker } from '../gate/sweep.ts';
import type { HandleStatus } from '../gearman/gearman.ts';
import type { DifferenceView } from '../views/actions.ts';

type Attempt = Run['attempts'][number];

function asked(attempt: Attempt): string {
  return `request ${attempt.request ?? '?'} on ${attempt.builder}`;
}

function ofAttempt(run: Run, attempt: Attempt, facts: RequestFacts | undefined): readonly DifferenceView[] {
  if (attempt.request === null || attempt.complete) return [];
  const job = run.jobs[0]?.number ?? null;
  const one = (is: string, would: string): readonly DifferenceView[] => [
    { where: 'buildbot', job, about: asked(attempt), is, would },
  ];
  if (facts === undefined)
    return one(
      'the master does not know it',
      'it is looked for by its marker; unknown for good, it ends by its clocks and never as a failure of the change',
    );
  if (facts.complete) return one('it is complete, and the journal has it open', 'its end is read and judged');
  if (facts.claimed !== attempt.claimed)
    return one(
      facts.claimed
        ? 'it is being built, and the journal has it queued'
        : 'it waits again, and the journal has it claimed',
      'the journal follows with the next look',
    );
  const known = new Set(attempt.builds.map(({ id }) => id));
  const unseen = facts.builds.filter(({ id }) => !known.has(id)).length;
  return unseen === 0 ? [] : one(`${unseen} of its builds are not in the journal`, 'they are read');
}

/** Requests that the journal has open, beside what the master says of them. */
export function ofRequests(
  runs: readonly Run[],
  requests: readonly RequestFacts[],
): readonly DifferenceView[] {
  const known = new Map(requests.map((facts) => [facts.id, facts]));
  return runs.flatMap((run) =>
    run.attempts.flatMap((attempt) =>
      ofAttempt(run, attempt, attempt.request === null ? undefined : known.get(attempt.request)),
    ),
  );
}

/** Unfinished buildsets of ours, with their requests, that no open attempt stands for (RUNS.md 4.3); `runOf` looks in memory and journal. */
export async function ofBuildsets(
  buildsets: readonly BuildsetFacts[],
  around: { readonly manager: string; readonly runOf: (id: Run['id']) => Promise<Run | null> },
): Promise<readonly DifferenceView[]> {
  const found: DifferenceView[] = [];
  for (const buildset of buildsets) {
    const id = runOfMarker(buildset.marker, around.manager);
    if (id === null) continue;
    const run = await around.runOf(id);
    if (run === null)
      found.push({
        where: 'buildbot',
        job: null,
        about: `buildset ${buildset.id}`,
        is: `it carries our marker, and no run ${id} is known`,
        would:
          'a job that comes for the same change adopts it; else its requests are cancelled after 10 minutes',
      });
    else if (isSuspect(buildset, run))
      for (const { request, why } of duplicatesOf(buildset, run))
        found.push({
          where: 'buildbot',
          job: run.jobs[0]?.number ?? null,
          about: `request ${request}`,
          is: why,
          would: 'it is cancelled with the next sweep and counts for nothing',
        });
  }
  return found;
}

/** What a server says of a handle that the journal has alive. */
export interface HandleLook {
  readonly job: string;
  readonly server: string;
  readonly handle: string;
  readonly status: HandleStatus;
}

const handleRows: Readonly<Record<Exclude<HandleStatus, 'running'>, Pick<DifferenceView, 'is' | 'would'>>> = {
  silent: { is: 'the server did not answer', would: 'it is asked again' },
  queued: { is: 'the server has it waiting again', would: 'it is taken again with the next grab' },
  unknown: {
    is: 'the server does not know it: its client is gone',
    would: 'the binding ends; a run that nobody waits for is stopped after its grace',
  },
};

export function ofHandles(looks: readonly HandleLook[]): readonly DifferenceView[] {
  return looks.flatMap(({ job, server, handle, status }) =>
    status === 'running'
      ? []
      : [{ where: 'gearman', job, about: `handle ${handle} at ${server}`, ...handleRows[status] }],
  );
}

/** Open jobs of ours that a gearmand lists though no live handle of theirs is here. */
export function ofWaiting(
  runs: readonly Run[],
  server: string,
  listed: ReadonlySet<string>,
): readonly DifferenceView[] {
  const lost = runs
    .flatMap((run) => run.jobs)
    .filter((job) => job.state !== 'closed' && !job.bindings.some(isLive) && listed.has(job.unique));
  return lost.map(({ number, unique }) => ({
    where: 'gearman',
    job: number,
    about: `unique id ${unique} at ${server}`,
    is: 'the server lists the job, and no live handle of it is here',
    would: 'it is taken again with the next grab, or cancelled there after a minute',
  }));
}
