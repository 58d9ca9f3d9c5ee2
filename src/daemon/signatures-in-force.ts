// The signatures that count now. Their folder is looked at every few seconds; what changed is read again. Of a file that broke, what it
// said before stays in force, and that is said once.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { formatFinding } from '../config/finding.ts';
import type { SignatureLoad } from '../config/signatures/load-signatures.ts';
import type { Signature } from '../flakes/signature/signature.ts';
import type { Log } from '../observe/log.ts';

export interface SignaturesInForce {
  /** The same list while they are the same. */
  get(): readonly Signature[];
  /** Looks whether the files changed, and reads them again if they did. */
  refresh(): Promise<void>;
}

interface Parts {
  readonly folder: () => string;
  /** Where what was read is kept, to be read faster. */
  readonly cache: string;
  readonly changed: (signatures: readonly Signature[]) => void;
  readonly log: Log;
}

/** Findings that are written to the log of one reading. */
const mostTold = 20;

/** Names, sizes and times of the files: equal where nothing was written. null: there are none. */
async function stampOf(folder: string): Promise<string | null> {
  try {
    const names = (await readdir(folder)).filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
    if (names.length === 0) return null;
    const stats = await Promise.all(names.map((name) => stat(join(folder, name))));
    const files = stats.map(({ size, mtimeMs }, at) => `${names[at] ?? ''} ${size} ${mtimeMs}`);
    return [folder, ...files].join('\n');
  } catch (error) {
    // Also where a file went away in between: the next look finds the folder settled.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Loaded when there is a signature at all: the engine alone is twenty megabytes. */
async function load({ folder, cache, log }: Parts): Promise<SignatureLoad> {
  const [{ loadLineEngine }, { loadSignatures }, { openCache }] = await Promise.all([
    import('../evidence/match/load-line-engine.ts'),
    import('../config/signatures/load-signatures.ts'),
    import('../config/signatures/cache.ts'),
  ]);
  const engine = await loadLineEngine();
  if (engine.name === 're2js')
    log.warn(
      { why: 'there was no compiler, or no headers of Node' },
      'RE2 was not compiled when this was installed, and signatures are matched more slowly; with a compiler there, run src/evidence/match/build-re2.mjs of the package',
    );
  return loadSignatures([folder()], { engine, cache: openCache(cache, engine.name) });
}

/** Nothing is in force before the first `refresh`. */
export function createSignaturesInForce(parts: Parts): SignaturesInForce {
  const { log, changed } = parts;
  let known: ReadonlyMap<string, Signature> = new Map();
  let list: readonly Signature[] = [];
  let stamp: string | null = null;

  const take = ({ sources, findings }: SignatureLoad): void => {
    const fresh = new Map(sources.map(({ file, signature }) => [file, signature]));
    const ids = new Set(sources.map(({ signature }) => signature.id));
    for (const { file } of findings) {
      const before = known.get(file);
      if (before !== undefined && !fresh.has(file) && !ids.has(before.id)) fresh.set(file, before);
    }
    for (const finding of findings.slice(0, mostTold))
      log.warn(
        { why: formatFinding(finding) },
        'a signature file is wrong; what it said before stays in force',
      );
    known = fresh;
    list = [...known.values()];
    log.info({ count: known.size }, 'read the signatures');
    changed(list);
  };
  return {
    get: () => list,
    async refresh() {
      const now = await stampOf(parts.folder());
      if (now === stamp) return;
      if (now === null) take({ sources: [], findings: [], files: [] });
      else take(await load(parts));
      stamp = now;
    },
  };
}
