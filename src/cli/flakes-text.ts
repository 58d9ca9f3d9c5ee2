// Failures in words, a line each, for the commands that list them.

import type { FailureView } from '../views/flakes.ts';
import type { Look } from './table.ts';
import { lines, localTime, type Cell } from './text.ts';

const heads = ['WHEN', 'TEST', 'KIND', 'CLASS', 'RULING', 'BUILDER', 'WORKER', 'COMMIT', 'OF', 'MESSAGE'];

function row(failure: FailureView): Cell[] {
  const cleared = failure.cleared ? 'cleared' : '-';
  return [
    { text: localTime(failure.at) },
    { text: failure.test_id ?? '-' },
    { text: failure.kind },
    { text: failure.signature === null ? failure.class : `${failure.class} ${failure.signature}` },
    { text: failure.ruling ?? cleared },
    { text: failure.builder },
    { text: failure.worker ?? '-' },
    { text: failure.revision.slice(0, 12) },
    { text: failure.source },
    { text: failure.message },
  ];
}

/** A table of failures. */
export function failureTable(failures: readonly FailureView[], look: Look): string[] {
  return lines({ heads, rows: failures.map(row) }, look);
}
