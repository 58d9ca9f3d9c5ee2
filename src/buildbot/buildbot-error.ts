// How a call to Buildbot fails: what was asked, what came back, and whether it may have been done.

import { oneLine } from './one-line.ts';

/** `transient`: the same call may work later. `permanent`: somebody has to change something first. */
export type Retry = 'transient' | 'permanent';

/** The shape of what went wrong, with few values: it is a label of the metrics as well. */
export type Fault =
  'unreachable' | 'timeout' | 'cut' | 'busy' | 'closed' | 'too-large' | 'bad-answer' | 'status' | 'login';

export interface BuildbotErrorDetail {
  readonly retry: Retry;
  readonly fault: Fault;
  readonly method: string;
  /** Path below the master's address, without it. */
  readonly path: string;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** Whether the request may have reached the master. */
  readonly sent: boolean;
  readonly why: string;
}

/** A failed call. Its message is one line: method, path, status and the reason, safe to print. */
export class BuildbotError extends Error {
  readonly retry: Retry;
  readonly fault: Fault;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
  readonly sent: boolean;
  /** The reason alone, without method and path. */
  readonly why: string;

  constructor(detail: BuildbotErrorDetail, options?: ErrorOptions) {
    const status = detail.status === null ? '' : ` answered ${detail.status}`;
    const why = oneLine(detail.why, 500);
    super(`Buildbot: ${detail.method} ${oneLine(detail.path, 200)}${status}: ${why}`, options);
    this.name = 'BuildbotError';
    this.retry = detail.retry;
    this.fault = detail.fault;
    this.method = detail.method;
    this.path = detail.path;
    this.status = detail.status;
    this.sent = detail.sent;
    this.why = why;
  }
}
