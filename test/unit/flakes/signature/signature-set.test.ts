import { expect } from 'chai';
import type { Facts } from '../../../../src/flakes/signature/fact-judge.ts';
import { createSignatureSet, speaker } from '../../../../src/flakes/signature/signature-set.ts';
import type { MatchNode, Signature } from '../../../../src/flakes/signature/signature.ts';
import { aSignature, fact, logLines } from './a-signature.ts';
import { plainEngine } from './plain-engine.ts';

const text = `one
test_a starts
in _read_status
and recv_into
the end
`;
const facts: Facts = {
  kind: 'timeout',
  test_id: 'test_http.T.test_a',
  exception: null,
  message: 'no answer\nafter 30 s',
};

interface Asked {
  readonly facts?: Facts;
  readonly lines?: readonly [number, number];
  readonly log?: string;
  readonly other?: string;
}

function matches(signatures: readonly Signature[], asked: Asked = {}) {
  const set = createSignatureSet(signatures, plainEngine);
  const hitsOf = (log: string) => {
    const watch = set.watch('raw');
    watch.write(Buffer.from(log));
    watch.end();
    return watch.hits;
  };
  const others = asked.other === undefined ? [] : [hitsOf(asked.other)];
  const place = { lines: asked.lines ?? ([2, 4] as const), step: hitsOf(asked.log ?? text), others };
  return set.match([{ facts: asked.facts ?? facts, place }])[0] ?? [];
}
const named = (match: MatchNode, asked: Asked = {}): boolean =>
  matches([aSignature(match)], asked).length === 1;
const all = (...nodes: MatchNode[]): MatchNode => ({ node: 'all', nodes });

describe('a set of signatures', () => {
  it('compares a fact as a whole, by a glob, or by an unanchored regex on each of its lines', () => {
    expect(named(fact('kind', 'crash', 'timeout'))).to.equal(true);
    expect(named(fact('message', 'no answer'))).to.equal(false);
    const glob: MatchNode = {
      node: 'fact',
      fact: 'test_id',
      test: { how: 'glob', glob: 'test_http*.test_?' },
    };
    expect(named(glob)).to.equal(true);
    const regex = (source: string): MatchNode => ({
      node: 'fact',
      fact: 'message',
      test: { how: 'regex', source },
    });
    expect(named(regex('^after \\d+ s$'))).to.equal(true);
    expect(named(regex('answer.*after'))).to.equal(false);
    expect(named(all(regex('^after'), { node: 'none', nodes: [regex('30')] }))).to.equal(false);
  });

  it('does not match on a fact that is not known, and knows that there is no exception', () => {
    expect(named(fact('builder', 'x'))).to.equal(false);
    expect(named({ node: 'none', nodes: [fact('builder', 'x')] })).to.equal(false);
    expect(named({ node: 'none', nodes: [fact('exception', 'MemoryError')] })).to.equal(true);
  });

  it('looks for log lines in the failure, in its step or in all the logs of the build', () => {
    expect(named(logLines(['recv_into']))).to.equal(true);
    expect(named(logLines(['recv_into']), { lines: [1, 3] })).to.equal(false);
    expect(named(logLines(['the end']))).to.equal(false);
    expect(named(logLines(['the end'], 'step'))).to.equal(true);
    expect(named(logLines(['git: 503'], 'step'), { other: 'git: 503\n' })).to.equal(false);
    expect(named(logLines(['git: 503'], 'log'), { other: 'git: 503\n' })).to.equal(true);
  });

  it('does not match inside a failure that no log shows, nor deny it', () => {
    expect(named(logLines(['recv_into']), { lines: [0, 0] })).to.equal(false);
    expect(named({ node: 'none', nodes: [logLines(['recv_into'])] }, { lines: [0, 0] })).to.equal(false);
  });

  it('finds lines in their order only, and tells on which they stand', () => {
    expect(matches([aSignature(logLines(['_read_status', 'recv_into']))])[0]?.lines).to.deep.equal([3, 4]);
    expect(named(logLines(['recv_into', '_read_status']))).to.equal(false);
  });

  it('takes the letter of the stream and terminal sequences off first', () => {
    const set = createSignatureSet([aSignature(logLines(['out of space']))], plainEngine);
    const watch = set.watch('contents');
    for (const byte of Buffer.from('oout o\u001b[31mf space\nhout of space\n'))
      watch.write(Uint8Array.of(byte));
    watch.end();

    expect(Array.from(watch.hits.lines(0))).to.deep.equal([1, 2]);
  });

  it('does not take a text for absent that occurs too often to be kept', () => {
    const flood = `${'noise\n'.repeat(6_000)}test\nnoise\n`;
    const place = { log: flood, lines: [6_001, 6_002] } as const;

    expect(named(logLines(['noise']), place)).to.equal(false);
    expect(named({ node: 'none', nodes: [logLines(['noise'])] }, place)).to.equal(false);
    expect(named(logLines(['noise'], 'step'), place)).to.equal(true);
  });

  it('gives every signature that matches, the narrowest first, ties by id', () => {
    const wide = aSignature(fact('kind', 'timeout'), { id: 'C' });
    const narrow = aSignature(all(fact('kind', 'timeout'), fact('test_id', 'test_http.T.test_a')), {
      id: 'Z',
    });
    const tie = aSignature(fact('kind', 'timeout'), { id: 'B' });
    const found = matches([wide, narrow, tie, aSignature(fact('kind', 'crash'), { id: 'A' })]);

    expect(found.map(({ signature }) => signature.id)).to.deep.equal(['Z', 'B', 'C']);
    expect(found[1]?.specificity).to.equal(found[2]?.specificity);
  });

  it('lets a fixed signature that is back speak first, then an active one, then the narrowest', () => {
    const at = (id: string, state: Signature['state']) => aSignature(fact('kind', 'timeout'), { id, state });
    const found = matches([at('A', 'monitor'), at('B', 'active'), at('C', 'resolved')]);

    expect(speaker(found, () => true)?.signature.id).to.equal('C');
    expect(speaker(found, () => false)?.signature.id).to.equal('B');
    expect(speaker(matches([at('A', 'monitor')]), () => true)?.signature.id).to.equal('A');
    expect(speaker([], () => true)).to.equal(null);
  });
});
