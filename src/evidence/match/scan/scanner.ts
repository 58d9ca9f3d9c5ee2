// The scanner in WebAssembly: reads a text once and says where something that is looked for may stand. Candidates are
// pairs (position, run number), 8 bytes each, from `out` on; each function gives back where the next would be written, or 0
// when `last` was passed (then the caller gives it less text).
// Each takes what it works on as addresses, so that one module serves all sets of patterns.

import {
  add,
  and,
  and128,
  and64,
  anyTrue,
  assemble,
  atLeast,
  below,
  bitCount,
  bitmask8x16,
  block,
  branch,
  branchIf,
  constant,
  equal,
  equal64,
  equal8x16,
  get,
  giveBack,
  isZero,
  load128,
  load32,
  load64,
  load8,
  loop,
  multiply,
  or,
  seq,
  set,
  shiftLeft,
  shiftRight,
  shiftRight16x8,
  splat8,
  store128,
  store32,
  store8,
  subtract,
  swizzle,
  tee,
  trailingZeros,
  unequal8x16,
  when,
  type Body,
  type Code,
} from './assemble.ts';
import { webAssembly, type ScannerMemory } from './web-assembly.ts';

/** The multiplier of the grams' hash (Knuth's, 2^32 / golden ratio). */
export const gramMultiplier = 0x9e3779b1;
/** Bytes of one run of the gram lanes: two masks and two values of 8 bytes each, for bytes 0-7 and 3-10 of the window. */
export const windowBytes = 32;
/** Places of a run in the nibble lane, and the bytes of its record: number, length, a set of 32 bytes for each place. */
export const nibblePlaces = 12;
export const nibbleRecordBytes = 8 + 32 * nibblePlaces;
/** Bytes before the records of the nibble lane: 8 tables of 16, then begin and end of the records of each of 8 buckets. */
export const nibbleTableBytes = 8 * 16 + 8 * 8;

const step = (local: number, by: number): Code => set(local, add(get(local), constant(by)));

/** count(from, end): the LF between. */
function count(): Body {
  const [from, end, sum, feed] = [0, 1, 2, 3];
  return {
    name: 'count',
    parameters: 2,
    locals: 1,
    vectors: 1,
    code: seq(
      set(feed, splat8(constant(0x0a))),
      block(
        loop(
          branchIf(1, below(get(end), add(get(from), constant(16)))),
          set(sum, add(get(sum), bitCount(bitmask8x16(equal8x16(load128(get(from)), get(feed)))))),
          step(from, 16),
          branch(0),
        ),
      ),
      block(
        loop(
          branchIf(1, atLeast(get(from), get(end))),
          set(sum, add(get(sum), equal(load8(get(from)), constant(0x0a)))),
          step(from, 1),
          branch(0),
        ),
      ),
      get(sum),
    ),
  };
}

/** next(from, end): the first LF at or after `from`, or `end`. */
function next(): Body {
  const [from, end] = [0, 1];
  return {
    name: 'next',
    parameters: 2,
    locals: 0,
    vectors: 0,
    code: seq(
      block(
        loop(
          branchIf(1, atLeast(get(from), get(end))),
          branchIf(1, equal(load8(get(from)), constant(0x0a))),
          step(from, 1),
          branch(0),
        ),
      ),
      get(from),
    ),
  };
}

/** previous(at, low): where the line of `at` begins, not before `low`. */
function previous(): Body {
  const [at, low] = [0, 1];
  return {
    name: 'previous',
    parameters: 2,
    locals: 0,
    vectors: 0,
    code: seq(
      block(
        loop(
          branchIf(1, atLeast(get(low), get(at))),
          branchIf(1, equal(load8(subtract(get(at), constant(1))), constant(0x0a))),
          step(at, -1),
          branch(0),
        ),
      ),
      get(at),
    ),
  };
}

