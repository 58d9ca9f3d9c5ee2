// What a step of a run adds to the counters: sendings, retries, adoptions, outcomes, and the verdict.

import type { Attempt } from '../gate/attempt.ts';
import type { Run } from '../gate/run.ts';
import type { Metrics } from '../observe/metrics.ts';
import { attemptBefore } from './attempt-before.ts';

function countAttempt(metrics: Metrics, run: Run, was: Attempt | undefined, is: Attempt): void {
  const { role, builder, ordinal } = is;
  if (was === undefined && is.state === 'intended') {
    const again = run.attempts.some(
      (each) => each.builder === builder && each.role === role && each.ordinal < ordinal,
    );
    metrics.add('gearbridge_attempts_total', { role });
    if (again && role === 'vote') metrics.add('gearbridge_retries_total', {});
  }
  // Known without an answer to its force call: what a lost journal left, or what the search found (RUNS.md 4.2, 4.4).
  if (is.request !== null && was?.request == null) {
    if (was?.state === 'unclear') metrics.add('gearbridge_adoptions_total', { by: 'search' });
    else if (was?.sending == null) metrics.add('gearbridge_adoptions_total', { by: 'start' });
  }
  if (is.outcome !== null && was?.outcome == null)
    metrics.add('gearbridge_outcomes_total', { role, outcome: is.outcome.kind });
}

/** Counts what is new in `after`; `before` is null for a run that has just come. */
export function countStep(metrics: Metrics, before: Run | null, after: Run): void {
  for (const [at, attempt] of after.attempts.entries()) {
    const was = attemptBefore(before, attempt, at);
    if (was !== attempt) countAttempt(metrics, after, was, attempt);
  }
  if (before?.verdict != null || after.verdict === null) return;
  metrics.add('gearbridge_verdicts_total', { word: after.verdict.word });
  for (const { role, state, class: fault } of after.verdict.builders)
    metrics.add('gearbridge_builder_verdicts_total', { role, state, class: fault ?? 'none' });
}
