// A copy of the sources with every mutant in it, each behind a switch, so that trying one needs nothing to be compiled again.

import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Mutant } from './mutant.ts';
import type { Scope } from './scope.ts';

const plant = fileURLToPath(new URL('plant.mjs', import.meta.url));
const copied = ['src', 'test', 'package.json', 'tsconfig.json'];
/** Milliseconds for the planting, which takes a few seconds. */
const plantingMost = 120_000;

interface Place {
  readonly line: number;
  readonly column: number;
}

interface Listed extends Omit<Mutant, 'original' | 'line' | 'column'> {
  readonly start: Place;
  readonly end: Place;
}

function textBetween(lines: readonly string[], start: Place, end: Place): string {
  const cut = lines.slice(start.line, end.line + 1);
  // The end first: both may be on one line.
  cut[cut.length - 1] = (cut.at(-1) ?? '').slice(0, end.column);
  cut[0] = (cut[0] ?? '').slice(start.column);
  return cut.join('\n');
}

/** Makes the copy in `to`, which is emptied, and lists the mutants in it. Fails where a file cannot be read or understood. */
export async function plantMutants(scope: Scope, to: string): Promise<readonly Mutant[]> {
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  for (const name of copied) await cp(join(scope.root, name), join(to, name), { recursive: true });
  await symlink(join(scope.root, 'node_modules'), join(to, 'node_modules'));
  const { stdout } = await promisify(execFile)(process.execPath, [plant, scope.root, to, ...scope.code], {
    maxBuffer: 64 * 1024 * 1024,
    timeout: plantingMost,
  });
  const listed = JSON.parse(stdout) as readonly Listed[];
  const texts = new Map<string, readonly string[]>();
  for (const name of scope.code)
    texts.set(name, (await readFile(join(scope.root, name), 'utf8')).split('\n'));
  return listed.map(({ start, end, ...mutant }) => ({
    ...mutant,
    ...start,
    original: textBetween(texts.get(mutant.file) ?? [], start, end),
  }));
}
