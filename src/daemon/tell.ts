// Brings an event to a run wherever it is held: in this process at once, else by a letter to whoever holds it (RUNS.md 8.4, 9.9).

import type { RunEvent } from '../gate/event.ts';
import type { RunId } from '../gate/ids.ts';
import type { Sharing } from '../store/sharing.ts';
import type { Engine } from './engine.ts';
import type { Register } from './register.ts';

/** Resolves when a run held here has taken it in, or the letter is kept. Rejects with a `StoreError`. */
export type Tell = (run: RunId, event: RunEvent) => Promise<void>;

/** What a letter to the holder of a run says. */
export interface EventLetter {
  readonly event: RunEvent;
}

export function createTell(parts: {
  readonly engine: Pick<Engine, 'happen'>;
  readonly register: Pick<Register, 'get'>;
  readonly sharing: Sharing | null;
}): Tell {
  const { engine, register, sharing } = parts;
  return async (run, event) => {
    if (sharing === null || register.get(run) !== undefined) engine.happen(run, event);
    else await sharing.send({ to: 'run', run }, { event } satisfies EventLetter);
  };
}
