// What the matching bars run on: logs of real regrtest output between generated lines, and folders of signatures.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LinePattern } from '../../src/flakes/signature/line-pattern.ts';
import type { Cleanup } from './cleanup.ts';
import { seededLog, seededPatterns } from './match-corpus.ts';

/** ripgrep on bytes, on one thread, with limits that no set of ours reaches. */
export const ripgrep = [
  '-j1',
  '--no-unicode',
  '--no-config',
  '--dfa-size-limit',
  '1G',
  '--regex-size-limit',
  '1G',
  '-a',
  '-n',
] as const;

const seed = 7;
const regrtest =
  'test_json test_email test_unittest test_decimal test_datetime test_re test_str test_argparse test_logging test_typing';

export interface MatchPlace {
  readonly folder: string;
  /** A log of so many bytes. */
  log(bytes: number): Promise<string>;
  /** A folder of so many signature files, and the same patterns in a file for ripgrep. */
  signatures(count: number): Promise<{
    readonly folder: string;
    readonly patterns: string;
    readonly wanted: readonly LinePattern[];
  }>;
}

/** Verbose output of Debian's own tests, about a megabyte; nobody minds whether they pass. */
async function realOutput(): Promise<Buffer> {
  const args = ['-m', 'test', '-v', ...regrtest.split(' ')];
  const options = { encoding: 'buffer' as const, maxBuffer: 64 * 1024 * 1024, timeout: 180_000 };
  const said = await promisify(execFile)('/usr/bin/python3', args, options).catch((error: unknown) => {
    // regrtest's own exit code says that some test failed.
    if (error instanceof Error && 'stdout' in error && Buffer.isBuffer(error.stdout))
      return { stdout: error.stdout };
    throw error;
  });
  if (said.stdout.length < 100_000)
    throw new Error(`regrtest printed ${said.stdout.length} bytes; is libpython3.11-testsuite installed?`);
  return said.stdout;
}

/** What logs hold at times: bytes that are no UTF-8, NUL, CR alone and before CRLF, a line of nothing, a long one. */
const odd = Buffer.from(
  'caf\xe9 0x12345f\xff\n\0\0ABC12345\0\n12 34 -5\r\n12 34 -5\r\r\nrc=-1\rrc=-2\n\n\xc3\n' +
    `[1/2/7]\xa9\xc3 oom\xc3\xa9 OOM ${'long '.repeat(9_000)}rc=-9\n`,
  'latin1',
);

/** About 20 MB that do not repeat but for the real output. */
async function base(every: number): Promise<Buffer> {
  const real = await realOutput();
  const parts: Buffer[] = [odd];
  for (let index = 0; index < 10; index += 1) parts.push(real, seededLog(1_000_000, seed + index, every));
  return Buffer.concat(parts);
}

async function writeLog(file: string, from: Buffer, bytes: number): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (let written = 0; written < bytes;)
      written += (await handle.write(from, 0, Math.min(from.length, bytes - written))).bytesWritten;
  } finally {
    await handle.close();
  }
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function signature(pattern: LinePattern, index: number): string {
  const leaf =
    pattern.kind === 'literal'
      ? `{ lines: [${quoted(pattern.text)}], within: log }`
      : `{ regex: ${quoted(pattern.source)}, within: log }`;
  return `id: BEN-${String(index).padStart(4, '0')}\ntitle: generated\nstate: monitor\ncreated: 2026-01-01\nreview_by: 2026-04-01\nmatch:\n  all:\n    - log: ${leaf}\nverdict: flake\n`;
}

/**
 * A folder of its own below the system's, removed in the end.
 *
 * @param every a symptom stands in one of so many generated lines
 */
export async function openMatchPlace(cleanup: Cleanup, every = 200): Promise<MatchPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-match-bench-'));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const from = await base(every);
  return {
    folder,
    async log(bytes) {
      const file = join(folder, `${bytes}.log`);
      await writeLog(file, from, bytes);
      return file;
    },
    async signatures(count) {
      const patterns = seededPatterns(count, seed);
      const files = join(folder, `signatures-${count}`);
      await mkdir(files);
      for (const [index, pattern] of patterns.entries())
        await writeFile(join(files, `ben-${index}.yaml`), signature(pattern, index));
      const list = join(folder, `patterns-${count}`);
      // Each in a group: a flag would reach into the next one's alternative.
      const sources = patterns.map((one) => (one.kind === 'literal' ? escaped(one.text) : one.source));
      await writeFile(list, sources.map((source) => `(?:${source})\n`).join(''));
      return { folder: files, patterns: list, wanted: patterns };
    },
  };
}

/** Milliseconds of a command pinned to one core, its output thrown away; an exit code of 0 or 1 is an answer. */
export async function pinned(
  command: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const core = String(availableParallelism() - 1);
  const begun = performance.now();
  const options = { env, encoding: 'buffer' as const, maxBuffer: 1024 * 1024 * 1024, timeout: 600_000 };
  await promisify(execFile)('taskset', ['-c', core, ...command], options).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 1) return;
    throw error;
  });
  return performance.now() - begun;
}
