// A run under change, inside one transition: the only place where a run is written to. Nothing of it outlives the call.

import type { Attempt } from './attempt.ts';
import type { Effect, EffectDeed } from './effect.ts';
import type { World } from './event.ts';
import type { EffectId, Moment } from './ids.ts';
import type { Job } from './job.ts';
import type { Run } from './run.ts';

export interface Draft {
  run: Run;
  readonly emitted: Effect[];
  /** Something other than a clock has changed: it must be written before anything is done. */
  changed: boolean;
  readonly world: World;
  readonly now: Moment;
}

export function draftOf(run: Run, world: World, now: Moment): Draft {
  return { run, emitted: [], changed: false, world, now };
}

export function change(draft: Draft, fields: Partial<Run>): void {
  draft.run = { ...draft.run, ...fields };
  draft.changed = true;
}

/** Clocks move without a write of their own: losing some seconds of one in a crash only makes a wait longer. */
export function tick(
  draft: Draft,
  fields: Partial<Pick<Run, 'life' | 'age' | 'grace' | 'endedFor' | 'attempts' | 'jobs'>>,
): void {
  draft.run = { ...draft.run, ...fields };
}

/** Replaces fields of one attempt and gives the new one back. */
export function changeAttempt(draft: Draft, attempt: Attempt, fields: Partial<Attempt>): Attempt {
  const changed = { ...attempt, ...fields };
  const isIt = (each: Attempt) => each.builder === attempt.builder && each.ordinal === attempt.ordinal;
  change(draft, { attempts: draft.run.attempts.map((each) => (isIt(each) ? changed : each)) });
  return changed;
}

export function changeJob(draft: Draft, job: Job, fields: Partial<Job>): Job {
  const changed = { ...job, ...fields };
  change(draft, { jobs: draft.run.jobs.map((each) => (each.number === job.number ? changed : each)) });
  return changed;
}

/** Asks the outside for something; it is written with the run and carried out after that. */
export function emit(draft: Draft, deed: EffectDeed, within: number): EffectId {
  const id = draft.run.nextEffect as EffectId;
  const effect: Effect = { ...deed, id, within };
  change(draft, { effects: [...draft.run.effects, effect], nextEffect: draft.run.nextEffect + 1 });
  draft.emitted.push(effect);
  return id;
}

/** Takes an effect whose outcome has come off the record; undefined when it is not awaited (any more). */
export function settle(draft: Draft, id: EffectId): Effect | undefined {
  const effect = draft.run.effects.find((each) => each.id === id);
  if (effect !== undefined) change(draft, { effects: draft.run.effects.filter((each) => each.id !== id) });
  return effect;
}

/** Whether such an effect is under way. */
export function pending(draft: Draft, matches: (effect: Effect) => boolean): boolean {
  return draft.run.effects.some(matches);
}
