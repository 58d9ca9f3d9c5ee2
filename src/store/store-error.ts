// Why a store could not do what it was asked. `code` says the cause, `retry` whether asking again may help.

export type StoreErrorCode =
  /** Another process has it open. */
  | 'locked'
  /** It belongs to another manager name (RUNS.md 9.9). */
  | 'other-manager'
  /** A newer gearbridge wrote it, or an older one that nothing migrates from (RUNS.md 9.7). */
  | 'schema'
  /** Its server does not answer at the start. */
  | 'away'
  /** It cannot be opened, or is not ours. */
  | 'unreadable'
  /** One record is damaged; the message names its key. */
  | 'broken-record'
  /** More writes wait than its bound. */
  | 'queue-full'
  /** The disk or the server refused; nothing of it was kept. */
  | 'refused'
  /** No answer in time: the write may have been kept or not. */
  | 'late'
  /** A record that can never be written as it is. */
  | 'bad-record'
  | 'closed';

const transient: readonly StoreErrorCode[] = ['away', 'queue-full', 'refused', 'late'];

export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreErrorCode;
  /** `transient`: the same write may be kept when it is tried again. */
  readonly retry: 'transient' | 'permanent';

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retry = transient.includes(code) ? 'transient' : 'permanent';
  }
}
