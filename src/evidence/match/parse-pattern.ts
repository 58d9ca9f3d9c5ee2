// Reads RE2's syntax into a tree of bytes (FLAKES.md 6.1, "Exactly"). Both engines get what emit-pattern.ts writes from the
// tree, so that they cannot differ in dialect, and the filters get their literals from it.
// https://github.com/google/re2/wiki/Syntax

import { byteSet, complement, foldCase, single } from './byte-set.ts';
import { bracketClass, escapedByte, perlClass } from './pattern-class.ts';
import { ended, Refusal, rest, take, takeMatch, type Cursor, type Reader } from './pattern-cursor.ts';
import { breadth, nothing, weight, type PatternTree } from './pattern-tree.ts';

const longest = 4_096;
/** RE2's own bound. */
const mostRepeats = 1_000;
const mostStates = 2_000;
// Each state that is alive may cost a step at each byte: with this many, 100 KB of the worst line stay below 100 ms with either engine
// (test/bench, hostile). A hash of 64 digits behind something else is let through.
const mostAlive = 66;
const deepest = 100;

const anyByte: PatternTree = { kind: 'byte', set: complement(byteSet([0x0a, 0x0a])) };

function sequence(parts: readonly PatternTree[]): PatternTree {
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : { kind: 'sequence', parts };
}

const encoder = new TextEncoder();

const leaves: PatternTree[] = [];

function oneByte(byte: number, folds: boolean): PatternTree {
  return (leaves[byte + (folds ? 256 : 0)] ??= {
    kind: 'byte',
    set: folds ? foldCase(single(byte)) : single(byte),
  });
}

/** A character of the source: one byte, or the bytes of its UTF-8. */
function character(cursor: Cursor): PatternTree {
  const code = cursor.source.codePointAt(cursor.at) ?? 0;
  if (code < 0x80) {
    cursor.at += 1;
    return oneByte(code, cursor.folds);
  }
  const text = String.fromCodePoint(code);
  cursor.at += text.length;
  return sequence([...encoder.encode(text)].map((byte) => oneByte(byte, cursor.folds)));
}

/** `\Q...\E`: each character between stands for itself; a repeat after it is the last one's, as in RE2. */
function quoted(cursor: Cursor): PatternTree | null {
  if (!take(cursor, '\\Q')) return null;
  const parts: PatternTree[] = [];
  while (!ended(cursor) && !take(cursor, '\\E')) parts.push(character(cursor));
  const last = parts.pop();
  return last === undefined ? nothing : sequence([...parts, repeated(cursor, last)]);
}

const edges: readonly (readonly [string, PatternTree])[] = [
  ['^', { kind: 'edge', edge: 'line-start' }],
  ['$', { kind: 'edge', edge: 'line-end' }],
  ['\\A', { kind: 'edge', edge: 'line-start' }],
  ['\\z', { kind: 'edge', edge: 'line-end' }],
  ['\\b', { kind: 'edge', edge: 'word' }],
  ['\\B', { kind: 'edge', edge: 'not-word' }],
];

const edge: Reader = (cursor) => edges.find(([text]) => take(cursor, text))?.[1] ?? null;
const dot: Reader = (cursor) => (take(cursor, '.') ? anyByte : null);

const byteClass: Reader = (cursor) => {
  const set = bracketClass(cursor) ?? perlClass(cursor);
  return set === null ? null : { kind: 'byte', set };
};

const escape: Reader = (cursor) =>
  rest(cursor, 1) === '\\' ? oneByte(escapedByte(cursor), cursor.folds) : null;

/** Sets the flags of `(?i-s)` or `(?i:`. */
function setFlags(cursor: Cursor, flags: string): void {
  const [on = '', off = ''] = flags.split('-');
  if (on.includes('s'))
    throw new Refusal('(?s) is not supported: a signature sees one line at a time, which holds no line end');
  // m and U change nothing on a single line where only "does it match" is asked.
  if (on.includes('i')) cursor.folds = true;
  if (off.includes('i')) cursor.folds = false;
}

