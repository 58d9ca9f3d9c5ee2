// Classes and escapes of RE2 as sets of bytes: [a-z], [[:alpha:]], \d, \x41. https://github.com/google/re2/wiki/Syntax

import { byteSet, complement, foldCase, single, union, type ByteSet } from './byte-set.ts';
import { ended, Refusal, rest, take, takeMatch, type Cursor } from './pattern-cursor.ts';

const digits = byteSet([0x30, 0x39]);
const upper = byteSet([0x41, 0x5a]);
const lower = byteSet([0x61, 0x7a]);
const alpha = union(upper, lower);
const alnum = union(alpha, digits);
const word = union(alnum, single(0x5f));
// RE2's \s has no vertical tab; [[:space:]] has.
const perlSpace = byteSet([0x09, 0x0a], [0x0c, 0x0d], [0x20, 0x20]);

const perl: ReadonlyMap<string, ByteSet> = new Map([
  ['d', digits],
  ['D', complement(digits)],
  ['s', perlSpace],
  ['S', complement(perlSpace)],
  ['w', word],
  ['W', complement(word)],
]);

const posix: ReadonlyMap<string, ByteSet> = new Map([
  ['alnum', alnum],
  ['alpha', alpha],
  ['ascii', byteSet([0, 0x7f])],
  ['blank', byteSet([0x09, 0x09], [0x20, 0x20])],
  ['cntrl', byteSet([0, 0x1f], [0x7f, 0x7f])],
  ['digit', digits],
  ['graph', byteSet([0x21, 0x7e])],
  ['lower', lower],
  ['print', byteSet([0x20, 0x7e])],
  ['punct', byteSet([0x21, 0x2f], [0x3a, 0x40], [0x5b, 0x60], [0x7b, 0x7e])],
  ['space', byteSet([0x09, 0x0d], [0x20, 0x20])],
  ['upper', upper],
  ['word', word],
  ['xdigit', byteSet([0x30, 0x39], [0x41, 0x46], [0x61, 0x66])],
]);

const control: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);

/** `\d` and its kind, when it stands here. */
export function perlClass(cursor: Cursor): ByteSet | null {
  if (!cursor.source.startsWith('\\', cursor.at)) return null;
  const letter = cursor.source.charAt(cursor.at + 1);
  if (letter === 'p' || letter === 'P')
    throw new Refusal(
      `\\${letter} names characters, and signatures match bytes; write an ASCII class such as [[:alpha:]]`,
    );
  const set = perl.get(letter);
  if (set === undefined) return null;
  cursor.at += 2;
  return set;
}

function codeOf(digitsText: string, base: number): number {
  const code = Number.parseInt(digitsText, base);
  if (code > 0xff)
    throw new Refusal(
      `${base === 8 ? '\\' : '\\x'}${digitsText} is more than one byte; write the character itself`,
    );
  return code;
}

/** The byte that an escape stands for; the backslash is here. */
export function escapedByte(cursor: Cursor): number {
  const hex = takeMatch(cursor, /\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,8})\})/y);
  if (hex !== null) return codeOf(hex[1] ?? hex[2] ?? '', 16);
  const octal = takeMatch(cursor, /\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/y);
  if (octal !== null) return codeOf(octal[1] ?? '', 8);
  const letter = cursor.source.charAt(cursor.at + 1);
  if (letter === '') throw new Refusal('it ends with a backslash');
  if (/[1-9]/.test(letter))
    throw new Refusal(`back-references such as \\${letter} cannot be matched in linear time`);
  if (letter === 'C') throw new Refusal('\\C is not supported: write . for any byte');
  const known =
    control.get(letter) ?? (/[^A-Za-z0-9\u0080-\uffff]/.test(letter) ? letter.charCodeAt(0) : null);
  if (known === null) throw new Refusal(`\\${letter} is no escape of RE2`);
  cursor.at += 2;
  return known;
}

function classByte(cursor: Cursor): number {
  if (ended(cursor)) throw new Refusal('a class [...] has no end');
  if (rest(cursor, 1) === '\\') return escapedByte(cursor);
  const code = cursor.source.codePointAt(cursor.at) ?? 0;
  if (code > 0x7f) {
    const text = String.fromCodePoint(code);
    throw new Refusal(
      `${text} in [...] is more than one byte, and signatures match bytes; write (?:${text}|...) instead`,
    );
  }
  cursor.at += 1;
  return code;
}

function posixClass(cursor: Cursor): ByteSet | null {
  const match = takeMatch(cursor, /\[:(\^?)(\w*):\]/y);
  if (match === null) return null;
  const named = posix.get(match[2] ?? '');
  if (named === undefined) throw new Refusal(`${match[0]} is no class of RE2`);
  if (match[1] !== '^') return named;
  // Folded first, as RE2 does: (?i)[[:^upper:]] takes no letter.
  return complement(cursor.folds ? foldCase(named) : named);
}

function classItem(cursor: Cursor): ByteSet {
  const named = posixClass(cursor) ?? perlClass(cursor);
  if (named !== null) return named;
  const begin = cursor.at;
  const from = classByte(cursor);
  if (!/^-[^\]]/s.test(rest(cursor, 2))) return byteSet([from, from]);
  cursor.at += 1;
  const to = classByte(cursor);
  if (to < from) throw new Refusal(`the range ${cursor.source.slice(begin, cursor.at)} runs backwards`);
  return byteSet([from, to]);
}

/** `[...]`, when it stands here. */
export function bracketClass(cursor: Cursor): ByteSet | null {
  if (!take(cursor, '[')) return null;
  const negated = take(cursor, '^');
  let set = byteSet();
  for (let first = true; first || !take(cursor, ']'); first = false) set = union(set, classItem(cursor));
  // Folded before it is turned round, as RE2 does: (?i)[^k] takes neither k nor K.
  if (cursor.folds) set = foldCase(set);
  return negated ? complement(set) : set;
}
