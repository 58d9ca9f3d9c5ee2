// One log: chunks of any size in, whole lines to the scanner, at most one line kept. A line over 64 KiB goes in pieces that
// overlap by 4 KiB (FLAKES.md 6.1), so that memory has a bound.

import type { LineHit, LineMatcher } from '../../flakes/signature/line-pattern.ts';
import { scanLines, scanPiece, type Compiled } from './scan-lines.ts';

const LF = 0x0a;
const CR = 0x0d;
const pieceBytes = 64 * 1024;
const overlap = 4 * 1024;
// A line is known to be longer than a piece with this many bytes, whether its end is LF or CRLF.
const surelyLong = pieceBytes + 2;
// What goes to the scanner at once: the first caches should hold it and what is made of it.
const mostAtOnce = 64 * 1024;

interface Log {
  readonly compiled: Compiled;
  readonly hit: LineHit;
  /** The number of the line that is being read. */
  line: number;
  /** The beginning of that line; of a long one, from its last piece's overlap on. */
  readonly held: Buffer;
  heldBytes: number;
  /** Patterns found in earlier pieces of that line; null: there were none. */
  pieces: Set<number> | null;
}

/** Lays what is held and the bytes on the desk and empties what is held. */
function lay(log: Log, bytes: Uint8Array): { from: number; end: number } {
  const { bytes: memory, desk } = log.compiled.sieve;
  memory.set(log.held.subarray(0, log.heldBytes), desk);
  memory.set(bytes, desk + log.heldBytes);
  const end = desk + log.heldBytes + bytes.length;
  log.heldBytes = 0;
  return { from: desk, end };
}

function scanHeldPiece(log: Log, length: number, last: boolean): void {
  const { bytes: memory, desk } = log.compiled.sieve;
  const found = log.pieces ?? new Set<number>();
  memory.set(log.held.subarray(0, length), desk);
  const ends = { start: log.pieces === null, end: last };
  scanPiece(log.compiled, { from: desk, end: desk + length }, ends, (pattern) => {
    if (found.has(pattern)) return;
    found.add(pattern);
    log.hit(pattern, log.line);
  });
  log.pieces = found;
}

/** The first piece of what is held, of which the overlap is kept. */
function shedPiece(log: Log): void {
  scanHeldPiece(log, pieceBytes, false);
  log.held.copyWithin(0, pieceBytes - overlap, log.heldBytes);
  log.heldBytes -= pieceBytes - overlap;
}

/** Holds bytes without LF; returns how many it took. */
function hold(log: Log, bytes: Uint8Array): number {
  const taken = Math.min(bytes.length, surelyLong - log.heldBytes);
  log.held.set(bytes.subarray(0, taken), log.heldBytes);
  log.heldBytes += taken;
  if (log.heldBytes === surelyLong) shedPiece(log);
  return taken;
}

function holdAll(log: Log, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += hold(log, bytes.subarray(at));
}

/** The long line that is held has come to its end; `ended`: by LF. */
function endLongLine(log: Log, ended: boolean): void {
  if (ended && log.held[log.heldBytes - 1] === CR) log.heldBytes -= 1;
  while (log.heldBytes > pieceBytes) shedPiece(log);
  scanHeldPiece(log, log.heldBytes, true);
  log.heldBytes = 0;
  log.pieces = null;
  log.line += 1;
}

/** A line longer than a piece: what is held of it and the bytes are together more than one holds. */
function writeSome(log: Log, bytes: Uint8Array): number {
  const first = bytes.indexOf(LF);
  const isLong = log.pieces !== null || log.heldBytes + (first === -1 ? bytes.length : first) >= pieceBytes;
  if (first === -1 || isLong) {
    const length = first === -1 ? bytes.length : first;
    holdAll(log, bytes.subarray(0, length));
    if (first === -1) return length;
    if (log.pieces !== null || log.heldBytes > pieceBytes) endLongLine(log, true);
    else scanHeldLine(log);
    return length + 1;
  }
  const most = bytes.subarray(0, mostAtOnce);
  const lines = most.subarray(0, most.lastIndexOf(LF) + 1);
  log.line = scanLines(log.compiled, lay(log, lines), log.line, log.hit);
  return lines.length;
}

/** A line that just fits into one piece, with its LF. */
function scanHeldLine(log: Log): void {
  log.line = scanLines(log.compiled, lay(log, Uint8Array.of(LF)), log.line, log.hit);
}

function end(log: Log): void {
  if (log.pieces !== null || log.heldBytes > pieceBytes) endLongLine(log, false);
  else if (log.heldBytes > 0)
    log.line = scanLines(log.compiled, lay(log, new Uint8Array()), log.line, log.hit);
}

/** A matcher of one log. */
export function createLineMatcher(compiled: Compiled, hit: LineHit): LineMatcher {
  const log: Log = {
    compiled,
    hit,
    line: 1,
    held: Buffer.allocUnsafe(surelyLong),
    heldBytes: 0,
    pieces: null,
  };
  return {
    write(chunk) {
      for (let at = 0; at < chunk.length;) at += writeSome(log, chunk.subarray(at));
    },
    end: () => end(log),
  };
}
