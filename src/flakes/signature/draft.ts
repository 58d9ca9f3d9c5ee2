// A first signature for a failure, as the text of a file: somebody looks it over, names the bug and saves it.

import type { Kind } from '../kind.ts';
import { normalise } from '../normalise.ts';

/** What a draft is made of. */
export interface DraftOf {
  readonly kind: Kind;
  readonly testId: string | null;
  readonly exception: string | null;
  readonly message: string | null;
  readonly incident: string;
}

/** Beyond that, a message says nothing more about its cause. */
const longest = 160;
const reviewAfter = 90 * 24 * 60 * 60 * 1_000;
/** What `normalise` puts in the place of what differs. */
const masks = /<(?:hex|uuid|tmp|dir|time|id|port|duration|float|version|abi|n)>/;

/** RE2 source for a text; what is no plain letter may be anything. */
function source(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replace(/[^\x20-\x7e]+/g, '.*');
}

/** In quotes as YAML and JSON read it. Nothing is left in it that acts on a terminal or a page. */
function quoted(text: string): string {
  return JSON.stringify(text.replace(/[^\x20-\x7e]/g, '?'));
}

/** What a leaf asks for: just this text, or a glob where not all of it can be written down. */
function whole(text: string): string {
  return /^[\w. -]{1,900}$/.test(text) ? quoted(text) : `{ glob: ${quoted(text.slice(0, 900))} }`;
}

/** A regex for the first line of a message: what differs from run to run may be anything. null: too little is left. */
function messageRegex(message: string | null): string | null {
  const first = message?.split('\n').find((line) => line.trim() !== '') ?? '';
  const masked = normalise(first);
  // The slash behind a folder may have been a backslash.
  const parts = (first.includes('\\') ? masked.replaceAll('<dir>/', '<dir>') : masked)
    .slice(0, longest)
    .replace(/<[a-z]*$/, '')
    .split(masks);
  if (parts.join('').trim().length < 4) return null;
  // The masks make one blank of all that is blank, and one quote of all quotes.
  const same = [/\s\s|[^\S ]/.test(first) ? ' ' : null, /[\u2018\u2019`\u00b4]/.test(first) ? "'" : null];
  const loose = (text: string): string =>
    same.reduce<string>((rest, each) => (each === null ? rest : rest.replaceAll(each, '.*')), source(text));
  return parts.map(loose).join('.*');
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/**
 * The text of a file in the state `monitor` that names this failure and those like it. null: neither a test nor a text is known.
 *
 * @param now milliseconds since 1970
 */
export function draftSignature(failure: DraftOf, now: number): string | null {
  const { kind, testId, exception, message, incident } = failure;
  const regex = messageRegex(message);
  if (testId === null && regex === null) return null;
  const title = [kind, testId ?? exception ?? 'outside any test'].join(' in ').slice(0, 150);
  const lines = [
    `id: NEW-${incident.replace(/[^A-Za-z0-9]/g, '').slice(0, 8)}`,
    `title: ${quoted(title)}`,
    'bug: null # the link of the report',
    'state: monitor',
    `created: ${day(now)}`,
    `review_by: ${day(now + reviewAfter)}`,
    'match:',
    '  all:',
    `    - kind: ${kind}`,
    ...(testId === null ? [] : [`    - test_id: ${whole(testId)}`]),
    ...(exception === null ? [] : [`    - exception: ${whole(exception)}`]),
    ...(regex === null ? [] : [`    - message: { regex: ${quoted(regex)} }`]),
    'examples: { match: [], no_match: [] } # excerpts beside this file',
  ];
  return `${lines.join('\n')}\n`;
}
