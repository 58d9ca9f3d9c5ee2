// Starts a daemon again each time that it has died, as systemd does.

import { until } from '../until.ts';
import type { Gate } from './gate.ts';

export interface Reviver {
  /** `performance.now()` at which the last death was seen; 0 before any. */
  lastDeath(): number;
  /** Starts nothing more; rejects where a start has failed. */
  stop(): Promise<void>;
}

export interface RevivalOptions {
  /** Milliseconds that it may live, or stay down, at most. */
  readonly within: number;
  /** What is waited for before it is started again. */
  readonly wake: () => Promise<void> | undefined;
}

/** Watches from now on until told to stop. */
export function revive(gate: Pick<Gate, 'running' | 'start'>, options: RevivalOptions): Reviver {
  let over = false;
  let lastDeath = 0;
  let failure: { readonly error: unknown } | null = null;
  const loop = async (): Promise<void> => {
    while (!over) {
      await until(() => over || !gate.running(), {
        within: options.within,
        what: 'the course to end or the daemon to die',
      });
      if (gate.running()) continue;
      lastDeath = performance.now();
      await options.wake();
      await gate.start();
    }
  };
  const running = loop().catch((error: unknown) => {
    failure = { error };
  });
  return {
    lastDeath: () => lastDeath,
    stop: async () => {
      over = true;
      await running;
      if (failure !== null) throw new Error('the daemon did not start again', { cause: failure.error });
    },
  };
}
