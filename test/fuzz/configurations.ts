// Configurations as people and programs break them: through the whole loader, from a file.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatFinding } from '../../src/config/finding.ts';
import { load } from '../../src/config/load.ts';
import { maxFindings } from '../../src/config/source.ts';
import { good } from '../unit/config/sample.ts';
import type { Chance } from './chance.ts';
import { expectAtMost, expectFit } from './held.ts';
import { mutateBytes, mutateText } from './mutate.ts';

export interface Place {
  feed(chance: Chance): Promise<number>;
  close(): Promise<void>;
}

export async function openConfigurations(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-fuzz-'));
  await mkdir(join(folder, 'signatures'));
  const file = join(folder, 'gearbridge.yaml');
  return {
    async feed(chance) {
      let text = good;
      for (let left = 1 + chance.whole(3); left > 0; left -= 1) text = mutateText(text, chance);
      await writeFile(file, chance.one(8) ? mutateBytes(Buffer.from(text), chance) : text);
      const { kind, findings } = await load(file);
      expectAtMost(findings.length, maxFindings, 'findings');
      for (const finding of findings) expectFit(formatFinding(finding), 'a finding');
      if (kind === 'refused' && !findings.some(({ level }) => level === 'error'))
        throw new Error('refused without saying why');
      return 1;
    },
    close: () => rm(folder, { recursive: true }),
  };
}
