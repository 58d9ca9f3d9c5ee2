// What a driver must be able to do, so that journal and history can be put on it: texts under keys in the order of their UTF-8
// bytes, some read at once, a range of them read, and several changed in one durable step.

/** New values by key; null deletes. */
export type Changes = ReadonlyMap<string, string | null>;

/** What stood under some keys when changes were decided on; undefined: nothing. */
export type Seen = ReadonlyMap<string, string | undefined>;

export interface Range {
  /** Ends with a slash, or goes on behind one. */
  readonly prefix: string;
  /** Only keys after this one, and before that one, both exclusive. */
  readonly above?: string;
  readonly below?: string;
  readonly reverse?: boolean;
  readonly limit: number;
}

/** Every call has a deadline and rejects with a `StoreError`. */
export interface Engine {
  get(keys: readonly string[]): Promise<readonly (string | undefined)[]>;
  /**
   * All or nothing, and durable when it resolves. `stale`: another process has changed what was seen since, and nothing was
   * written. One call at a time.
   */
  write(changes: Changes, seen: Seen): Promise<'written' | 'stale'>;
  scan(range: Range): Promise<readonly (readonly [key: string, value: string])[]>;
  /** Whether nothing was ever written to it. */
  isEmpty(): Promise<boolean>;
  /** Bytes that it takes, about; what was written last may not be counted yet. */
  size(prefix: string): Promise<number>;
  /** Gives the room of deleted keys back. Goes on by itself where it takes longer than the deadline. */
  compact(prefix: string): Promise<void>;
  close(): Promise<void>;
}

/** No key goes on with U+10FFFF after its prefix, so this is the end of it. */
export function endOf(prefix: string): string {
  return `${prefix}\u{10FFFF}`;
}

/** For changes that rest on nothing. */
export const unseen: Seen = new Map();
