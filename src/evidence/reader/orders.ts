// What goes between the main thread and the reader's thread. Orders are carried out one after another, and each is answered.

import type { Failure } from '../../flakes/failure.ts';
import type { Repeat } from '../../flakes/repeat.ts';
import type { BuildFacts } from '../../flakes/signature/facts-of.ts';
import type { Signature } from '../../flakes/signature/signature.ts';
import type { JunitReading } from '../junit.ts';
import type { LogFileReading } from '../log-intake.ts';
import type { Naming } from './signatures.ts';

/** What is known of a log before it is read. */
export interface LogTerms {
  /** `contents`: a stdio log, each line with the letter of its stream. `report`: JUnit XML. */
  readonly format: 'contents' | 'report';
  /** Its commands are repeats, each read by itself (the build property `gate_repeated`). */
  readonly repeated: boolean;
  /** The step that wrote it. */
  readonly step: string;
  readonly builder: string;
  /** What signatures may ask of the build; null and left out: not known. */
  readonly facts: Pick<BuildFacts, 'worker' | 'platform' | 'branch' | 'seconds'>;
}

/** What a log told, as far as it was read. Failures of a report stand with the log of the same step. */
export type Told =
  | ({
      readonly kind: 'log';
      readonly failures: readonly Failure[];
      readonly repeats: readonly Repeat[] | null;
      /** The signatures that name each failure, the narrowest first; empty where none were asked. */
      readonly named: readonly (readonly Naming[])[];
    } & LogFileReading)
  | {
      readonly kind: 'report';
      readonly state: JunitReading['state'];
      readonly cases: number;
      /** Failing cases that could not be read. */
      readonly left: number;
    };

export type Order =
  | { readonly kind: 'open'; readonly build: number; readonly log: number; readonly terms: LogTerms }
  /** The bytes are handed over: the sender cannot use them any more. */
  | { readonly kind: 'bytes'; readonly log: number; readonly bytes: Uint8Array<ArrayBuffer> }
  /** For logs that are opened from now on; failed: they cannot be compiled, and those before stay in force. */
  | { readonly kind: 'signatures'; readonly signatures: readonly Signature[]; readonly log: number }
  /** What a log that still grows tells so far. */
  | { readonly kind: 'look'; readonly log: number }
  | { readonly kind: 'end'; readonly log: number }
  /** Every log of the build has ended: tells of each, in the order in which they were opened, and forgets the build. */
  | { readonly kind: 'conclude'; readonly build: number; readonly log: number }
  | { readonly kind: 'drop'; readonly build: number; readonly log: number };

/** The answer to the order that has waited longest. */
export type Answer =
  | { readonly kind: 'told'; readonly told: readonly Told[] }
  /** What the order asked for made the reader fail; the build is not known any more. */
  | { readonly kind: 'failed'; readonly why: string };
