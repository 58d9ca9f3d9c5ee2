// Writes a tree of bytes as RE2 source, for text in which each byte is the character of that number (latin1 written as
// UTF-8): neither engine can be told to match bytes, but on such text characters are bytes.

import { members, without, type ByteSet } from './byte-set.ts';
import type { Edge, PatternTree } from './pattern-tree.ts';

/** How the text that is matched lies. */
export interface Lie {
  /** `edges`: which ends of the text are ends of the line. `lines`: the text is many lines, and no match goes over a line's end. */
  readonly text: { readonly start: boolean; readonly end: boolean } | 'lines';
}

export const wholeLine: Lie = { text: { start: true, end: true } };
export const manyLines: Lie = { text: 'lines' };

// In a class of one newline: never there, for no line holds one.
const never = '\\x0a';

const byteTexts: string[] = [];

function byteText(byte: number): string {
  return (byteTexts[byte] ??= writeByte(byte));
}

function writeByte(byte: number): string {
  const text = String.fromCharCode(byte);
  return /[A-Za-z0-9_ ]/.test(text) ? text : `\\x${byte.toString(16).padStart(2, '0')}`;
}

function classText(bytes: readonly number[]): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 1) {
    const from = bytes[index] ?? 0;
    let to = from;
    while (bytes[index + 1] === to + 1) {
      to += 1;
      index += 1;
    }
    text += from === to ? byteText(from) : `${byteText(from)}-${byteText(to)}`;
  }
  return `[${text}]`;
}

function setText(set: ByteSet): string {
  const bytes = members(without(set, 0x0a));
  const [only] = bytes;
  if (only === undefined) return never;
  return bytes.length === 1 ? byteText(only) : classText(bytes);
}

function edgeText(edge: Edge, { text }: Lie): string {
  switch (edge) {
    case 'word':
      return '\\b';
    case 'not-word':
      return '\\B';
    case 'line-start':
      if (text === 'lines') return '(?m:^)';
      return text.start ? '\\A' : never;
    case 'line-end':
      // Where lines stand together a CR may come before the LF; a hit there is only a candidate.
      if (text === 'lines') return '(?:\\x0d?(?m:$))';
      return text.end ? '\\z' : never;
  }
}

function repeatText(least: number, most: number | null): string {
  if (most === null) return least === 0 ? '*' : least === 1 ? '+' : `{${least},}`;
  if (least === 0 && most === 1) return '?';
  return least === most ? `{${least}}` : `{${least},${most}}`;
}

/** RE2 source for the tree. */
export function emitPattern(tree: PatternTree, lie: Lie): string {
  switch (tree.kind) {
    case 'byte':
      return setText(tree.set);
    case 'text':
      return tree.bytes.map((byte) => (byte === 0x0a ? never : byteText(byte))).join('');
    case 'edge':
      return edgeText(tree.edge, lie);
    case 'sequence':
      return tree.parts.map((part) => emitPart(part, lie)).join('');
    case 'choice':
      return `(?:${tree.options.map((option) => emitPattern(option, lie)).join('|')})`;
    case 'repeat':
      return `(?:${emitPattern(tree.part, lie)})${repeatText(tree.least, tree.most)}`;
  }
}

function emitPart(part: PatternTree, lie: Lie): string {
  return part.kind === 'sequence' ? `(?:${emitPattern(part, lie)})` : emitPattern(part, lie);
}

/** The bytes as they stand in such text: those over 0x7f are two. */
export function widened(bytes: readonly number[]): readonly number[] {
  if (bytes.every((byte) => byte < 0x80)) return bytes;
  return bytes.flatMap((byte) => (byte < 0x80 ? [byte] : [0xc0 | (byte >> 6), 0x80 | (byte & 0x3f)]));
}
