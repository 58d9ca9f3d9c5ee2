// What is unusual about a signature that is right: what a reviewer would ask.

import type { LinePattern } from '../../flakes/signature/line-pattern.ts';
import type { MatchNode, Signature, ValueTest } from '../../flakes/signature/signature.ts';
import type { KeyPath } from '../keys.ts';

export interface Warning {
  /** Where the file is to be pointed at. */
  readonly path: KeyPath;
  readonly key: string;
  readonly sentence: string;
}

/** Patterns that look into logs without so many bytes in a row slow every log down (SPEED.md). */
export const literalBytes = 7;

interface Known {
  /** Such as `2026-11-21`. */
  readonly today: string;
  /** How many bytes in a row every line has on which a pattern occurs. */
  readonly requiredBytes: (pattern: LinePattern) => number;
}

function warning(key: string, sentence: string): Warning {
  return { path: key.split('.'), key, sentence };
}

/** Warnings on one signature. */
export function warningsOf(signature: Signature, known: Known): readonly Warning[] {
  return [...passports(signature, known.today), ...trees(signature, known)];
}

/** What a reviewed file should say about itself. */
function passports(signature: Signature, today: string): readonly Warning[] {
  const { id, title, bug, state, reviewBy, resolved, examples } = signature;
  const found: Warning[] = [];
  const inForce = state === 'monitor' || state === 'active';
  if (title === id) found.push(warning('title', 'is missing, expected one line that says what is seen'));
  if (state === 'active' && bug === null) {
    found.push(
      warning('bug', 'is missing, expected the link of the bug that an active signature stands for'),
    );
  }
  if (inForce && reviewBy !== null && reviewBy < today) {
    found.push(warning('review_by', `is past (${reviewBy}), expected a new day, or state: expired`));
  }
  if (state === 'active' && reviewBy === null) {
    found.push(
      warning('review_by', 'is missing, expected the day on which an active signature is looked at again'),
    );
  }
  if (state === 'resolved' && resolved.at === null && resolved.commit === null) {
    found.push(warning('resolved', 'says neither at nor commit, expected since when a hit is a regression'));
  }
  if (state === 'active' && (examples.match.length === 0 || examples.noMatch.length === 0)) {
    found.push(
      warning('examples', 'are missing, expected for an active signature a match and a no_match at least'),
    );
  }
  return found;
}

function trees(
  { match, verdict, exonerate, state }: Signature,
  { requiredBytes }: Known,
): readonly Warning[] {
  const found: Warning[] = [];
  if (verdict !== 'worker' && namesWorker(match)) {
    found.push(
      warning('match', 'names a worker, expected that only with verdict: worker, for the file may be public'),
    );
  }
  for (const pattern of slow(match, requiredBytes)) {
    const text = JSON.stringify(pattern.kind === 'regex' ? pattern.source : pattern.text);
    const least = `expected ${literalBytes} bytes in a row that every such line has`;
    found.push(warning('match', `looks in logs for ${text}, which slows every log down, ${least}`));
  }
  if (state === 'active' && exonerate.allowed && !narrows(match)) {
    const expected = 'expected a kind, test_id, exception or message beside it';
    found.push(warning('match', `names every failure of a build that prints a text, ${expected}`));
  }
  return found;
}

function slow(node: MatchNode, requiredBytes: Known['requiredBytes']): readonly LinePattern[] {
  switch (node.node) {
    case 'fact':
      return [];
    case 'log':
      return node.sequence.filter((pattern) => requiredBytes(pattern) < literalBytes);
    case 'all':
    case 'any':
    case 'none':
      return node.nodes.flatMap((inner) => slow(inner, requiredBytes));
  }
}

function namesWorker(node: MatchNode): boolean {
  if (node.node === 'fact') return node.fact === 'worker' && !isOpen(node.test);
  return node.node !== 'log' && node.nodes.some(namesWorker);
}

/** A pattern for many workers names none. */
function isOpen(test: ValueTest): boolean {
  return test.how === 'glob' && test.glob.startsWith('*');
}

const narrowing: ReadonlySet<string> = new Set(['kind', 'test_id', 'exception', 'message']);

/** Whether a failure has to be of a certain sort, or the text to stand in it. */
function narrows(node: MatchNode): boolean {
  switch (node.node) {
    case 'fact':
      return narrowing.has(node.fact);
    case 'log':
      return node.within === 'failure';
    case 'all':
      return node.nodes.some(narrows);
    case 'any':
      return node.nodes.every(narrows);
    case 'none':
      return false;
  }
}
