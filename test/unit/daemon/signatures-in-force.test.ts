// Signatures that come, change, break and go while the daemon runs.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSignaturesInForce, type SignaturesInForce } from '../../../src/daemon/signatures-in-force.ts';
import { createLog } from '../../../src/observe/log.ts';

const file = (id: string, title: string): string => `id: ${id}
title: ${title}
state: active
created: 2026-11-21
review_by: 2030-01-01
match:
  all:
    - test_id: { glob: "test_a.*" }
verdict: flake
exonerate: { allowed: true, max_rate: 0.05 }
`;

describe('the signatures in force', () => {
  let folder: string;
  let told: string[];
  let changes: number;
  let signatures: SignaturesInForce;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'signatures-'));
    told = [];
    changes = 0;
    signatures = createSignaturesInForce({
      folder: () => folder,
      cache: join(folder, 'cache'),
      changed: () => (changes += 1),
      log: await createLog({ level: 'warn', write: (line) => told.push(line) }),
    });
  });
  afterEach(() => rm(folder, { recursive: true }));

  const titles = async (): Promise<readonly string[]> => {
    await signatures.refresh();
    return signatures.get().map(({ id, title }) => `${id} ${title}`);
  };

  it('follow their files, and are read again only where a file changed', async () => {
    expect(await titles()).to.deep.equal([]);
    await writeFile(join(folder, 'a.yaml'), file('FLK-1', 'first'));
    expect(await titles()).to.deep.equal(['FLK-1 first']);
    await signatures.refresh();
    expect(changes).to.equal(1);
    await rm(join(folder, 'a.yaml'));
    expect(await titles()).to.deep.equal([]);
    expect(changes).to.equal(2);
  });

  it('keep what a file said before it broke, and say what is wrong with it', async () => {
    await writeFile(join(folder, 'a.yaml'), file('FLK-1', 'first'));
    await writeFile(join(folder, 'b.yaml'), file('FLK-2', 'second'));
    await titles();
    await writeFile(join(folder, 'a.yaml'), 'id: [\n');
    await writeFile(join(folder, 'b.yaml'), file('FLK-2', 'the second'));

    expect(await titles()).to.have.members(['FLK-1 first', 'FLK-2 the second']);
    expect(told.join('')).to.match(/a\.yaml:\d+:\d+/);
  });
});
