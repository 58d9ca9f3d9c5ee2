// What was prepared for the same patterns before: of a thousand, that takes longer than reading their files from the cache.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { LinePattern } from '../../flakes/signature/line-pattern.ts';
import { prepareLines, type Prepared } from './prepare.ts';

/** One thing that is kept, and gives back either what was last written or nothing. */
export interface KeptBytes {
  /** null: nothing, or what was there is damaged. */
  read(): Buffer | null;
  write(bytes: Uint8Array): void;
}

/** Fewer patterns are prepared as fast as a file is read. */
const fewest = 100;

type Head = Omit<Prepared, 'tables'> & {
  readonly key: string;
  readonly tables: Omit<Prepared['tables'], 'bytes'>;
};

const LF = 0x0a;

/** Of all the code of this folder: what it prepares is of use to no other, and the number of a release does not tell two commits apart. */
function codeDigest(): string {
  const digest = createHash('sha256');
  for (const folder of [new URL('.', import.meta.url), new URL('scan/', import.meta.url)])
    for (const name of readdirSync(folder).sort())
      if (/\.[jt]s$/.test(name)) digest.update(name).update(readFileSync(new URL(name, folder)));
  return digest.digest('hex');
}

function keyOf(patterns: readonly LinePattern[]): string {
  return createHash('sha256').update(codeDigest()).update(JSON.stringify(patterns)).digest('hex');
}

function unpacked(bytes: Buffer, key: string): Prepared | null {
  const end = bytes.indexOf(LF);
  // By its beginning, before anything of it is read: what another wrote may be anything.
  if (!bytes.subarray(0, end).includes(`"key":"${key}"`)) return null;
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as Head;
  return { ...head, tables: { ...head.tables, bytes: bytes.subarray(end + 1) } };
}

function packed({ tables, owners, bare, edged }: Prepared, key: string): Uint8Array {
  const { words, nibbles, runs, bytes } = tables;
  const head: Head = { key, owners, bare, edged, tables: { words, nibbles, runs } };
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), bytes]);
}

/** As `prepareLines`, from what is kept where that is of the same patterns and the same code; else it is kept instead. */
export function keptOrPrepared(patterns: readonly LinePattern[], kept: KeptBytes): Prepared {
  if (patterns.length < fewest) return prepareLines(patterns);
  const key = keyOf(patterns);
  const bytes = kept.read();
  const known = bytes === null ? null : unpacked(bytes, key);
  if (known !== null) return known;
  const prepared = prepareLines(patterns);
  kept.write(packed(prepared, key));
  return prepared;
}
