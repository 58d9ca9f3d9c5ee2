// Cuts a stream of bytes, in whatever chunks it comes, into Gearman packets and text lines, in bounded memory: a body is
// copied once into a buffer of its own size, so that a packet which comes byte by byte costs no more than a whole one.

import { headerLength, type Frame, type Magic } from './frame.ts';
import { printable } from './printable.ts';

/** Who takes what was read. After `broken` nothing more comes. */
export interface FrameSink {
  frame(frame: Frame): void;
  /** Whether a longer body of this type is read past and its beginning given, instead of breaking off. */
  readsPast(type: number): boolean;
  /** The first `largest` bytes of such a body, once all of it has gone by. */
  tooLarge(frame: Frame): void;
  /** A text line without its end. */
  line(text: Buffer): void;
  broken(why: string): void;
}

export interface FrameReader {
  push(chunk: Buffer): void;
  /** Gives up: what has not been read yet is dropped. */
  stop(): void;
  /** Whether a packet or a line has begun and not ended. */
  isPartial(): boolean;
}

export interface FrameLimits {
  /** Bytes of a body that are kept. */
  readonly largest: number;
  /** Bytes of a text line. */
  readonly longestLine: number;
}

interface Body {
  readonly magic: Magic;
  readonly type: number;
  readonly announced: number;
  readonly kept: Buffer;
  seen: number;
}

/** A reader for one connection. Frames are given in order, synchronously from `push`. */
export function createFrameReader(sink: FrameSink, limits: FrameLimits): FrameReader {
  const header = Buffer.alloc(headerLength);
  let headerFill = 0;
  let body: Body | null = null;
  let line: Buffer | null = null;
  let stopped = false;

  function breakOff(why: string): number {
    stopped = true;
    sink.broken(why);
    return 0;
  }

  /** Each step takes some bytes from the front of `rest` and says how many. */
  function step(rest: Buffer): number {
    if (body !== null) return takeBody(body, rest);
    if (line !== null || (headerFill === 0 && rest[0] !== 0)) return takeLine(rest);
    return takeHeader(rest);
  }

  function takeHeader(rest: Buffer): number {
    const taken = rest.copy(header, headerFill, 0, headerLength - headerFill);
    headerFill += taken;
    if (headerFill < headerLength) return taken;
    headerFill = 0;
    const magic = header.toString('latin1', 1, 4);
    if (magic !== 'REQ' && magic !== 'RES') return breakOff(`bad magic ${printable(magic)} in a packet`);
    const type = header.readUInt32BE(4);
    const announced = header.readUInt32BE(8);
    if (announced > limits.largest && !sink.readsPast(type))
      return breakOff(
        `a packet of type ${type} announces ${announced} bytes, ${limits.largest} are the most that is read`,
      );
    if (announced <= rest.length - taken && announced <= limits.largest) {
      sink.frame({ magic, type, body: rest.subarray(taken, taken + announced) });
      return taken + announced;
    }
    body = { magic, type, announced, kept: Buffer.alloc(Math.min(announced, limits.largest)), seen: 0 };
    return taken;
  }

  function takeBody(open: Body, rest: Buffer): number {
    const taken = Math.min(rest.length, open.announced - open.seen);
    if (open.seen < open.kept.length) rest.copy(open.kept, open.seen, 0, taken);
    open.seen += taken;
    if (open.seen < open.announced) return taken;
    body = null;
    const frame = { magic: open.magic, type: open.type, body: open.kept };
    if (open.announced > limits.largest) sink.tooLarge(frame);
    else sink.frame(frame);
    return taken;
  }

  function takeLine(rest: Buffer): number {
    const end = rest.indexOf(10);
    const part = end < 0 ? rest : rest.subarray(0, end);
    const whole: Buffer = line === null ? part : Buffer.concat([line, part]);
    if (whole.length > limits.longestLine)
      return breakOff(`a text line of more than ${limits.longestLine} bytes`);
    // A copy, as the chunk that it came in may be much larger.
    line = end < 0 ? Buffer.from(whole) : null;
    if (end >= 0) sink.line(whole.at(-1) === 13 ? whole.subarray(0, -1) : whole);
    return end < 0 ? rest.length : end + 1;
  }

  return {
    push(chunk) {
      let offset = 0;
      while (!stopped && offset < chunk.length) offset += step(chunk.subarray(offset));
    },
    stop() {
      stopped = true;
      body = null;
      line = null;
    },
    isPartial: () => headerFill > 0 || body !== null || line !== null,
  };
}
