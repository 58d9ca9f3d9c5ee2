// A folder with a configuration file and what it points to.

import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatFinding } from '../../../src/config/finding.ts';
import { load, type LoadResult } from '../../../src/config/load.ts';

export interface Folder {
  readonly path: string;
  load(text: string | Buffer): Promise<LoadResult>;
  /** The findings as lines, without the name of the file. */
  lines(text: string | Buffer): Promise<string[]>;
  dispose(): Promise<void>;
}

/** With a password in `password` and a folder `signatures`. */
export async function folder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'gearbridge-config-'));
  const file = join(path, 'gearbridge.yaml');
  await writeFile(join(path, 'password'), 'secret\n');
  await mkdir(join(path, 'signatures'));
  const loaded = async (text: string | Buffer): Promise<LoadResult> => {
    await writeFile(file, text);
    return load(file);
  };
  return {
    path,
    load: loaded,
    lines: async (text) =>
      (await loaded(text)).findings.map((one) => formatFinding(one).slice(file.length + 1)),
    dispose: () => rm(path, { recursive: true }),
  };
}

/** A configuration that loads without a finding; the lines that tests replace have one key each. */
export const good = `manager: gate.example.org
gearman: { servers: ["127.0.0.1:4730"] }
buildbot: { url: "http://127.0.0.1:8010" }
fleet:
  stable: ["debian-*"]
  unstable: []
  platforms: { linux: ["*Debian*"], windows: ["*Windows*"] }
jobs:
  - name: gate
    project: cpython
    builders: { tags: ["3.x"] }
    policy: gate
policies:
  gate:
    coverage: { linux: 1 }
`;
