// The signatures for a command that works on files alone.

import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Finding } from '../config/finding.ts';
import type { SignatureCache } from '../config/signatures/cache.ts';
import type { KeptFile } from '../config/signatures/kept-file.ts';
import type { SignatureLoad } from '../config/signatures/load-signatures.ts';
import type { LineEngine } from '../flakes/signature/line-pattern.ts';
import type { SignatureSet } from '../flakes/signature/signature-set.ts';
import { CommandError, exitCodes } from './exit.ts';
import type { Call } from './terminal.ts';

/** A file for what was made of these paths, below $XDG_CACHE_HOME. */
function cacheFile({ terminal }: Call, paths: readonly string[]): string {
  const given = terminal.env['XDG_CACHE_HOME'];
  const folder = given === undefined || given === '' ? join(homedir(), '.cache') : given;
  const name = createHash('sha256')
    .update(paths.map((path) => resolve(path)).join('\0'))
    .digest('hex')
    .slice(0, 16);
  return join(folder, 'gearbridge', `signatures-${name}`);
}

/** Where the compiled patterns of a path are kept. */
export async function keptPatterns(call: Call, path: string): Promise<KeptFile> {
  const { keptFile } = await import('../config/signatures/kept-file.ts');
  return keptFile(`${cacheFile(call, [path])}-patterns`);
}

async function openCacheFor(call: Call, paths: readonly string[], engine: string): Promise<SignatureCache> {
  const { openCache } = await import('../config/signatures/cache.ts');
  return openCache(cacheFile(call, paths), engine);
}

/** Reads signature files or folders. `cached`: what was read before is not read again. Ends with 6 where a path is not there. */
export async function readSignatures(
  call: Call,
  paths: readonly string[],
  { engine, cached }: { readonly engine: LineEngine; readonly cached: boolean },
): Promise<SignatureLoad> {
  const { loadSignatures } = await import('../config/signatures/load-signatures.ts');
  const cache = cached ? await openCacheFor(call, paths, engine.name) : null;
  return loadSignatures(paths, { engine, cache }).catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const why = error instanceof Error ? error.message : String(error);
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new CommandError(
      missing ? exitCodes.notFound : code === 'EACCES' ? exitCodes.notPermitted : exitCodes.usage,
      `cannot read the signatures: ${why}; give a signature file or the folder that they are in`,
    );
  });
}

/** Says what is wrong with signature files, and that the others are used all the same. */
export async function warn({ terminal }: Call, findings: readonly Finding[]): Promise<void> {
  if (findings.length === 0) return;
  const { formatFinding } = await import('../config/finding.ts');
  for (const finding of findings) terminal.err(`${formatFinding(finding)}\n`);
  terminal.err('gearbridge: the files named above are not used; the other signatures are\n');
}

/** The signatures of a folder or file, ready to match. What is broken is said and left out. */
export async function signatureSet(call: Call, path: string): Promise<SignatureSet> {
  const [{ loadLineEngine }, { createSignatureSet }] = await Promise.all([
    import('../evidence/match/load-line-engine.ts'),
    import('../flakes/signature/signature-set.ts'),
  ]);
  const engine = await loadLineEngine();
  const { sources, findings } = await readSignatures(call, [path], { engine, cached: true });
  await warn(call, findings);
  return createSignatureSet(
    sources.map(({ signature }) => signature),
    engine,
  );
}