function refuseGroup(cursor: Cursor): never {
  const start = rest(cursor, 4);
  if (/^\(\?(?:[=!]|<[=!])/.test(start))
    throw new Refusal(
      `look-around such as ${start.replace(/([=!]).*/, '$1')}...) cannot be matched in linear time; match what stands there, or use two conditions`,
    );
  throw new Refusal(`${rest(cursor, 3)} is no group of RE2`);
}

function nameGroup(cursor: Cursor, name: string): void {
  if (cursor.names.has(name)) throw new Refusal(`the group name ${name} is used twice`);
  cursor.names.add(name);
}

/** Past `(` and what may follow it; false: it only set flags. */
function openGroup(cursor: Cursor): boolean {
  if (rest(cursor, 2) !== '(?') {
    cursor.at += 1;
    return true;
  }
  const named = takeMatch(cursor, /\(\?P?<(\w+)>/y);
  if (named !== null) {
    nameGroup(cursor, named[1] ?? '');
    return true;
  }
  const flags = takeMatch(cursor, /\(\?([imsU]*(?:-[imsU]+)?)([:)])/y);
  if (flags === null || flags[0] === '(?)') refuseGroup(cursor);
  setFlags(cursor, flags[1] ?? '');
  return flags[2] === ':';
}

const group: Reader = (cursor) => {
  if (rest(cursor, 1) !== '(') return null;
  const folds = cursor.folds;
  const begin = cursor.at;
  if (!openGroup(cursor)) return nothing;
  cursor.depth += 1;
  if (cursor.depth > deepest) throw new Refusal(`it has more than ${deepest} groups in each other`);
  const inside = choice(cursor);
  if (!take(cursor, ')')) throw new Refusal(`the group at character ${begin + 1} has no end`);
  cursor.depth -= 1;
  cursor.folds = folds;
  return inside;
};

const atomReaders: readonly Reader[] = [group, edge, dot, quoted, byteClass, escape];

const operator = /(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/y;

function bounds(match: RegExpExecArray): { least: number; most: number | null } {
  const [text, low, comma, high] = match;
  if (low === undefined)
    return { least: text.startsWith('+') ? 1 : 0, most: text.startsWith('?') ? 1 : null };
  const least = Number(low);
  const most = high ? Number(high) : comma ? null : least;
  if (Math.max(least, most ?? 0) > mostRepeats || (most ?? least) < least)
    throw new Refusal(`the repeat ${text} is not within 0 and ${mostRepeats}, lower number first`);
  return { least, most };
}

function repeated(cursor: Cursor, part: PatternTree): PatternTree {
  if (!/[*+?{]/.test(cursor.source.charAt(cursor.at))) return part;
  const match = takeMatch(cursor, operator);
  if (match === null) return part;
  const again = takeMatch(cursor, operator);
  if (again !== null) throw new Refusal(`${match[0]}${again[0]} repeats a repeat; write (?:...)${again[0]}`);
  return { kind: 'repeat', part, ...bounds(match) };
}

// What stands for itself; the last of it may be what a repeat repeats.
const plain = /[\w ,:;'"/=<>@#%&!~`-]+(?![*+?{])/y;

/** Several characters at once: most of a pattern. */
function plainText(cursor: Cursor): PatternTree | null {
  if (cursor.folds) return null;
  const match = takeMatch(cursor, plain);
  return match === null ? null : { kind: 'text', bytes: [...encoder.encode(match[0])] };
}

function piece(cursor: Cursor): PatternTree {
  const text = plainText(cursor);
  if (text !== null) return text;
  const bare = takeMatch(cursor, operator);
  if (bare !== null) throw new Refusal(`there is nothing before ${bare[0]} to repeat`);
  const flagsOnly = /\(\?[imsU-]+\)/y;
  flagsOnly.lastIndex = cursor.at;
  const setsFlags = flagsOnly.test(cursor.source);
  for (const read of atomReaders) {
    const tree = read(cursor);
    if (tree !== null) return setsFlags ? tree : repeated(cursor, tree);
  }
  return repeated(cursor, character(cursor));
}

function choice(cursor: Cursor): PatternTree {
  const options: PatternTree[] = [];
  do {
    const parts: PatternTree[] = [];
    while (!ended(cursor) && !/[|)]/.test(rest(cursor, 1))) parts.push(piece(cursor));
    options.push(sequence(parts));
  } while (take(cursor, '|'));
  return options.length === 1 && options[0] !== undefined ? options[0] : { kind: 'choice', options };
}

function refuseLarge(tree: PatternTree): void {
  const states = weight(tree);
  if (states > mostStates)
    throw new Refusal(`written out it needs ${states} states, more than ${mostStates}; repeat less`);
  const alive = breadth(tree);
  if (alive > mostAlive)
    throw new Refusal(
      `with its repeats written out ${alive} places may be many bytes, more than ${mostAlive}; write * or + for a large {...}`,
    );
}

/**
 * Reads the source of a pattern.
 * @throws {Refusal} with the reason.
 */
export function parsePattern(source: string): PatternTree {
  if (source.length > longest) throw new Refusal(`it is longer than ${longest} characters`);
  const cursor: Cursor = { source, at: 0, folds: false, depth: 0, names: new Set() };
  const tree = choice(cursor);
  if (!ended(cursor)) throw new Refusal(`the ) at character ${cursor.at + 1} closes nothing`);
  refuseLarge(tree);
  return tree;
}

/** The bytes of a literal as a tree. */
export function literalTree(text: string): PatternTree {
  return { kind: 'text', bytes: [...encoder.encode(text)] };
}
