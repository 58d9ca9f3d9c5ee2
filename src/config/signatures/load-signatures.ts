// Signature files, or folders of them, to the signatures that are right and to everything that is wrong with the others.

import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { LineEngine } from '../../flakes/signature/line-pattern.ts';
import type { Signature } from '../../flakes/signature/signature.ts';
import type { Finding, Position } from '../finding.ts';
import { quoted } from '../finding.ts';
import type { KeyPath } from '../keys.ts';
import type { SignatureCache } from './cache.ts';
import { contentDigest } from './kept-file.ts';
import { readSignature } from './read-signature.ts';

/** A signature and the file that it came from. */
export interface SignatureSource {
  /** As it was given, or its folder's path and its name. */
  readonly file: string;
  readonly signature: Signature;
  /** Of the content. */
  readonly digest: string;
}

export interface SignatureLoad {
  /** In the order of the files' names. A file with an error is not among them. */
  readonly sources: readonly SignatureSource[];
  /** Errors; by file and line. */
  readonly findings: readonly Finding[];
  /** The files that were looked at. */
  readonly files: readonly string[];
}

export interface LoadOptions {
  readonly engine: Pick<LineEngine, 'name' | 'refusal'>;
  readonly cache: SignatureCache | null;
}

export const maxFileBytes = 64 * 1024;
export const maxFiles = 10_000;
/** Files read between two looks at other work. */
const batch = 50;

/** The files that a path stands for: itself, or those of a folder that end in .yaml or .yml. @throws the file system's error */
export function signatureFiles(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** Reads signatures. A broken file is named and leaves the others alone. @throws the file system's error where a path is not there */
export async function loadSignatures(paths: readonly string[], options: LoadOptions): Promise<SignatureLoad> {
  const files = [...new Set(paths.flatMap(signatureFiles))];
  const findings: Finding[] = [];
  const read: SignatureSource[] = [];
  for (const [index, file] of files.slice(0, maxFiles).entries()) {
    if (index % batch === batch - 1) await turn();
    const result = await loadOne(file, options);
    if ('signature' in result) read.push(result);
    else findings.push(...result);
  }
  if (files.length > maxFiles) findings.push(tooMany(files));
  const twins = await sameIds(read);
  findings.push(...twins);
  const doubled = new Set(twins.map(({ file }) => file));
  const sources = read.filter(({ file }) => !doubled.has(file));
  const { cache } = options;
  if (cache !== null && sources.some(({ digest }) => cache.get(digest) === undefined)) {
    cache.keep(new Map(sources.map(({ digest, signature }) => [digest, signature])));
  }
  return { sources, findings, files };
}

async function loadOne(
  file: string,
  { engine, cache }: LoadOptions,
): Promise<SignatureSource | readonly Finding[]> {
  const bytes = contentOf(file);
  if (typeof bytes === 'string')
    return [{ file, line: 1, column: 1, key: 'file', sentence: bytes, level: 'error' }];
  const digest = contentDigest(bytes);
  const known = cache?.get(digest);
  if (known !== undefined) return { file, signature: known, digest };
  const reading = await readSignature(bytes.toString('utf8'), (source) => engine.refusal(source));
  if (reading.kind === 'read') return { file, signature: reading.signature, digest };
  return reading.remarks.map((remark) => ({ ...remark, file, level: 'error' }));
}

/** The bytes, or what is wrong with the file. */
function contentOf(file: string): Buffer | string {
  try {
    // Without O_NONBLOCK the opening of a pipe waits for its writer.
    const handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = fstatSync(handle);
      const { size } = status;
      if (!status.isFile()) return 'is no file, expected a YAML file';
      if (size > maxFileBytes) return `is too long (${size} bytes), expected 64 KiB at most`;
      const bytes = Buffer.alloc(size);
      const got = readSync(handle, bytes, 0, size, 0);
      return isUtf8(bytes) ? bytes.subarray(0, got) : 'is no UTF-8 text, expected a YAML file';
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `cannot be read (${why}), expected a YAML file`;
  }
}

function tooMany(files: readonly string[]): Finding {
  const sentence = `is one of ${files.length} files, expected at most ${maxFiles}; this one and those after it are not used`;
  return { file: files[maxFiles] ?? '', line: 1, column: 1, key: 'file', sentence, level: 'error' };
}

/** A finding for each file that shares its id: nobody can tell which one was meant. */
async function sameIds(sources: readonly SignatureSource[]): Promise<readonly Finding[]> {
  const byId = new Map<string, SignatureSource[]>();
  for (const source of sources) {
    const same = byId.get(source.signature.id);
    if (same === undefined) byId.set(source.signature.id, [source]);
    else same.push(source);
  }
  const findings: Finding[] = [];
  for (const [id, same] of byId) {
    for (const { file } of same.length > 1 ? same : []) {
      const other = same.find((one) => one.file !== file)?.file ?? '';
      const sentence = `is ${quoted(id)}, the id of ${other} as well, expected each id once`;
      findings.push({ ...(await positionIn(file, ['id'])), file, key: 'id', sentence, level: 'error' });
    }
  }
  return findings;
}

/** Where a key stands in a file that was read before; its beginning where the file has changed since. */
export async function positionIn(file: string, path: KeyPath): Promise<Position> {
  const { readSource } = await import('../source.ts');
  const bytes = contentOf(file);
  const reading = readSource(typeof bytes === 'string' ? '' : bytes.toString('utf8'), 'a signature');
  if (reading.kind === 'refused') return { line: 1, column: 1 };
  const { line, column } = reading.source.at(path);
  return { line, column };
}
