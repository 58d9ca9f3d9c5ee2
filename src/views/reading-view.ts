// What was read of a builder's failing build, as people see it. A build wrote names and messages: they are made visible and bounded.

import { excusesNothing } from '../flakes/decide/route.ts';
import type { ReadFailure, Reading } from '../flakes/reading.ts';
import type { FoundFailureView, ReadingView } from './document.ts';
import { oneLine } from './text.ts';

const shownFailures = 20;
const nameBound = 300;
const messageBound = 300;

function failureView(failure: ReadFailure): FoundFailureView {
  const { testId, kind, message, step, lines, signature, incident, cleared, evidence } = failure;
  const why = excusesNothing(failure);
  return {
    test_id: testId === null ? null : oneLine(testId, nameBound),
    kind,
    class: failure.class,
    signature: signature === null ? null : oneLine(signature.id, nameBound),
    message: oneLine(message ?? '', messageBound),
    step: oneLine(step, nameBound),
    lines,
    cleared,
    incident,
    seen: evidence === null ? null : { failures: evidence.failures, runs: evidence.runs },
    excuses_nothing: why === null ? null : oneLine(why, messageBound),
  };
}

/** The first failures of a reading; `soFar`: the build still runs, and more may come. */
export function readingView(reading: Reading, soFar: boolean): ReadingView {
  const left = Math.max(0, reading.failures.length - shownFailures);
  return {
    so_far: soFar,
    failures: reading.failures.slice(0, shownFailures).map(failureView),
    more: reading.more + left,
    doubt: reading.doubt === null ? null : oneLine(reading.doubt, messageBound),
  };
}

const worst = ['unknown', 'new', 'seen-on-base', 'already-red', 'known-flake', 'infrastructure'] as const;

/** The class of what speaks most against the change; null where nothing was found. */
export function likelyClass({ failures }: Reading): ReadFailure['class'] | null {
  return worst.find((one) => failures.some((failure) => failure.class === one)) ?? null;
}
