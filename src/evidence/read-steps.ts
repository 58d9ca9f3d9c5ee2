// The logs of a build's steps through the reader: what each told, and what of it could not be read.

import type { ReadLog } from '../flakes/build-reading.ts';
import type { StepFacts } from '../gate/facts.ts';
import type { LogOutcome, Reader } from './reader/create-reader.ts';
import type { LogTerms } from './reader/orders.ts';
import { logsOf, type KeptLog, type LogKeeper, type StepLog } from './step-logs.ts';

/** Steps of one build that are read, the last ones. */
const mostSteps = 10;

export interface StepsInQuestion {
  readonly steps: readonly StepFacts[];
  readonly terms: Pick<LogTerms, 'builder' | 'repeated' | 'facts'>;
  /** No code of the change ran in them: nothing was checked out. */
  readonly early: boolean;
  /** Milliseconds that the reading may take. */
  readonly within: number;
}

export interface StepsRead {
  readonly logs: readonly ReadLog[];
  /** Why what went wrong cannot be found in them; null: it can. */
  readonly doubt: string | null;
}

/** Steps that failed, and test steps that warned: a re-run inside may have cleared failures. Of a measure every test step counts. */
export function stepsToRead(
  steps: readonly StepFacts[],
  { testSteps, measured }: { readonly testSteps: readonly string[]; readonly measured: boolean },
): readonly StepFacts[] {
  const wanted = steps.filter(({ complete, results, name }) => {
    if (!complete || results === null) return false;
    if (results === 2 || results === 4 || results === 5) return true;
    return testSteps.includes(name) && (results === 1 || (measured && results === 0));
  });
  return wanted.slice(-mostSteps);
}

function readLog(log: StepLog, outcome: LogOutcome | undefined, early: boolean): readonly ReadLog[] {
  const told = outcome?.told ?? null;
  // A report is believed or not; either way its step's log stands for the step.
  if (log.source.terms.format === 'report') return [];
  return [
    {
      step: log.step.name,
      failed: log.step.results !== 0 && log.step.results !== 1,
      early,
      reading: told?.kind === 'log' ? told : null,
      why: outcome?.why ?? null,
      named: told?.kind === 'log' ? told.named.map((names) => names.map(({ id }) => id)) : [],
      repeats: told?.kind === 'log' ? told.repeats : null,
    },
  ];
}

/** Reads the logs of steps. One call for each step and one for each page; rejects with what the keeper rejects with. */
export async function readSteps<Row extends KeptLog>(
  reader: Pick<Reader, 'read'>,
  keeper: LogKeeper<Row>,
  { steps, terms, early, within }: StepsInQuestion,
): Promise<StepsRead> {
  const logs: StepLog[] = [];
  let doubt = steps.length === 0 ? 'no step of it says what went wrong' : null;
  for (const step of steps) {
    const found = await logsOf(keeper, step, terms);
    logs.push(...found.logs);
    if (found.missing !== null) doubt ??= `step ${step.name}: ${found.missing}`;
  }
  const sources = logs.map(({ source }) => source);
  const outcomes = await reader.read({ logs: sources, within });
  return { logs: logs.flatMap((log, at) => readLog(log, outcomes[at], early)), doubt };
}
