// The text of a log out of an answer of `contents`. JSON.parse, and a copy of the text as bytes, would leave four times its size as garbage to the
// main thread, whose collector waits for 32 MiB of that and then holds up everything: here the text becomes bytes where it came.

import { isRow, onlyRow, textOf, WrongShape } from './read-json.ts';

export interface LogContent {
  /** The text in UTF-8, piece by piece. Each has its buffer for itself, which is that of a chunk where that had one. */
  readonly pieces: readonly Uint8Array[];
  /** A last line without a newline counts. */
  readonly lines: number;
}

/** Characters before the text, and behind it. */
const aroundLimit = 4_096;

const newline = 0x0a;
const space = 0x20;
const quote = 0x22;
const backslash = 0x5c;
const letterU = 0x75;
const replacement = 0xfffd;

/** By the byte behind a backslash: what both stand for; 0: it is no such pair. */
const pairs = new Uint8Array(256);
for (const [letter, meant] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t'])
  pairs[letter?.charCodeAt(0) ?? 0] = meant?.charCodeAt(0) ?? 0;

function broken(): WrongShape {
  return new WrongShape('logchunks', 'complete JSON');
}

function digitAt(chunk: Uint8Array, at: number): number {
  const byte = chunk[at] ?? 0;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | space;
  if (lower >= 0x61 && lower <= 0x66) return lower - 0x61 + 10;
  throw broken();
}

/** The code unit of the `\uXXXX` there; null: the chunk breaks it off. */
function unitAt(chunk: Uint8Array, at: number): number | null {
  if (chunk.length < at + 6) return null;
  let unit = 0;
  for (let place = at + 2; place < at + 6; place += 1) unit = unit * 16 + digitAt(chunk, place);
  return unit;
}

/** The character of the `\uXXXX` there, or of two that are one above 0xffff; null: the chunk breaks it off. */
function pointAt(chunk: Uint8Array, at: number): number | null {
  if (chunk[at + 1] !== letterU) throw broken();
  const unit = unitAt(chunk, at);
  if (unit === null || unit < 0xd800 || unit > 0xdfff) return unit;
  const next = at + 6;
  // The second half has to follow the first.
  if (unit > 0xdbff || (chunk[next] ?? backslash) !== backslash) return replacement;
  if ((chunk[next + 1] ?? letterU) !== letterU) return replacement;
  const low = unitAt(chunk, next);
  if (low === null) return null;
  return low < 0xdc00 || low > 0xdfff ? replacement : 0x10000 + (unit - 0xd800) * 0x400 + (low - 0xdc00);
}

/** Writes a character in UTF-8; gives the place behind it. */
function lay(chunk: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    chunk[at] = point;
    return at + 1;
  }
  const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  // As many ones in front as the character has bytes.
  chunk[at] = ((0xff00 >> (more + 1)) & 0xff) | (point >> (6 * more));
  for (let nth = 1; nth <= more; nth += 1) chunk[at + nth] = 0x80 | ((point >> (6 * (more - nth))) & 0x3f);
  return at + more + 1;
}

interface Laid {
  /** Where the text that was not taken begins. */
  readonly at: number;
  readonly size: number;
  readonly newlines: number;
  /** Its closing quote was met, which is taken as well. */
  readonly ended: boolean;
}

/** Lays the text from a place on down at the beginning of the chunk: no escape is shorter than what it stands for. */
function unescape(chunk: Uint8Array, from: number): Laid {
  let at = from;
  let size = 0;
  let newlines = 0;
  while (at < chunk.length) {
    const byte = chunk[at] ?? 0;
    if (byte === quote) return { at: at + 1, size, newlines, ended: true };
    if (byte < space) throw broken();
    if (byte !== backslash) {
      chunk[size] = byte;
      size += 1;
      at += 1;
      continue;
    }
    if (at + 1 === chunk.length) break;
    const pair = pairs[chunk[at + 1] ?? 0] ?? 0;
    const point = pair === 0 ? pointAt(chunk, at) : pair;
    if (point === null) break;
    if (point === newline) newlines += 1;
    size = lay(chunk, size, point);
    at += pair === 0 ? (point > 0xffff ? 12 : 6) : 2;
  }
  return { at, size, newlines, ended: false };
}

/** What goes before the text, its opening quote included; null: more of it is to come. */
function createOpening(): (chunk: Buffer) => { readonly before: string; readonly at: number } | null {
  let before = '';
  return (chunk) => {
    const known = before.length;
    before += chunk.toString('latin1', 0, aroundLimit - known);
    const [opening] = /^.*?"content"\s*:\s*"/s.exec(before) ?? [];
    if (opening !== undefined) return { before: opening, at: opening.length - known };
    if (before.length >= aroundLimit) throw new WrongShape('content', 'a text');
    return null;
  };
}

/** Whether there is one chunk of a log, with the text that was taken out. */
function checkAround(around: string): void {
  let body: unknown;
  try {
    body = JSON.parse(around);
  } catch {
    // Buildbot 4.3.0 may close an answer before it is written whole (BUILDBOT.md section 1).
    throw broken();
  }
  if (!isRow(body)) throw broken();
  if (textOf(onlyRow(body, 'logchunks'), 'content') !== '') throw new WrongShape('content', 'one text');
}

const none = Buffer.alloc(0);

/** The first bytes of a chunk. What was packed comes in chunks that share a buffer, which zlib goes on to fill. */
function firstOf(chunk: Buffer, size: number): Uint8Array {
  const first = chunk.subarray(0, size);
  return chunk.length === chunk.buffer.byteLength ? first : new Uint8Array(first);
}

/** The text, chunk by chunk; an escape that a chunk breaks off goes to the next. */
function createText() {
  const pieces: Uint8Array[] = [];
  let newlines = 0;
  let held: Buffer = none;
  return {
    joined: (chunk: Buffer): Buffer => (held.length === 0 ? chunk : Buffer.concat([held, chunk])),
    /** Gives the place behind the text; null: it goes on. */
    take(chunk: Buffer, from: number): number | null {
      const { at, size, newlines: more, ended } = unescape(chunk, from);
      if (size > 0) pieces.push(firstOf(chunk, size));
      newlines += more;
      held = ended ? none : Buffer.from(chunk.subarray(at));
      return ended ? at : null;
    },
    content(): LogContent {
      const last = pieces.at(-1)?.at(-1);
      return { pieces, lines: newlines + (last === undefined || last === newline ? 0 : 1) };
    },
  };
}

/** Takes the text out of the chunks of an answer, which are used up. Throws a WrongShape for what is no such answer, or not all of one. */
export function logContent(chunks: readonly Buffer[]): LogContent {
  const opening = createOpening();
  const text = createText();
  let before: string | null = null;
  let after: string | null = null;
  for (const given of chunks) {
    const chunk = text.joined(given);
    let at: number | null = 0;
    if (before === null) {
      const opened = opening(chunk);
      if (opened === null) continue;
      ({ before, at } = opened);
    }
    if (after === null) at = text.take(chunk, at);
    if (at === null) continue;
    after = `${after ?? ''}${chunk.toString('latin1', at)}`;
    if (after.length > aroundLimit) throw broken();
  }
  if (before === null || after === null) throw broken();
  checkAround(`${before}"${after}`);
  return text.content();
}
