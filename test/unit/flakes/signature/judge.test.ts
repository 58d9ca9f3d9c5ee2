import { expect } from 'chai';
import fc from 'fast-check';
import { judgeTree, type Judge, type Truth } from '../../../../src/flakes/signature/judge.ts';
import { logPart, looksAtLog } from '../../../../src/flakes/signature/log-part.ts';
import type { MatchNode } from '../../../../src/flakes/signature/signature.ts';

const leaf = (name: string): MatchNode => ({
  node: 'fact',
  fact: 'message',
  test: { how: 'any', values: [name] },
});
const log = (text: string): MatchNode => ({
  node: 'log',
  sequence: [{ kind: 'literal', text }],
  within: 'failure',
});

/** Leaves a to f hold, do not hold, or are not known. */
function judgeOf(truths: Readonly<Record<string, Truth>>): Judge {
  return {
    fact: ({ test }) => (test.how === 'any' ? (truths[test.values[0] ?? ''] ?? null) : null),
    log: ({ sequence: [first] }) => ({
      truth: first?.kind === 'literal' ? (truths[first.text] ?? null) : null,
      lines: [[1]],
    }),
  };
}

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const trees: fc.Arbitrary<MatchNode> = fc.letrec<{ node: MatchNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...names).map(leaf),
    fc.constantFrom(...names).map(log),
    fc.record({
      node: fc.constantFrom('all' as const, 'any' as const, 'none' as const),
      nodes: fc.array(tie('node'), { minLength: 1, maxLength: 4 }),
    }),
  ),
})).node;
const worlds = fc.record(Object.fromEntries(names.map((name) => [name, fc.constantFrom(true, false, null)])));

/** The plain meaning of a tree where everything is known. */
function plain(node: MatchNode, world: Readonly<Record<string, Truth>>): boolean {
  switch (node.node) {
    case 'fact':
    case 'log':
      return judgeTree(node, judgeOf(world)).truth === true;
    case 'all':
      return node.nodes.every((one) => plain(one, world));
    case 'any':
      return node.nodes.some((one) => plain(one, world));
    case 'none':
      return !node.nodes.some((one) => plain(one, world));
  }
}

describe('a match tree', () => {
  it('means what all, any and none say where everything is known', () => {
    fc.assert(
      fc.property(trees, worlds, (tree, world) => {
        const known = Object.fromEntries(
          Object.entries(world).map(([name, truth]) => [name, truth === true]),
        );
        expect(judgeTree(tree, judgeOf(known)).truth).to.equal(plain(tree, known));
      }),
    );
  });

  it('holds only if it holds whatever the unknown leaves are', () => {
    fc.assert(
      fc.property(trees, worlds, (tree, world) => {
        const { truth } = judgeTree(tree, judgeOf(world));
        if (truth === null) return;
        for (const guess of [true, false]) {
          const full = Object.fromEntries(Object.entries(world).map(([name, one]) => [name, one ?? guess]));
          expect(plain(tree, full)).to.equal(truth);
        }
      }),
    );
  });

  it('does not match where a leaf below none is not known', () => {
    const tree: MatchNode = { node: 'all', nodes: [leaf('a'), { node: 'none', nodes: [leaf('b')] }] };

    expect(judgeTree(tree, judgeOf({ a: true, b: false })).truth).to.equal(true);
    expect(judgeTree(tree, judgeOf({ a: true, b: true })).truth).to.equal(false);
    expect(judgeTree(tree, judgeOf({ a: true })).truth).to.equal(null);
  });

  it('tells the lines of every alternative that holds', () => {
    const tree: MatchNode = { node: 'any', nodes: [log('a'), log('b'), log('c')] };

    expect(judgeTree(tree, judgeOf({ a: true, b: false, c: true })).lines).to.deep.equal([[1], [1]]);
    expect(judgeTree({ node: 'none', nodes: [log('b')] }, judgeOf({ b: false })).lines).to.deep.equal([]);
  });
});

describe('the log part of a tree', () => {
  it('takes every other leaf as true and looks at the whole log', () => {
    fc.assert(
      fc.property(trees, worlds, (tree, world) => {
        const known = Object.fromEntries(
          Object.entries(world).map(([name, truth]) => [name, truth === true]),
        );
        const wholeFile: Judge = { fact: () => true, log: (one) => judgeOf(known).log(one) };
        const literal = (node: MatchNode): boolean => {
          switch (node.node) {
            case 'fact':
              return true;
            case 'log':
              return judgeOf(known).log(node).truth === true;
            case 'all':
              return node.nodes.every(literal);
            case 'any':
              return node.nodes.some(literal);
            case 'none':
              return !node.nodes.filter(looksAtLog).some(literal);
          }
        };
        expect(judgeTree(logPart(tree), wholeFile).truth).to.equal(literal(tree));
      }),
    );
  });

  it('does not let an exception that no log can show refuse every log', () => {
    const tree: MatchNode = { node: 'all', nodes: [log('a'), { node: 'none', nodes: [leaf('b')] }] };
    const judge: Judge = { fact: () => true, log: () => ({ truth: true, lines: [[7]] }) };

    expect(judgeTree(logPart(tree), judge)).to.deep.equal({ truth: true, lines: [[7]] });
  });
});
