// Reports to the gatekeeper while a run goes on: whole objects, bounded in rate and number, without a result (GATEKEEPER.md 2.2).

import type { Job } from '../gate/job.ts';
import { isLive } from '../gate/job.ts';
import type { JobNumber } from '../gate/ids.ts';
import { isUndecided, type Run } from '../gate/run.ts';
import type { Gearman } from '../gearman/gearman.ts';
import { noReports, reportTurn, type ReportRate } from '../views/progress.ts';

export interface ReportsParts {
  readonly gearman: () => Gearman;
  readonly progress: (run: Run, job: Job) => object;
  /** What is read of the builders' failures, as a text: whoever waits for that hears of a change sooner. */
  readonly classes: (run: Run) => string;
  readonly mono: () => number;
}

export interface Reports {
  /** The run changed: its jobs may be told now or later. */
  changed(run: Run): void;
  /** Sends what was put off; called about once a second. */
  tick(find: (number: JobNumber) => Run | undefined): void;
}

export function createReports(parts: ReportsParts): Reports {
  const rates = new Map<JobNumber, ReportRate>();
  const later = new Set<JobNumber>();
  const told = new Map<JobNumber, string>();

  const send = (run: Run, job: Job): void => {
    for (const binding of job.bindings) {
      if (binding.kind !== 'gearman' || !isLive(binding) || !binding.announced) continue;
      parts.gearman().data(binding.connection, binding.handle, parts.progress(run, job), false);
    }
  };

  const report = (run: Run, job: Job): void => {
    const classes = parts.classes(run);
    const urgent = classes !== (told.get(job.number) ?? '');
    const turn = reportTurn(rates.get(job.number) ?? noReports, parts.mono(), urgent);
    if (turn.kind === 'later') later.add(job.number);
    if (turn.kind !== 'now') return;
    rates.set(job.number, turn.rate);
    told.set(job.number, classes);
    send(run, job);
  };

  return {
    changed(run) {
      for (const job of run.jobs) {
        // Before the plan there is nothing to tell beyond the first data.
        if (job.state === 'open' && isUndecided(run) && run.plan !== null) report(run, job);
        if (job.state !== 'open') {
          rates.delete(job.number);
          told.delete(job.number);
          later.delete(job.number);
        }
      }
    },
    tick(find) {
      for (const number of [...later]) {
        later.delete(number);
        const run = find(number);
        const job = run?.jobs.find((each) => each.number === number);
        if (run !== undefined && job?.state === 'open' && isUndecided(run)) report(run, job);
      }
    },
  };
}
