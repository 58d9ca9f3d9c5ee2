// What each key of a signature file expects: for the messages, and for the list in config/signatures/README.md.

import { kinds } from '../../flakes/kind.ts';
import { factNames } from '../../flakes/signature/signature.ts';
import type { KeyGuide, KeyPath } from '../keys.ts';

const test = 'a text, a list of texts, or one of equals, any, glob, regex';
const texts = 'a list of at least one text';
const nodes = 'a list of conditions, each a mapping such as `kind: timeout`';
const day = 'a day such as 2026-11-21';
const path = 'the path of a file in this folder or below it';

const top: Readonly<Record<string, string>> = {
  id: 'a letter, then up to 63 letters, digits, dots, hyphens and underscores',
  title: 'a text of at most 200 characters',
  bug: 'an http or https URL, without user',
  owner: 'a text',
  state: 'monitor, active, resolved or expired',
  created: day,
  review_by: day,
  resolved: 'a mapping with at and commit',
  'resolved.at': day,
  'resolved.commit': '7 to 64 hexadecimal digits',
  scope: 'failure or build',
  match: 'a mapping of all, any, none or of leaves such as kind, test_id, message and log',
  verdict: 'flake, infra, worker or known-broken',
  exonerate: 'a mapping with allowed and max_rate',
  'exonerate.allowed': 'true or false',
  'exonerate.max_rate': 'a number from 0 to 1',
  suppress: 'a mapping with graph and notify',
  'suppress.graph': 'true or false',
  'suppress.notify': 'true or false',
  examples: 'a mapping with match and no_match',
  'examples.match': 'a list of paths',
  'examples.match.[]': path,
  'examples.no_match': 'a list of paths',
  'examples.no_match.[]': path,
};

const leaf: Readonly<Record<string, string>> = {
  '[]': 'a text',
  equals: 'a text',
  any: texts,
  'any.[]': 'a text',
  glob: 'a glob, as text',
  regex: 'an RE2 regex, as text',
};

const node: Readonly<Record<string, string>> = {
  '': 'a mapping of all, any, none or of leaves such as kind, test_id, message and log',
  all: nodes,
  any: nodes,
  none: nodes,
  ...Object.fromEntries(factNames.flatMap((fact) => leafKeys(fact, leaf))),
  ...Object.fromEntries(
    leafKeys('log', { ...leaf, lines: texts, 'lines.[]': 'a text', within: 'failure, step or log' }),
  ),
  kind: `a kind, a list of kinds, or one of equals, any, glob, regex; kinds are ${kinds.join(', ')}`,
  'kind.[]': `one of ${kinds.join(', ')}`,
  'kind.equals': `one of ${kinds.join(', ')}`,
  'kind.any.[]': `one of ${kinds.join(', ')}`,
  log: 'a text, a list of texts, or one of equals, any, glob, regex, lines',
};

function leafKeys(name: string, keys: Readonly<Record<string, string>>): (readonly [string, string])[] {
  return [
    [name, test],
    ...Object.entries(keys).map(([key, expects]) => [`${name}.${key}`, expects] as const),
  ];
}

/** The table that a path is to be looked up in, and the path there: a match tree is the same at every depth. */
function placed(path: KeyPath): readonly [Readonly<Record<string, string>>, string] {
  const parts = path.map((part) => (typeof part === 'number' ? '[]' : part));
  if (parts[0] !== 'match') return [top, parts.join('.')];
  let at = 1;
  while (['all', 'any', 'none'].includes(parts[at] ?? '') && parts[at + 1] === '[]') at += 2;
  return [node, parts.slice(at).join('.')];
}

/** What is known of the keys of a signature file. */
export const signatureGuide: KeyGuide = {
  expectation(path) {
    const [table, key] = placed(path);
    return table[key] ?? '';
  },
  keysIn(path) {
    const [table, key] = placed(path);
    const start = key === '' ? '' : `${key}.`;
    return Object.keys(table)
      .filter((name) => name !== '' && name.startsWith(start))
      .map((name) => name.slice(start.length))
      .filter((name) => name !== '[]' && !name.includes('.'));
  },
};
