// Where a reader stands in a pattern's source, and how it refuses one.

import type { PatternTree } from './pattern-tree.ts';

/** Why a pattern is refused; its message is a clause without a full stop. */
export class Refusal extends Error {}

export interface Cursor {
  readonly source: string;
  at: number;
  /** `(?i)` is in force. */
  folds: boolean;
  depth: number;
  readonly names: Set<string>;
}

export function rest(cursor: Cursor, length: number): string {
  return cursor.source.slice(cursor.at, cursor.at + length);
}

/** Steps over the text when it stands here. */
export function take(cursor: Cursor, text: string): boolean {
  if (!cursor.source.startsWith(text, cursor.at)) return false;
  cursor.at += text.length;
  return true;
}

/** Steps over what the sticky expression matches here. */
export function takeMatch(cursor: Cursor, sticky: RegExp): RegExpExecArray | null {
  sticky.lastIndex = cursor.at;
  const match = sticky.exec(cursor.source);
  if (match !== null) cursor.at = sticky.lastIndex;
  return match;
}

export function ended(cursor: Cursor): boolean {
  return cursor.at >= cursor.source.length;
}

/** A reader of one thing that may begin here; null: it does not. */
export type Reader = (cursor: Cursor) => PatternTree | null;
