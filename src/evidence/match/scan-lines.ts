// One stretch of whole lines, or one piece of a long line: the sieve's candidates, confirmed line by line.

import type { Ends, Judge, Search } from './judge.ts';
import { runLimit, type Sieve, type Stretch } from './sieve.ts';

export interface Compiled {
  readonly sieve: Sieve;
  readonly judge: Judge;
  /** The pattern of each run. */
  readonly owners: readonly number[];
  readonly bare: readonly number[];
  /** null: bare patterns are tried on each line. */
  readonly searches: readonly Search[] | null;
}

/** Said once for each pattern and line. */
export type Report = (pattern: number, line: number) => void;

const LF = 0x0a;
const CR = 0x0d;
/** A candidate with this number says: try the bare patterns on this line. */
const bareMark = runLimit - 1;
const wholeLine: Ends = { start: true, end: true };

function eachLine({ sieve: { scanner } }: Compiled, text: Stretch): number[] {
  const starts: number[] = [];
  for (let at = text.from; at < text.end; at = scanner.next(at, text.end) + 1) starts.push(at);
  return starts;
}

/** Where lines begin that some bare pattern may match. */
function bareLines(compiled: Compiled, text: Stretch): number[] {
  const { sieve, searches, bare } = compiled;
  if (bare.length === 0) return [];
  if (searches === null) return eachLine(compiled, text);
  // Without its last LF: what follows that is no line.
  const last = sieve.bytes[text.end - 1] === LF ? text.end - 1 : text.end;
  const view = sieve.bytes.subarray(text.from, last);
  const starts: number[] = [];
  for (const search of searches) {
    for (let from = 0; from <= view.length;) {
      const end = search(view, from);
      if (end === -1) break;
      starts.push(sieve.scanner.previous(text.from + end, text.from));
      from = sieve.scanner.next(text.from + end, last) - text.from + 1;
    }
  }
  return starts;
}

/** Sorted by place; null: the sieve found too many. */
function candidates(compiled: Compiled, text: Stretch): Float64Array | null {
  const runs = compiled.sieve.candidates(text);
  if (runs === null) return null;
  const starts = bareLines(compiled, text);
  if (starts.length === 0) return runs.sort();
  const all = new Float64Array(runs.length + starts.length);
  all.set(runs);
  starts.forEach((start, index) => {
    all[runs.length + index] = start * runLimit + bareMark;
  });
  return all.sort();
}

interface LineHere {
  from: number;
  end: number;
  number: number;
  /** Its bytes, without LF or CRLF; made when first needed. */
  text: Buffer | null;
  /** Patterns that were tried on it. */
  readonly tried: Set<number>;
}

function textOf(bytes: Buffer, line: LineHere, text: Stretch): Buffer {
  const ended = line.end < text.end;
  const stripped = ended && line.end > line.from && bytes[line.end - 1] === CR;
  return bytes.subarray(line.from, stripped ? line.end - 1 : line.end);
}

function moveTo({ sieve: { scanner } }: Compiled, line: LineHere, address: number, text: Stretch): void {
  const from = scanner.previous(address, line.end);
  line.number += scanner.count(line.end, from);
  line.from = from;
  line.end = scanner.next(address, text.end);
  line.text = null;
  line.tried.clear();
}

/** Too many candidates at once: half of the lines each, down to one, on which all patterns are tried. */
function inHalves(compiled: Compiled, text: Stretch, first: number, report: Report): number {
  const { scanner, bytes } = compiled.sieve;
  const middle = scanner.previous(Math.floor((text.from + text.end) / 2), text.from);
  const cut = middle > text.from ? middle : Math.min(scanner.next(text.from, text.end) + 1, text.end);
  if (cut < text.end) {
    const next = scanText(compiled, { from: text.from, end: cut }, first, report);
    return scanText(compiled, { from: cut, end: text.end }, next, report);
  }
  const end = scanner.next(text.from, text.end);
  const line: LineHere = { from: text.from, end, number: first, text: null, tried: new Set() };
  const view = textOf(bytes, line, text);
  for (let pattern = 0; pattern < compiled.judge.count; pattern += 1)
    if (compiled.judge.test(pattern, view, wholeLine)) report(pattern, first);
  return first + scanner.count(text.from, text.end);
}

function scanText(compiled: Compiled, text: Stretch, first: number, report: Report): number {
  const found = candidates(compiled, text);
  if (found === null) return inHalves(compiled, text, first, report);
  const { sieve, judge, owners, bare } = compiled;
  const line: LineHere = {
    from: text.from,
    end: sieve.scanner.next(text.from, text.end),
    number: first,
    text: null,
    tried: new Set(),
  };
  for (const candidate of found) {
    const address = Math.floor(candidate / runLimit);
    // Windows begin before the text when what was there earlier looks like one.
    if (address < text.from || address >= text.end) continue;
    if (address > line.end) moveTo(compiled, line, address, text);
    const run = candidate - address * runLimit;
    for (const pattern of run === bareMark ? bare : [owners[run] ?? 0]) {
      if (line.tried.has(pattern)) continue;
      line.tried.add(pattern);
      line.text ??= textOf(sieve.bytes, line, text);
      if (judge.test(pattern, line.text, wholeLine)) report(pattern, line.number);
    }
  }
  return line.number + sieve.scanner.count(line.end, text.end);
}

/**
 * Scans whole lines that lie on the sieve's desk, the first of them numbered `first`; only the last may lack its LF.
 * @returns the number of the line after them.
 */
export function scanLines(compiled: Compiled, text: Stretch, first: number, report: Report): number {
  return scanText(compiled, compiled.sieve.widened(text), first, report);
}

/** Scans one piece of a long line that lies on the desk, and says which patterns are in it. */
export function scanPiece(
  compiled: Compiled,
  text: Stretch,
  ends: Ends,
  report: (pattern: number) => void,
): void {
  const { sieve, judge, owners, bare } = compiled;
  const wide = sieve.widened(text);
  const found = sieve.candidates(wide);
  const some =
    found === null
      ? Array(judge.count).keys()
      : Array.from(found, (candidate) => owners[candidate % runLimit] ?? 0);
  const view = sieve.bytes.subarray(wide.from, wide.end);
  for (const pattern of new Set([...some, ...bare])) if (judge.test(pattern, view, ends)) report(pattern);
}
