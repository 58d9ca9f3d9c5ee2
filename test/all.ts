// All tests, in processes beside each other: stories and chaos mostly wait for servers, and what else there is fills that time. The first
// writes as it goes, the others once it is over. The last line is `N passed, N failed`.

import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const mocha = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
// Parted so that the first two take about as long; the third has little to compute.
const groups = [
  ['test/stories/[d-z]*.test.ts'],
  [
    'test/stories/[a-c]*.test.ts',
    'test/*.test.ts',
    'test/{unit,contract,simulation,fuzz,fault-goals,mutants}/**/*.test.ts',
  ],
  ['test/chaos/*.test.ts'],
] as const;

interface Ended {
  /** What it wrote. */
  readonly file: string;
  readonly code: number;
}

/** Runs mocha on files, its output into a file, and beside that on stdout where it is shown. */
async function runGroup(files: readonly string[], file: string, shown: boolean): Promise<Ended> {
  const args = [mocha, '--exit', '--reporter', 'test/closing-line.ts', ...files];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => child.kill(signal));
  const kept = createWriteStream(file);
  for (const stream of [child.stdout, child.stderr]) {
    stream.pipe(kept, { end: false });
    if (shown) stream.pipe(process.stdout, { end: false });
  }
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status, signal) => resolve(status ?? (signal === null ? 1 : 128)));
  });
  kept.end();
  await finished(kept);
  return { file, code };
}

/** The numbers of the closing line; a process that ended without one counts as a failure. */
async function counts({ file, code }: Ended): Promise<{ readonly passed: number; readonly failed: number }> {
  const text = await readFile(file, 'utf8');
  const [, passed, failed] = /(\d+) passed, (\d+) failed\n$/.exec(text) ?? [];
  if (passed === undefined || failed === undefined) return { passed: 0, failed: 1 };
  return { passed: Number(passed), failed: Number(failed) + (code !== 0 && failed === '0' ? 1 : 0) };
}

const folder = await mkdtemp(join(tmpdir(), 'gearbridge-tests-'));
try {
  const running = groups.map((files, index) => runGroup(files, join(folder, `${index}`), index === 0));
  const ended = await Promise.all(running);
  for (const { file } of ended.slice(1))
    await pipeline(createReadStream(file), process.stdout, { end: false });
  const all = await Promise.all(ended.map(counts));
  const sum = (name: 'passed' | 'failed'): number => all.reduce((total, one) => total + one[name], 0);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
  process.stdout.write(`${sum('passed')} passed, ${sum('failed')} failed\n`);
} finally {
  await rm(folder, { recursive: true });
}