/** widen(from, end, to): writes each byte over 0x7f as the two bytes of that character; gives back the end of what was written. */
function widen(): Body {
  const [from, end, to, byte] = [0, 1, 2, 3];
  const sixteen = block(
    branchIf(0, below(get(end), add(get(from), constant(16)))),
    branchIf(0, bitmask8x16(load128(get(from)))),
    store128(get(to), load128(get(from))),
    step(from, 16),
    step(to, 16),
    branch(1),
  );
  const one = seq(
    branchIf(1, atLeast(get(from), get(end))),
    set(byte, load8(get(from))),
    step(from, 1),
    when(
      below(constant(0x7f), get(byte)),
      store8(get(to), or(constant(0xc0), shiftRight(get(byte), constant(6)))),
      step(to, 1),
      set(byte, or(constant(0x80), and(get(byte), constant(0x3f)))),
    ),
    store8(get(to), get(byte)),
    step(to, 1),
    branch(0),
  );
  return {
    name: 'widen',
    parameters: 3,
    locals: 1,
    vectors: 0,
    code: seq(block(loop(sixteen, one)), get(to)),
  };
}

/**
 * grams(at, end, step, bits, bitsShift, slots, slotsShift, windows, out, last): looks at one word of four bytes in `step`.
 * bits: one bit for each hash that a looked-for word has. slots: hash table of (word, address of its first entry), 0: free.
 * An entry is (next entry or 0, run number << 3 | place of the word in the window).
 */
function grams(): Body {
  const [at, end, stride, bits, bitsShift, slots, slotsShift, windows, out, last] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ];
  const [word, hash, slot, entry, run, window, start] = [10, 11, 12, 13, 14, 15, 16];
  const isLookedFor = seq(
    set(word, load32(get(at))),
    set(hash, multiply(get(word), constant(gramMultiplier))),
    set(slot, shiftRight(get(hash), get(bitsShift))),
    and(
      shiftRight(load8(add(get(bits), shiftRight(get(slot), constant(3)))), and(get(slot), constant(7))),
      constant(1),
    ),
  );
  const fits = (offset: number): Code =>
    equal64(
      and64(load64(get(start), offset === 0 ? 0 : 3), load64(get(window), offset)),
      load64(get(window), offset + 8),
    );
  const entries = loop(
    set(run, load32(get(entry), 4)),
    set(start, subtract(get(at), and(get(run), constant(7)))),
    set(run, shiftRight(get(run), constant(3))),
    set(window, add(get(windows), multiply(get(run), constant(windowBytes)))),
    when(and(fits(0), fits(16)), store32(get(out), get(start)), store32(get(out), get(run), 4), step(out, 8)),
    branchIf(0, tee(entry, load32(get(entry)))),
  );
  const probe = block(
    set(slot, add(get(slots), shiftLeft(shiftRight(get(hash), get(slotsShift)), constant(3)))),
    loop(
      branchIf(1, isZero(tee(entry, load32(get(slot), 4)))),
      when(equal(load32(get(slot)), get(word)), entries, branch(2)),
      step(slot, 8),
      branch(0),
    ),
  );
  return {
    name: 'grams',
    parameters: 10,
    locals: 7,
    vectors: 0,
    code: seq(
      block(
        loop(
          branchIf(1, atLeast(get(at), get(end))),
          when(isLookedFor, probe, when(below(get(last), get(out)), giveBack(constant(0)))),
          set(at, add(get(at), get(stride))),
          branch(0),
        ),
      ),
      get(out),
    ),
  };
}

/**
 * nibbles(at, end, tables, scratch, out, last): sixteen positions at once; each of the first four bytes of a run is known
 * by the buckets that its low and its high half allow (Teddy, of Hyperscan), then each place of the bucket's runs is tried.
 */
