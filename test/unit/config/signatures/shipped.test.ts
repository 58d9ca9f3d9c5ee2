// The signatures that are shipped, held to their own examples by the real engine.

import { expect } from 'chai';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSignatures } from '../../../../src/config/signatures/load-signatures.ts';
import { explainLog } from '../../../../src/evidence/explain-log.ts';
import { loadLineEngine } from '../../../../src/evidence/match/load-line-engine.ts';
import { excerptPart } from '../../../../src/flakes/signature/log-part.ts';
import { createSignatureSet } from '../../../../src/flakes/signature/signature-set.ts';
import { gearbridge } from '../../../../src/cli/program.ts';
import { createTerminal } from '../../cli/terminal.ts';

const folder = fileURLToPath(new URL('../../../../config/signatures', import.meta.url));

async function shipped() {
  const engine = await loadLineEngine();
  return { engine, ...(await loadSignatures([folder], { engine, cache: null })) };
}

describe('the signatures that are shipped', function () {
  this.timeout(20_000);

  it('are twenty at least, and lint has nothing to say against them', async () => {
    const terminal = createTerminal({ env: {} });
    const code = await gearbridge(['signatures', 'lint', folder], terminal);

    expect(terminal.written.out).to.match(/^(2\d|[3-9]\d) files: nothing to say against\n$/);
    expect(code).to.equal(0);
  });

  it('only watch, and each has its public source and an excerpt on either side', async () => {
    const { sources } = await shipped();

    for (const { signature } of sources) {
      expect(signature, signature.id).to.include({ state: 'monitor' });
      expect(signature.bug, signature.id).to.match(
        /^https:\/\/github\.com\/(python|buildbot)\/[a-z-]+\/(issues|pull)\/\d+$/,
      );
      expect(signature.examples.match, signature.id).to.not.be.empty;
      expect(signature.examples.noMatch, signature.id).to.not.be.empty;
    }
  });

  it('leave the excerpts of one another alone, and no excerpt is without a signature', async () => {
    const { sources, engine } = await shipped();
    const all = sources.map(({ signature }) => ({ ...signature, match: excerptPart(signature.match) }));
    const signatures = createSignatureSet(all, engine);
    const used = all.flatMap(({ examples }) => [...examples.match, ...examples.noMatch]);
    async function* input() {}
    const given = {
      input: input(),
      format: 'auto',
      junit: null,
      builder: null,
      platform: null,
      signatures,
    } as const;

    expect((await readdir(join(folder, 'examples'))).map((name) => `examples/${name}`)).to.have.members(used);
    for (const { id, examples } of all) {
      for (const name of examples.match) {
        const { matches } = await explainLog({ ...given, log: join(folder, name) });
        expect(
          matches.flat().map(({ signature }) => signature.id),
          name,
        ).to.deep.equal([id]);
      }
    }
  });
});
