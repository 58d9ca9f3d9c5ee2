import { expect } from 'chai';
import { createFileScanner } from '../../../../src/flakes/signature/scan.ts';
import type { MatchNode, Signature } from '../../../../src/flakes/signature/signature.ts';
import { aSignature, fact, logLines } from './a-signature.ts';
import { plainEngine } from './plain-engine.ts';

function scan(text: string, signatures: readonly Signature[]): string[] {
  const file = createFileScanner(signatures, plainEngine)();
  file.write(Buffer.from(text));
  file.end();
  return file.matches().map(({ signature, line }) => `${line} ${signature}`);
}
const both = (...nodes: MatchNode[]): MatchNode => ({ node: 'all', nodes });

describe('the scan of a whole file', () => {
  it('puts out every line and signature once, by line and then by signature', () => {
    const pair = logLines(['alpha', 'beta']);
    const twice: MatchNode = { node: 'any', nodes: [logLines(['alpha']), logLines(['alph'])] };
    const signatures = [aSignature(twice, { id: 'B' }), aSignature(pair, { id: 'A' })];

    expect(scan('alpha\nx\nalpha beta\nbeta', signatures)).to.deep.equal(['1 A', '1 B', '3 A', '3 B', '4 A']);
  });

  it('judges none by the end of the file, and other leaves as true', () => {
    const match = both(logLines(['alpha']), fact('kind', 'crash'), {
      node: 'none',
      nodes: [logLines(['omega'])],
    });

    expect(scan('alpha\n', [aSignature(match)])).to.deep.equal(['1 FLK-1']);
    expect(scan('alpha\nomega\n', [aSignature(match)])).to.deep.equal([]);
  });

  it('keeps more hits than are kept of a log, and says nothing for a signature without a log leaf', () => {
    const signatures = [aSignature(logLines(['a'])), aSignature(fact('kind', 'crash'), { id: 'X' })];

    expect(scan('a\n'.repeat(7_000), signatures)).to.have.lengthOf(7_000);
  });
});
