// A checked file to the signature that the rules work with.

import type { LinePattern } from '../../flakes/signature/line-pattern.ts';
import {
  factNames,
  type FactName,
  type MatchNode,
  type Signature,
  type ValueTest,
  type Within,
} from '../../flakes/signature/signature.ts';
import type { NodeFile, SignatureFile } from './schema.ts';

/** The signature that a file describes. */
export function signatureOf(file: SignatureFile): Signature {
  const { id, title, bug, owner, state, created, review_by, resolved, scope, verdict, suppress } = file;
  const { exonerate, examples } = file;
  return {
    id,
    title: title ?? id,
    bug: bug ?? null,
    owner: owner ?? null,
    state,
    created: created ?? null,
    reviewBy: review_by ?? null,
    resolved: { at: resolved?.at ?? null, commit: resolved?.commit ?? null },
    scope,
    match: nodeOf(file.match, scope === 'build' ? 'log' : 'failure'),
    verdict,
    exonerate: { allowed: exonerate.allowed, maxRate: exonerate.max_rate },
    suppress,
    examples: { match: examples.match, noMatch: examples.no_match },
  };
}

/** Several keys of one mapping must all hold. */
function nodeOf(file: NodeFile, within: Within): MatchNode {
  const nodes: MatchNode[] = [];
  for (const name of factNames) {
    const condition = file[name];
    if (condition !== undefined) nodes.push({ node: 'fact', fact: name, test: testOf(condition) });
  }
  if (file.log !== undefined) nodes.push(logOf(file.log, within));
  for (const name of ['all', 'any', 'none'] as const) {
    const inner = file[name]?.map((one) => nodeOf(one, within));
    if (inner === undefined) continue;
    if (name === 'all') nodes.push(...inner);
    else nodes.push({ node: name, nodes: inner });
  }
  const [only] = nodes;
  return nodes.length === 1 && only !== undefined ? only : { node: 'all', nodes };
}

type Condition = NonNullable<NodeFile[FactName]>;

function testOf(condition: Condition): ValueTest {
  if (typeof condition !== 'object') return { how: 'any', values: [String(condition)] };
  if (Array.isArray(condition)) return { how: 'any', values: condition.map(String) };
  const { equals, any, glob, regex } = condition;
  if (glob !== undefined) return { how: 'glob', glob };
  if (regex !== undefined) return { how: 'regex', source: regex };
  return { how: 'any', values: (any ?? [equals ?? '']).map(String) };
}

type LogCondition = NonNullable<NodeFile['log']>;

function logOf(condition: LogCondition, scope: Within): MatchNode {
  if (typeof condition === 'string') return logOf({ equals: condition }, scope);
  if (Array.isArray(condition)) return logOf({ any: condition }, scope);
  const { equals, any, glob, regex, lines, within = scope } = condition;
  const leaf = (...sequence: readonly LinePattern[]): MatchNode => ({ node: 'log', sequence, within });
  const line = (source: string): MatchNode => leaf({ kind: 'regex', source });
  if (lines !== undefined) return leaf(...lines.map((text) => ({ kind: 'literal', text }) as const));
  if (regex !== undefined) return line(regex);
  if (glob !== undefined)
    return line(`^${quotedSource(glob).replaceAll('\\*', '.*').replaceAll('\\?', '.')}$`);
  const values = any ?? [equals ?? ''];
  const whole = values.map((text) => line(`^${quotedSource(text)}$`));
  const [only] = whole;
  return whole.length === 1 && only !== undefined ? only : { node: 'any', nodes: whole };
}

/** RE2 source that stands for just this text. */
function quotedSource(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
