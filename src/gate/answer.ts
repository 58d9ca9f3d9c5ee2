// The words in which a verdict is given (DESIGN.md section 6: for success exactly `SUCCESS`), and the verdict with its evidence.

import type { BuilderName, WorkerName } from '../fleet/fleet.ts';

/** The result words of DESIGN.md section 6. */
export const resultWords = [
  'SUCCESS',
  'FAILURE',
  'TIMED_OUT',
  'INFRA_FAILURE',
  'NO_COVERAGE',
  'ABORTED',
  'CONFIG_ERROR',
] as const;
export type ResultWord = (typeof resultWords)[number];

/** What a job is told at its end. */
export interface Answer {
  readonly word: ResultWord;
  readonly summary: string;
  /** The short reason that `result_text: explained` appends to a negative word. */
  readonly reason: string;
}

export interface BuilderVerdict {
  readonly name: BuilderName;
  readonly platform: string;
  readonly role: 'voting' | 'advisory';
  readonly state: 'passed' | 'forgiven' | 'withdrawn' | 'failed' | 'unheard' | 'open';
  readonly result: ResultWord | null;
  /** Whose fault: `change`, `infrastructure`, `configuration`, `person`, `unheard`, or null for a pass. */
  readonly class: string | null;
  readonly why: string;
  /** How many build requests it took. */
  readonly attempts: number;
  readonly worker: WorkerName | null;
  readonly revision: string | null;
  /** The last build's number and id at Buildbot. */
  readonly build: { readonly number: number; readonly id: number } | null;
}

export interface Verdict {
  readonly word: ResultWord;
  /** One line, for a person. */
  readonly summary: string;
  /** The short reason that `result_text: explained` appends, without the word; '' for SUCCESS. */
  readonly reason: string;
  readonly builders: readonly BuilderVerdict[];
  /** Milliseconds since 1970. */
  readonly at: number;
}
