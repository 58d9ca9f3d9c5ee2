// What a ruling says to people.

import type { ReadFailure } from '../reading.ts';
import type { Excused } from './case.ts';

/** The test, or what is known in its place. */
export function nameOf({ testId, kind, step }: ReadFailure): string {
  return testId ?? `${kind} in step ${step}`;
}

function count({ again }: Excused): string {
  return again === null ? '' : `, ${again.failed} of ${again.ran}`;
}

/** One excused failure for the verdict's summary, such as `FLK-12 on AMD64 Debian 3.x, 1 of 20`. */
function brief(excused: Excused, builder: string): string {
  const { failure, by } = excused;
  switch (by) {
    case 'known-flake':
      return `${failure.signature?.id ?? nameOf(failure)} on ${builder}${count(excused)}`;
    case 'seen-on-base':
      return `${nameOf(failure)} on ${builder}, seen on the base${count(excused)}`;
    case 'already-red':
      return `${nameOf(failure)} on ${builder}, red in its last two base builds`;
    case 'control':
      return `${nameOf(failure)} on ${builder}, fails on the base as well`;
  }
}

export function summaryOf(all: readonly Excused[], builder: string): string {
  return all.map((excused) => brief(excused, builder)).join('; ');
}

function because(excused: Excused): string {
  const { failure, by, again } = excused;
  const name = nameOf(failure);
  const repeats = again === null ? '' : `${again.failed} of ${again.ran}`;
  switch (by) {
    case 'known-flake':
      return `${name} is ${failure.signature?.id ?? 'known'} and failed again in ${repeats}`;
    case 'seen-on-base':
      return `${name} was seen on the base and failed again in ${repeats}`;
    case 'already-red':
      return `${name} failed in the last two base builds of this builder`;
    case 'control':
      return `${name} fails on the base as well`;
  }
}

export function reasonOf(all: readonly Excused[]): string {
  return all.map(because).join('; ');
}
