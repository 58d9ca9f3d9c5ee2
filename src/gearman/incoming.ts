// What a server sends to a worker, sorted: answers after handles, errors, and what leads to jobs. Anything else is dropped,
// or breaks the connection off where nothing after it could be trusted (GEARMAN.md defects 2, 11-13).

import { splitArguments, type Frame } from './frame.ts';
import { createFrameReader } from './frame-reader.ts';
import type { HandleStatus } from './gearman.ts';
import { packetName, packetType } from './packet-type.ts';
import { printable } from './printable.ts';
import { textOf } from './wire-text.ts';

export interface IncomingOptions {
  /** Bytes of a packet that are kept. */
  readonly largest: number;
  /** Milliseconds in which a packet that has begun must end. */
  readonly within: number;
  /** NOOP, NO_JOB and JOB_ASSIGN_UNIQ. */
  frame(frame: Frame): void;
  /** The kept beginning of a JOB_ASSIGN_UNIQ that was read past. */
  tooLarge(frame: Frame): void;
  /** A STATUS_RES. False: nobody asked. */
  status(handle: string, answer: HandleStatus): boolean;
  /** An ERROR packet, printable. It names no handle. */
  serverError(code: string, text: string): void;
  /** A packet that has no business here. */
  stray(name: string): void;
  /** The connection cannot go on. */
  broken(why: string): void;
}

export interface Incoming {
  push(chunk: Buffer): void;
  stop(): void;
}

/** For one connection; all is told synchronously from `push`, but that a packet does not end. */
export function createIncoming(options: IncomingOptions): Incoming {
  let timer: NodeJS.Timeout | undefined;
  const settle = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const reader = createFrameReader(
    {
      frame(frame) {
        settle();
        sort(frame, options);
      },
      readsPast: (type) => type === packetType.JOB_ASSIGN_UNIQ,
      tooLarge(frame) {
        settle();
        options.tooLarge(frame);
      },
      line: (text) =>
        options.broken(`the server said ${printable(text.toString('latin1'), 60)}, which is no packet`),
      broken: (why) => options.broken(why),
    },
    { largest: options.largest, longestLine: 1024 },
  );
  const late = (): void => options.broken(`a packet did not end within ${options.within} ms`);
  return {
    push(chunk) {
      reader.push(chunk);
      if (reader.isPartial()) timer ??= setTimeout(late, options.within);
    },
    stop() {
      settle();
      reader.stop();
    },
  };
}

function sort(frame: Frame, options: IncomingOptions): void {
  if (frame.magic !== 'RES') {
    options.broken(`the server sent a request (${packetName(frame.type)}) to a worker`);
    return;
  }
  switch (frame.type) {
    case packetType.NOOP:
    case packetType.NO_JOB:
    case packetType.JOB_ASSIGN_UNIQ:
      options.frame(frame);
      return;
    case packetType.STATUS_RES:
      sortStatus(frame.body, options);
      return;
    case packetType.ERROR:
      sortError(frame.body, options);
      return;
    default:
      options.stray(packetName(frame.type));
  }
}

function sortStatus(body: Buffer, options: IncomingOptions): void {
  // Five arguments; geard leaves the last two empty for a handle that it does not know.
  const [handle, known, running] = splitArguments(body, 5)?.map((part) => part.toString('latin1')) ?? [];
  if (handle === undefined) {
    options.broken('a STATUS_RES with less than its five arguments');
    return;
  }
  const answer = known !== '1' ? 'unknown' : running === '1' ? 'running' : 'queued';
  if (!options.status(handle, answer)) options.stray('STATUS_RES that nobody asked for');
}

function sortError(body: Buffer, options: IncomingOptions): void {
  const [code, text] = (splitArguments(body, 2) ?? [body]).map(textOf);
  options.serverError(printable(code ?? '', 60), printable(text ?? ''));
}
