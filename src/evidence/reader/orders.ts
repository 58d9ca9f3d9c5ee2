// What goes between the main thread and the reader's thread. Orders are carried out one after another, and each is answered.

import type { JunitReading } from '../junit.ts';
import type { LogFileReading } from '../log-intake.ts';

/** What is known of a log before it is read. */
export interface LogTerms {
  /** `contents`: a stdio log, each line with the letter of its stream. `report`: JUnit XML. */
  readonly format: 'contents' | 'report';
  readonly builder: string;
}

/** What a log told, as far as it was read. */
export type Told =
  | ({ readonly kind: 'log' } & LogFileReading)
  | ({ readonly kind: 'report' } & Omit<JunitReading, 'state'> & {
        readonly state: JunitReading['state'] | 'too large';
      });

export type Order =
  | { readonly kind: 'open'; readonly log: number; readonly terms: LogTerms }
  /** The bytes are handed over: the sender cannot use them any more. */
  | { readonly kind: 'bytes'; readonly log: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'look'; readonly log: number }
  | { readonly kind: 'end'; readonly log: number }
  | { readonly kind: 'drop'; readonly log: number };

/** The answer to the order that has waited longest. */
export type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'told'; readonly told: Told }
  /** What the order asked for made the reader fail; the log is not known any more. */
  | { readonly kind: 'failed'; readonly why: string };