function nibbles(): Body {
  const [at, end, tables, scratch, out, last] = [0, 1, 2, 3, 4, 5];
  const [found, lane, buckets, list, record, place, byte, position] = [6, 7, 8, 9, 10, 11, 12, 13];
  const [half, text, hits, firstTable] = [14, 15, 16, 17];
  const byPlace = (index: number): Code =>
    seq(
      set(text, load128(get(at), index)),
      set(
        hits,
        and128(
          and128(get(hits), swizzle(get(firstTable + 2 * index), and128(get(text), get(half)))),
          swizzle(get(firstTable + 2 * index + 1), and128(shiftRight16x8(get(text), constant(4)), get(half))),
        ),
      ),
    );
  const tryRecord = block(
    set(place, constant(0)),
    loop(
      set(byte, load8(add(get(position), get(place)))),
      branchIf(
        1,
        isZero(
          and(
            shiftRight(
              load8(
                add(add(get(record), shiftLeft(get(place), constant(5))), shiftRight(get(byte), constant(3))),
                8,
              ),
              and(get(byte), constant(7)),
            ),
            constant(1),
          ),
        ),
      ),
      step(place, 1),
      branchIf(0, below(get(place), load32(get(record), 4))),
    ),
    store32(get(out), get(position)),
    store32(get(out), load32(get(record)), 4),
    step(out, 8),
  );
  const eachRecord = block(
    set(list, add(get(tables), shiftLeft(trailingZeros(get(buckets)), constant(3)))),
    set(record, load32(get(list), 128)),
    loop(
      branchIf(1, atLeast(get(record), load32(get(list), 132))),
      tryRecord,
      step(record, nibbleRecordBytes),
      branch(0),
    ),
  );
  const eachBucket = loop(
    eachRecord,
    branchIf(0, tee(buckets, and(get(buckets), subtract(get(buckets), constant(1))))),
  );
  const eachLane = loop(
    set(lane, trailingZeros(get(found))),
    set(position, add(get(at), get(lane))),
    set(buckets, load8(add(get(scratch), get(lane)))),
    eachBucket,
    when(below(get(last), get(out)), giveBack(constant(0))),
    branchIf(0, tee(found, and(get(found), subtract(get(found), constant(1))))),
  );
  const tableLocals = Array.from({ length: 8 }, (_none, index) =>
    set(firstTable + index, load128(get(tables), index * 16)),
  );
  return {
    name: 'nibbles',
    parameters: 6,
    locals: 8,
    vectors: 12,
    code: seq(
      ...tableLocals,
      set(half, splat8(constant(0x0f))),
      block(
        loop(
          branchIf(1, atLeast(get(at), get(end))),
          set(hits, splat8(constant(0xff))),
          ...[0, 1, 2, 3].map(byPlace),
          when(
            anyTrue(get(hits)),
            store128(get(scratch), get(hits)),
            set(found, bitmask8x16(unequal8x16(get(hits), splat8(constant(0))))),
            eachLane,
          ),
          step(at, 16),
          branch(0),
        ),
      ),
      get(out),
    ),
  };
}

type Numbers = (...addresses: number[]) => number;

export interface Scanner {
  readonly count: Numbers;
  readonly next: Numbers;
  readonly previous: Numbers;
  readonly widen: Numbers;
  readonly grams: Numbers;
  readonly nibbles: Numbers;
}

let module: object | null = null;

function isFunction(value: unknown): value is Numbers {
  return typeof value === 'function';
}

/** The scanner over a memory; nothing in the memory is touched before a call. */
export function createScanner(memory: ScannerMemory): Scanner {
  module ??= new webAssembly.Module(assemble([count(), next(), previous(), widen(), grams(), nibbles()]));
  const { exports } = new webAssembly.Instance(module, { host: { memory } });
  const named = (name: string): Numbers => {
    const given = exports[name];
    if (!isFunction(given)) throw new Error(`the scanner's module has no function ${name}`);
    return given;
  };
  return {
    count: named('count'),
    next: named('next'),
    previous: named('previous'),
    widen: named('widen'),
    grams: named('grams'),
    nibbles: named('nibbles'),
  };
}
