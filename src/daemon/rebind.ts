// Jobs on connections of ours that the holder of their run has given up, for we were silent: paused, or cut off from the store. The
// connection stands, so the client still waits on it, and the holder must hear so (RUNS.md 9.9).

import type { RunEvent } from '../gate/event.ts';
import type { ConnectionId, RunId } from '../gate/ids.ts';
import type { GearmanBinding, Job } from '../gate/job.ts';
import { isLive } from '../gate/job.ts';
import type { Run } from '../gate/run.ts';

function givenUp(job: Job, ours: ReadonlySet<ConnectionId>): readonly GearmanBinding[] {
  const bindings = job.bindings.filter((binding) => binding.kind === 'gearman');
  const isBoundAgain = (lost: GearmanBinding): boolean =>
    bindings.some(
      (each) => isLive(each) && each.connection === lost.connection && each.handle === lost.handle,
    );
  return bindings.filter(
    (binding) =>
      binding.state === 'void' && !binding.answered && ours.has(binding.connection) && !isBoundAgain(binding),
  );
}

/** What to tell the holders of these runs, with the connections of ours that stand. */
export function rebindings(
  runs: readonly Run[],
  ours: ReadonlySet<ConnectionId>,
): readonly { readonly run: RunId; readonly event: Extract<RunEvent, { kind: 'bound' }> }[] {
  return runs.flatMap((run) =>
    run.jobs
      .filter(({ state }) => state !== 'closed')
      .flatMap((job) =>
        givenUp(job, ours).map((binding) => ({
          run: run.id,
          event: {
            kind: 'bound' as const,
            number: job.number,
            binding: { ...binding, state: 'live' as const, announced: false },
          },
        })),
      ),
  );
}
