// What follows from a step of a run beside its effects: log lines, metrics, history, reports, and the next run's turn.

import type { Run } from '../gate/run.ts';
import { isUndecided } from '../gate/run.ts';
import { takesSlot } from '../gate/slots.ts';
import type { Log } from '../observe/log.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { History } from '../store/history.ts';
import { attemptBefore } from './attempt-before.ts';
import { countStep } from './count-step.ts';
import { newEndings } from './endings.ts';
import { newGateBuilds } from './gate-builds.ts';
import type { PastBuilds } from './past-builds.ts';
import type { Reports } from './reports.ts';

export interface FollowParts {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly history: History;
  readonly past: Pick<PastBuilds, 'note'>;
  readonly reports: Reports;
  readonly viewsChanged: (run: Run) => void;
  /** A slot became free, or the line became shorter. */
  readonly room: () => void;
}

function tellLog(log: Log, before: Run | null, after: Run): void {
  const number = after.jobs[0]?.number ?? '';
  const fields = { run: after.id, job: number };
  const { terms } = after;
  if (before === null)
    log.info(
      { ...fields, project: terms?.change.project ?? '', change: terms?.change.changeRef ?? '' },
      'took a job',
    );
  if (before !== null && before.phase !== after.phase) {
    log.info(
      {
        ...fields,
        from: before.phase,
        to: after.phase,
        word: after.verdict?.word ?? '',
        why: after.verdict?.summary ?? '',
      },
      'a run moved on',
    );
  }
  // That all of them end is said by the line of the run; a reset would say it four thousand times.
  if (before !== null && before.phase !== 'stopped' && after.phase === 'stopped') return;
  for (const [at, attempt] of after.attempts.entries()) {
    const known = attemptBefore(before, attempt, at);
    if (known === attempt || known?.state === attempt.state) continue;
    const { builder, ordinal, state, outcome, request } = attempt;
    const why = outcome !== null && 'why' in outcome ? outcome.why : '';
    const asked = request === null ? {} : { buildRequest: request };
    log.info(
      { ...fields, builder, attempt: ordinal, state, word: outcome?.kind ?? '', why, ...asked },
      'an attempt moved on',
    );
  }
}

/** The function that the engine calls after each step that changed something. It never throws and never waits. */
export function createFollow(parts: FollowParts): (before: Run | null, after: Run) => void {
  const { log, metrics, history, reports } = parts;
  return (before, after) => {
    tellLog(log, before, after);
    countStep(metrics, before, after);
    const endings = newEndings(before, after);
    if (endings.length > 0) {
      parts.past.note(endings);
      history.record(endings).catch((error: unknown) => {
        log.warn(
          { run: after.id, err: error },
          'the history did not take the end of an attempt; reports will lack it',
        );
      });
    }
    const builds = newGateBuilds(before, after, Date.now());
    if (builds.length > 0) {
      history.recordBuilds(builds).catch((error: unknown) => {
        log.warn(
          { run: after.id, err: error },
          'the history did not take the builds of a run; reports will lack them',
        );
      });
    }
    reports.changed(after);
    parts.viewsChanged(after);
    const hadRoom = before !== null && (takesSlot(before) || isUndecided(before));
    if (hadRoom && !takesSlot(after) && !(after.phase === 'waiting')) parts.room();
  };
}
