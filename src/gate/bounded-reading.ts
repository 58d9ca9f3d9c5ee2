// A reading as it may be kept with its attempt: small, for a run is written whole with each change.

import type { ReadFailure, Reading } from '../flakes/reading.ts';

const mostFailures = 50;
/** Characters of JSON; a run of forty builders stays well below the store's bound. */
const mostText = 32 * 1024;
const longestText = 300;
const longestDoubt = 300;

function cut(text: string): string {
  return text.length <= longestText ? text : text.slice(0, longestText);
}

/** Only what is shown is cut; ids and keys that are compared are dropped instead, and then nothing can be excused by them. */
function bounded(failure: ReadFailure): ReadFailure {
  const long = (text: string | null): boolean => text !== null && text.length > longestText;
  return {
    ...failure,
    message: failure.message === null ? null : cut(failure.message),
    step: cut(failure.step),
    testId: failure.testId === null ? null : cut(failure.testId),
    file: long(failure.file) ? null : failure.file,
    fingerprint: cut(failure.fingerprint),
    incident: cut(failure.incident),
    excuseKey: long(failure.excuseKey) ? null : failure.excuseKey,
    signature: long(failure.signature?.id ?? null) ? null : failure.signature,
  };
}

/** At most fifty failures and 32 KiB; what was left out is counted in `more`, and more than is kept excuses nothing. */
export function boundedReading(reading: Reading): Reading {
  const failures: ReadFailure[] = [];
  let room = mostText;
  for (const failure of reading.failures.slice(0, mostFailures).map(bounded)) {
    room -= JSON.stringify(failure).length;
    if (room < 0) break;
    failures.push(failure);
  }
  const left = reading.failures.length - failures.length;
  const { repeats } = reading;
  // A key that is missing here counts as another failure than those in question: it can only make a verdict worse.
  const keys = Object.entries(repeats?.byKey ?? {}).filter(([key]) => key.length <= longestText);
  const byKey = Object.fromEntries(keys.slice(0, mostFailures));
  const doubt =
    left > 0 ? (reading.doubt ?? `${left} failures of the build are too many to keep`) : reading.doubt;
  return {
    ...reading,
    failures,
    more: reading.more + left,
    doubt: doubt?.slice(0, longestDoubt) ?? null,
    repeats: repeats === null ? null : { ...repeats, byKey },
  };
}
