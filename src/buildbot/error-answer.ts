// The error shapes of BUILDBOT.md section 2, told apart.

import { anyOf, isRow } from './read-json.ts';
import { oneLine } from './one-line.ts';

export type ErrorAnswer =
  /** A JSON-RPC error whose message is an object: field names and what Buildbot has against them. */
  | { readonly kind: 'fields'; readonly sentence: string }
  /** A JSON-RPC error with a code and a text. */
  | { readonly kind: 'rpc'; readonly code: number; readonly sentence: string }
  /** `{"error": …}` without a code: a bad path, a bad query, an invalid origin. */
  | { readonly kind: 'plain'; readonly sentence: string }
  /** Not of Buildbot's making: a proxy's page, something cut, nothing at all. */
  | { readonly kind: 'foreign'; readonly sentence: string };

function fieldSentence(message: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(message)
    .slice(0, 20)
    .map(([name, text]) => `${name}: ${typeof text === 'string' ? text : JSON.stringify(text)}`);
  return oneLine(parts.join('; '), 500);
}

function fromError(error: unknown): ErrorAnswer | null {
  if (typeof error === 'string') return { kind: 'plain', sentence: oneLine(error, 500) };
  if (!isRow(error)) return null;
  const message = anyOf(error, 'message');
  const code = anyOf(error, 'code');
  if (isRow(message) && typeof code === 'number') return { kind: 'fields', sentence: fieldSentence(message) };
  if (typeof message !== 'string') return null;
  const sentence = oneLine(message, 500);
  return typeof code === 'number' ? { kind: 'rpc', code, sentence } : { kind: 'plain', sentence };
}

// A page of a proxy, or a cut body, is no JSON: it is shown as it is.
function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Reads the body of an answer that says no. Never throws. */
export function readErrorAnswer(text: string): ErrorAnswer {
  const body = jsonOrNull(text);
  const known = isRow(body) ? fromError(anyOf(body, 'error')) : null;
  if (known !== null) return known;
  const sentence =
    text.trim() === '' ? 'an empty answer' : `not an answer of Buildbot's: ${oneLine(text, 160)}`;
  return { kind: 'foreign', sentence };
}
