// Signatures for tests.

import type { LogLeaf, MatchNode, Signature } from '../../../../src/flakes/signature/signature.ts';

/** A signature with this tree. */
export function aSignature(match: MatchNode, given: Partial<Signature> = {}): Signature {
  return {
    id: 'FLK-1',
    title: 'a flake',
    bug: null,
    owner: null,
    state: 'active',
    created: null,
    reviewBy: null,
    resolved: { at: null, commit: null },
    scope: 'failure',
    verdict: 'flake',
    exonerate: { allowed: true, maxRate: 0.05 },
    suppress: { graph: false, notify: false },
    examples: { match: [], noMatch: [] },
    ...given,
    match,
  };
}

export function fact(
  name: 'kind' | 'test_id' | 'builder' | 'message' | 'exception',
  ...values: string[]
): MatchNode {
  return { node: 'fact', fact: name, test: { how: 'any', values } };
}

export function logLines(texts: readonly string[], within: LogLeaf['within'] = 'failure'): LogLeaf {
  return { node: 'log', sequence: texts.map((text) => ({ kind: 'literal', text })), within };
}
