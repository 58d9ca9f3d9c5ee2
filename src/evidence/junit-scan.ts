// Cuts the failing test cases out of a JUnit report by its bytes, as they come: a parser sees only those few, never the whole of it (SPEED.md section 4).

import { createTagReader, type Tag } from './junit-tags.ts';

const fragmentLimit = 256 * 1024;
const fragmentsLimit = 2_000;
/** Bytes of all fragments together. */
const allLimit = 16 * 1024 * 1024;

export interface JunitScan {
  /** `complete`: it ends as it should and has as many cases as it claims. */
  readonly state: 'complete' | 'cut' | 'lying' | 'no report';
  readonly cases: number;
  /** Failing cases that were too large or too many to look at. */
  readonly left: number;
}

export interface JunitScanner {
  /** Takes the next bytes, which may be used again afterwards. Gives the failing `<testcase>` elements that end in them, each alone. */
  write(bytes: Uint8Array): readonly string[];
  /** The report has ended. Never throws: what is no report says so. */
  end(): JunitScan;
}

const names = {
  testcase: Buffer.from('<testcase'),
  testcaseEnd: Buffer.from('</testcase'),
  failure: Buffer.from('<failure'),
  error: Buffer.from('<error'),
  suite: Buffer.from('<testsuite'),
  suites: Buffer.from('<testsuites'),
  suiteEnd: Buffer.from('</testsuite'),
  suitesEnd: Buffer.from('</testsuites'),
} as const;

/** Compared byte by byte: it is asked of every tag, and a view for each would be most of the work. */
function isNamed({ bytes }: Tag, name: Buffer): boolean {
  for (let nth = 0; nth < name.length; nth += 1) if (bytes[nth] !== name[nth]) return false;
  const next = bytes[name.length];
  return next === undefined || next <= 0x20 || next === 0x2f || next === 0x3e;
}

function claimedBy({ bytes }: Tag): number {
  return Number(/\btests=["'](\d{1,9})["']/.exec(bytes.toString('latin1', 0, 4_096))?.[1] ?? 0);
}

/** Bytes of an element that began in an earlier chunk, as many as a fragment may have. */
function createKept() {
  let bytes: Buffer = Buffer.alloc(0);
  let size = 0;
  let start = 0;
  /** All from `start` on is there. */
  let whole = true;
  /** Where the chunk begins in the report. */
  let base = 0;
  return {
    /** The report from `from` to `to`, where the chunk is the one at hand; null: more than is kept. */
    text(chunk: Buffer, from: number, to: number): string | null {
      if (from >= base) return chunk.toString('utf8', from - base, to - base);
      if (!whole || to - from > fragmentLimit) return null;
      const kept = bytes.subarray(from - start, size);
      return Buffer.concat([kept, chunk.subarray(0, to - base)]).toString('utf8');
    },
    /** The chunk is used up; the report from `from` on is still wanted, null: nothing of it. */
    next(chunk: Buffer, from: number | null): void {
      const wanted = from ?? base + chunk.length;
      // Some of what is kept stays only where the element at hand began in a chunk before this one.
      const stays = wanted < base ? size - (wanted - start) : 0;
      if (stays > 0) bytes.copyWithin(0, size - stays, size);
      else whole = wanted >= base;
      size = Math.max(0, stays);
      start = wanted;
      const more = chunk.subarray(Math.max(0, wanted - base));
      if (more.length > 0 && bytes.length === 0) bytes = Buffer.allocUnsafe(fragmentLimit);
      const added = more.copy(bytes, size);
      size += added;
      whole &&= added === more.length;
      base += chunk.length;
    },
  };
}

/** Counts cases and claims tag by tag; says of an element that ended whether it failed. */
function createCount() {
  /** Where the test case at hand began; null: between two. */
  let element: number | null = null;
  let failing = false;
  /** `suites`: how many have begun and not ended; null: none has begun. */
  const counted: { cases: number; claimed: number; suites: number | null } = {
    cases: 0,
    claimed: 0,
    suites: null,
  };
  const ended = (): boolean => {
    element = null;
    counted.cases += 1;
    return failing;
  };
  const takeSuite = (tag: Tag): void => {
    const { suites } = counted;
    const begins = isNamed(tag, names.suite);
    if (begins) counted.claimed += claimedBy(tag);
    if (begins || isNamed(tag, names.suites)) counted.suites = (suites ?? 0) + (tag.empty ? 0 : 1);
    else if (isNamed(tag, names.suiteEnd) || isNamed(tag, names.suitesEnd))
      counted.suites = (suites ?? 0) - 1;
  };
  return {
    counted,
    element: () => element,
    /** The beginning of the failed case that this tag ends; null: it ends none. */
    take(tag: Tag): number | null {
      const { start, empty } = tag;
      const before = element;
      if (isNamed(tag, names.testcase)) {
        element = start;
        failing = false;
        if (empty) ended();
      } else if (isNamed(tag, names.testcaseEnd)) return before !== null && ended() ? before : null;
      else if (isNamed(tag, names.failure) || isNamed(tag, names.error)) failing = element !== null;
      else if (element === null) takeSuite(tag);
      return null;
    },
  };
}

/** Scans one report, in bounded memory. */
export function createJunitScanner(): JunitScanner {
  const count = createCount();
  const kept = createKept();
  let chunk: Buffer = Buffer.alloc(0);
  let fragments: string[] = [];
  let number = 0;
  let size = 0;
  let left = 0;
  const tags = createTagReader((tag) => {
    const start = count.take(tag);
    if (start === null) return;
    const length = tag.end - start;
    const fits = length <= fragmentLimit && number < fragmentsLimit && size + length <= allLimit;
    const text = fits ? kept.text(chunk, start, tag.end) : null;
    if (text === null) left += 1;
    else {
      number += 1;
      size += length;
      fragments.push(text);
    }
  });
  return {
    write(bytes) {
      chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      fragments = [];
      tags.write(chunk);
      kept.next(chunk, count.element() ?? tags.unfinished());
      return fragments;
    },
    end() {
      const { cases, claimed, suites } = count.counted;
      if (cases === 0 && suites === null) return { state: 'no report', cases, left };
      // A report may be cut between two suites: then the one around them has no end.
      if (tags.unfinished() !== null || suites !== 0) return { state: 'cut', cases, left };
      return { state: claimed === cases ? 'complete' : 'lying', cases, left };
    },
  };
}
