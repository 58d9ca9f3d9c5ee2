// Carries effects out, each within its deadline, and tells the run what came of them.

import type { Effect } from '../gate/effect.ts';
import type { RunEvent } from '../gate/event.ts';
import type { RunId } from '../gate/ids.ts';
import type { Run } from '../gate/run.ts';
import type { Gearman } from '../gearman/gearman.ts';
import type { Log } from '../observe/log.ts';
import { carryToBuildbot, type BuildbotCarrierParts } from './carry-buildbot.ts';
import { within } from './deadline.ts';
import type { Checkpoint } from './engine.ts';
import { pause } from './pause.ts';
import { noteTrouble, sentenceOf } from './trouble.ts';

export interface CarrierParts {
  readonly buildbot: BuildbotCarrierParts;
  readonly gearman: () => Gearman;
  /** The objects for the gatekeeper (views/gatekeeper.ts). */
  readonly firstData: (run: Run, number: string) => object;
  readonly finalData: (run: Run, number: string) => object;
  readonly happen: (run: RunId, event: RunEvent) => void;
  /** Whether the run is still ours at this moment; false: another instance has taken it over. */
  readonly mayForce: (run: RunId) => Promise<boolean>;
  /** Resolves when Buildbot may be called: answers to stops go before that. */
  readonly mayCall: () => Promise<void>;
  readonly log: Log;
  readonly checkpoint: Checkpoint;
}

/** Milliseconds: an effect that failed is not asked for again at once. */
const pauseAfter = 2_000;

/** The function that the engine gives effects to. It never throws and never waits. */
export function createCarrier(parts: CarrierParts): (run: Run, effect: Effect) => void {
  const { happen, log, checkpoint } = parts;

  const announce = (run: Run, effect: Extract<Effect, { kind: 'announce' }>): RunEvent => {
    const state = parts.firstData(run, effect.number);
    const sent = parts.gearman().data(effect.connection, effect.handle, state, true);
    return sent ? { kind: 'announced', effect: effect.id } : { kind: 'effect-ended', effect: effect.id };
  };

  const answer = async (run: Run, effect: Extract<Effect, { kind: 'answer' }>): Promise<RunEvent> => {
    const state = parts.finalData(run, effect.number);
    const delivery = await parts.gearman().finish(effect.connection, effect.handle, state);
    return { kind: 'answered', effect: effect.id, delivery };
  };

  /** Nothing is sent where the run is not ours any more, or where nobody can say so. */
  const force = async (run: Run, effect: Extract<Effect, { kind: 'force' }>): Promise<RunEvent> => {
    const why = await parts.mayForce(run.id).then(
      (ours) => (ours ? null : 'another instance holds the run'),
      (error: unknown) => `the store does not say whether the run is still ours: ${sentenceOf(error)}`,
    );
    if (why === null) return carryToBuildbot(parts.buildbot, run, effect);
    log.warn({ run: run.id, why }, 'a force call was not sent');
    await pause(pauseAfter);
    return { kind: 'force-result', effect: effect.id, result: { kind: 'not-sent', why } };
  };

  const carry = async (run: Run, effect: Exclude<Effect, { kind: 'announce' }>): Promise<RunEvent> => {
    if (effect.kind === 'answer') return answer(run, effect);
    await parts.mayCall();
    return effect.kind === 'force' ? force(run, effect) : carryToBuildbot(parts.buildbot, run, effect);
  };

  const tellRefusal = (run: Run, effect: Effect): void => {
    const why = `Buildbot answers 403 to ${effect.kind}: give the gate's user the right (README.md, the stanza)`;
    log.warn(
      { run: run.id, action: effect.kind, why },
      'Buildbot refuses to end what is not wanted; its builds are stopped as they start',
    );
  };

  const failed = async (run: Run, effect: Effect, error: unknown): Promise<void> => {
    log.warn(
      { run: run.id, action: effect.kind, err: error },
      'an effect could not be carried out; it is asked for again while it is due',
    );
    noteTrouble(parts.buildbot.knowledge, error);
    await pause(pauseAfter);
    // A force call whose end is not known may have arrived (RUNS.md 4.2).
    const unclear = { kind: 'unclear', why: sentenceOf(error) } as const;
    if (effect.kind === 'force') happen(run.id, { kind: 'force-result', effect: effect.id, result: unclear });
    else happen(run.id, { kind: 'effect-ended', effect: effect.id });
  };

  return (run, effect) => {
    // The first data must not wait for a turn of the loop: a cancel before it goes nowhere (GATEKEEPER.md 3.1).
    if (effect.kind === 'announce') {
      const event = announce(run, effect);
      checkpoint('after-effect', effect.kind, run);
      happen(run.id, event);
      return;
    }
    within(effect.within + pauseAfter, effect.kind, carry(run, effect)).then(
      (event) => {
        checkpoint('after-effect', effect.kind, run);
        if (event.kind === 'control-result' && event.outcome === 'forbidden') tellRefusal(run, effect);
        happen(run.id, event);
      },
      (error: unknown) => void failed(run, effect, error),
    );
  };
}
