// What an operator may do to one job beside ending it: move it forward, and forget it.

import type { Master } from '../buildbot/master.ts';
import type { JobNumber } from '../gate/ids.ts';
import { isOpen, type Run } from '../gate/run.ts';
import type { Journal } from '../store/journal.ts';
import type { ForgetOutcome, PromoteOutcome } from '../views/actions.ts';
import type { Engine } from './engine.ts';
import type { Register } from './register.ts';

export interface OperatorParts {
  readonly engine: Pick<Engine, 'happen' | 'writtenWithin'>;
  readonly register: Pick<Register, 'ofNumber'>;
  readonly journal: Pick<Journal, 'byNumber' | 'drop'>;
  readonly master: Pick<Master, 'raise'>;
  /** A place in the line has changed. */
  readonly room: () => void;
}

/** Milliseconds that an act may wait for the store. */
const patience = 10_000;

/** Its requests that wait at Buildbot are put first there, where the master can. */
async function raise(run: Run, { master }: OperatorParts): Promise<PromoteOutcome> {
  const waiting = run.attempts.filter(({ state, role }) => state === 'queued' && role === 'vote');
  const outcomes = await Promise.all(
    waiting.flatMap(({ request }) => (request === null ? [] : [master.raise(request)])),
  );
  const raised = outcomes.filter(({ kind }) => kind === 'raised').length;
  const why = outcomes.flatMap((outcome) => (outcome.kind === 'not-raised' ? [outcome.why] : []))[0] ?? '';
  return { kind: 'ok', moved: false, raised, waiting: outcomes.length, why };
}

/** A waiting job goes to the head of our line; of one that runs, the requests that wait are put first at Buildbot. */
export async function promoteJob(parts: OperatorParts, number: string): Promise<PromoteOutcome> {
  const { engine, register, journal } = parts;
  const run = register.ofNumber(number as JobNumber);
  if (run === undefined) {
    const kept = await journal.byNumber(number as JobNumber);
    if (kept === null) return { kind: 'not-found' };
    const why = isOpen(kept) ? `another instance holds job ${number}: ask there` : `job ${number} is over`;
    return { kind: 'refused', why };
  }
  if (run.phase === 'started') return raise(run, parts);
  if (run.phase !== 'waiting') return { kind: 'refused', why: `job ${number} has its verdict` };
  engine.happen(run.id, { kind: 'promoted' });
  if (!(await engine.writtenWithin(run.id, patience)))
    return {
      kind: 'unavailable',
      why: 'the store did not take the change in time; it is kept and tried again',
    };
  parts.room();
  return { kind: 'ok', moved: true, raised: 0, waiting: 0, why: '' };
}

/** Removes the record of a job that is over, with every job of its run. */
export async function forgetJob(parts: OperatorParts, number: string): Promise<ForgetOutcome> {
  const run = await parts.journal.byNumber(number as JobNumber);
  if (run === null) return { kind: 'not-found' };
  const open = {
    kind: 'refused',
    why: `job ${number} is open, or something of it is left at Buildbot: gearbridge jobs show ${number} says what; jobs cancel ends it`,
  } as const;
  if (parts.register.ofNumber(number as JobNumber) !== undefined) return open;
  if (!(await parts.journal.drop(run.id))) return open;
  return { kind: 'ok', numbers: run.jobs.map((job) => job.number) };
}
