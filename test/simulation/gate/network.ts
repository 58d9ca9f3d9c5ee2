// The network between the daemon and the master: delays, losses, and answers that never come back though the call was done.

import { BuildbotError } from '../../../src/buildbot/buildbot-error.ts';
import type { Chance } from '../flakes/chance.ts';
import { theWorld, type Time } from './time.ts';

/** What becomes of one call. `late`: given up by the caller, and carried out all the same, milliseconds later; where it `slips` later
 * than two searches can tell. */
export type Fate =
  | { readonly kind: 'done' | 'refused' | 'lost' | 'answer-lost' }
  /** Done for fewer than were asked for. */
  | { readonly kind: 'short' }
  | { readonly kind: 'late'; readonly by: number; readonly slips: boolean };

export interface Network {
  /** One call to the master; a dead daemon's never settles. `late` does the work when nobody waits for it any more. */
  call<Value>(verb: string, work: (short: boolean) => Value, late?: () => void): Promise<Value>;
  /** The next call of this verb has this fate. */
  next(verb: string, fate: Fate): void;
  /** The master cannot be reached until then. */
  cutUntil(at: number): void;
  isCut(): boolean;
  /** This share of calls ends badly until then. */
  flakyUntil(at: number): void;
  /** How many calls have been sent. */
  count(): number;
}

/** Milliseconds until the caller gives up. */
const givenUpAfter = 15_000;
const flaky = 0.15;

function failure(verb: string, sent: boolean): BuildbotError {
  const [fault, why] = sent
    ? (['timeout', 'no answer came in time'] as const)
    : (['unreachable', 'connection refused'] as const);
  return new BuildbotError({
    retry: 'transient',
    fault,
    method: verb === 'force' ? 'POST' : 'GET',
    path: verb,
    status: null,
    sent,
    why,
  });
}

export function createNetwork(time: Time, chance: Chance): Network {
  const fates = new Map<string, Fate[]>();
  let cutUntil = -1;
  let flakyUntil = -1;
  let count = 0;

  const fateOf = (verb: string): Fate => {
    if (time.now() < cutUntil) return { kind: 'refused' };
    const next = fates.get(verb)?.shift();
    if (next !== undefined) return next;
    if (time.now() >= flakyUntil || chance() > flaky) return { kind: 'done' };
    const kind = (['refused', 'lost', 'answer-lost'] as const)[Math.floor(chance() * 3)] ?? 'lost';
    return { kind };
  };

  const done = <Value>(
    work: () => Value,
    resolve: (value: Value) => void,
    reject: (error: unknown) => void,
  ): void => {
    const life = time.owner();
    // What has reached the master is done there whatever becomes of the caller.
    time.after(
      1 + 10 * chance(),
      () => {
        try {
          const value = work();
          time.after(1 + 20 * chance() ** 3, () => resolve(value), life);
        } catch (error) {
          time.after(1, () => reject(error), life);
        }
      },
      theWorld,
    );
  };

  return {
    call: (verb, work, late) =>
      new Promise((resolve, reject) => {
        if (time.hasEnded(time.owner())) return;
        count += 1;
        const fate = fateOf(verb);
        const giveUp = (sent: boolean, after: number): void =>
          time.after(after, () => reject(failure(verb, sent)));
        switch (fate.kind) {
          case 'done':
          case 'short':
            done(() => work(fate.kind === 'short'), resolve, reject);
            return;
          case 'refused':
            giveUp(false, 2);
            return;
          case 'lost':
            giveUp(true, givenUpAfter);
            return;
          case 'answer-lost':
            done(
              () => work(false),
              () => undefined,
              () => undefined,
            );
            giveUp(true, chance() < 0.5 ? 30 : givenUpAfter);
            return;
          case 'late':
            time.after(fate.by, fate.slips && late !== undefined ? late : () => work(false), theWorld);
            giveUp(true, Math.min(givenUpAfter, fate.by / 2));
        }
      }),
    next: (verb, fate) => void fates.set(verb, [...(fates.get(verb) ?? []), fate]),
    cutUntil: (at) => void (cutUntil = Math.max(cutUntil, at)),
    isCut: () => time.now() < cutUntil,
    flakyUntil: (at) => void (flakyUntil = at),
    count: () => count,
  };
}
