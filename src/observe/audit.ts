// Who did what through the control socket: one line in the log for each act, marked `audit: true`, also for what was refused.

import type { Log } from './log.ts';

export interface Act {
  readonly action:
    | 'submit'
    | 'cancel'
    | 'recheck'
    | 'promote'
    | 'forget'
    | 'reconcile'
    | 'drain'
    | 'resume'
    | 'reload'
    | 'import';
  /** What the peer says of itself; the socket's mode is what lets it in. */
  readonly caller: string;
  readonly job?: string;
  /** The outcome's `kind`. */
  readonly outcome: string;
  readonly why?: string;
}

/** A function that records one act. */
export function createAudit(log: Log): (act: Act) => void {
  return ({ outcome, ...act }) =>
    log.info({ ...act, state: outcome, audit: true }, 'asked through the control socket');
}
