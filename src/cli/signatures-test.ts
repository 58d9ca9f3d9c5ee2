// `gearbridge signatures test FILE|DIR --log FILE…`: which signatures occur where in whole files, taken as raw bytes (FLAKES.md 6.1).
// What it imports is little, and the files are read with few calls, for a thousand signatures over 100 MB are to take less time than
// a search without signatures does.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { loadLineEngine } from '../evidence/match/load-line-engine.ts';
import { createFileScanner, type FileMatch, type FileScan } from '../flakes/signature/scan.ts';
import { CommandError, exitCodes, type ExitCode } from './exit.ts';
import { optimizeLate } from './optimize-late.ts';
import { keptPatterns, readSignatures, warn } from './signature-set.ts';
import type { Call } from './terminal.ts';
import { jsonText } from './text.ts';

export interface SignaturesTest {
  readonly path: string;
  readonly logs: readonly string[];
}

const chunkSize = 1024 * 1024;
/** Matches put out in one piece. */
const batch = 10_000;

interface Found extends FileMatch {
  readonly file: string;
}

function refused(file: string, error: unknown): CommandError {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const why = error instanceof Error ? error.message : String(error);
  const text = `cannot read the log ${file}: ${why}; give the path of a saved log`;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new CommandError(exitCodes.notFound, text);
  return new CommandError(code === 'EACCES' ? exitCodes.notPermitted : exitCodes.usage, text);
}

/** Passes a file through a scan and returns its size. */
function scanFile(file: string, scan: FileScan): number {
  const handle = openSync(file, 'r');
  try {
    if (fstatSync(handle).isDirectory()) throw new Error('it is a folder');
    const buffer = Buffer.allocUnsafe(chunkSize);
    let bytes = 0;
    for (;;) {
      const size = readSync(handle, buffer, 0, chunkSize, null);
      if (size === 0) break;
      bytes += size;
      scan.write(buffer.subarray(0, size));
    }
    scan.end();
    return bytes;
  } finally {
    closeSync(handle);
  }
}

function matchText({ signature, file, line }: Found): string {
  return jsonText({ signature, file, line }, 0);
}

/** The document in pieces: there may be millions of matches. */
function* documentOf(matches: readonly Found[], rest: { readonly bytes: number; readonly seconds: number }) {
  yield '{"matches":[';
  for (let from = 0; from < matches.length; from += batch) {
    const piece = matches
      .slice(from, from + batch)
      .map(matchText)
      .join(',\n');
    yield `${from === 0 ? '\n' : ',\n'}${piece}`;
  }
  yield `],\n"bytes":${rest.bytes},"seconds":${rest.seconds}}\n`;
}

/** 0 when all was read, whether anything matches or not; 6 when a file is not there. */
export async function signaturesTest(call: Call, { path, logs }: SignaturesTest): Promise<ExitCode> {
  const { terminal, common } = call;
  const started = performance.now();
  optimizeLate();
  const engine = await loadLineEngine(await keptPatterns(call, path));
  const { sources, findings } = await readSignatures(call, [path], { engine, cached: true });
  await warn(call, findings);
  const signatures = sources.map(({ signature }) => signature);
  const begin = createFileScanner(signatures, engine);
  const matches: Found[] = [];
  let bytes = 0;
  for (const file of [...new Set(logs)].sort()) {
    const scan = begin();
    try {
      bytes += scanFile(file, scan);
    } catch (error) {
      throw refused(file, error);
    }
    for (const match of scan.matches()) matches.push({ ...match, file });
  }
  const seconds = Math.round(performance.now() - started) / 1_000;
  if (common.json) for (const piece of documentOf(matches, { bytes, seconds })) terminal.out(piece);
  else await print(call, { matches, bytes, seconds, signatures: signatures.length });
  return exitCodes.yes;
}

interface Outcome {
  readonly matches: readonly Found[];
  readonly bytes: number;
  readonly seconds: number;
  readonly signatures: number;
}

async function print({ terminal }: Call, { matches, bytes, seconds, signatures }: Outcome): Promise<void> {
  const { visible } = await import('../views/text.ts');
  for (let from = 0; from < matches.length; from += batch) {
    const rows = matches
      .slice(from, from + batch)
      .map(({ file, line, signature }) => `${visible(file)}:${line}: ${signature}\n`);
    terminal.out(rows.join(''));
  }
  terminal.out(`${matches.length} matches of ${signatures} signatures in ${bytes} bytes, ${seconds} s\n`);
}
