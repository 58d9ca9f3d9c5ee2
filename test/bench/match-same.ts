// Whether signatures find what ripgrep finds: each pair of line and signature, one signature at a time, and the same lines with all of
// them at once; however the log is cut into chunks.

import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { loadLineEngine } from '../../src/evidence/match/load-line-engine.ts';
import type { CompiledLines } from '../../src/flakes/signature/line-pattern.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup, type Cleanup } from './cleanup.ts';
import { openMatchPlace, ripgrep } from './match-place.ts';
import { compiled } from './measured-daemon.ts';

const run = promisify(execFile);
const chunks = [1, 7, 4_096, 1_048_576];

async function said(command: string, args: readonly string[]): Promise<string> {
  const options = { encoding: 'latin1' as const, maxBuffer: 1024 * 1024 * 1024, timeout: 600_000 };
  // ripgrep ends with 1 where nothing matches.
  const { stdout } = await run(command, args, options).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 1) return { stdout: '' };
    throw error;
  });
  return stdout;
}

/** The numbers of the lines that match. `which`: -e and a regex, or -f and a file of them. */
async function ripgrepLines(log: string, which: readonly string[]): Promise<number[]> {
  const text = await said('rg', [...ripgrep, '--crlf', ...which, log]);
  const numbers: number[] = [];
  for (let at = 0; at < text.length; at = text.indexOf('\n', at) + 1)
    numbers.push(Number.parseInt(text.slice(at, at + 12), 10));
  return numbers;
}

/** Pairs as line * `limit` + number of the signature. */
const limit = 10_000;

async function ripgrepPairs(log: string, sources: readonly string[]): Promise<Float64Array> {
  const pairs: number[] = [];
  for (const [signature, source] of sources.entries())
    for (const line of await ripgrepLines(log, ['-e', source])) pairs.push(line * limit + signature);
  return Float64Array.from(pairs).sort();
}

/** Of the command, whose ids end in the number of the signature. */
async function ourPairs(log: string, folder: string): Promise<Float64Array> {
  const args = [compiled, 'signatures', 'test', folder, '--log', log, '--json'];
  const { matches } = JSON.parse(await said(process.execPath, args)) as {
    matches: readonly { readonly signature: string; readonly line: number }[];
  };
  return Float64Array.from(
    matches,
    ({ signature, line }) => line * limit + Number(signature.slice(4)),
  ).sort();
}

/** Of the engine, with the log in chunks of so many bytes. */
function chunkedPairs(engine: CompiledLines, log: Buffer, size: number): Float64Array {
  const pairs: number[] = [];
  const matcher = engine.matcher((pattern, line) => pairs.push(line * limit + pattern));
  for (let at = 0; at < log.length; at += size) matcher.write(log.subarray(at, at + size));
  matcher.end();
  return Float64Array.from(pairs).sort();
}

function linesOf(pairs: Float64Array): number[] {
  return [...new Set(Array.from(pairs, (pair) => Math.floor(pair / limit)))];
}

function same(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  return one.length === other.length && Array.from(one).every((value, index) => value === other[index]);
}

function row(demanded: string, ours: ArrayLike<number>, wanted: ArrayLike<number>): Row {
  const [measured, peer] = [ours.length, wanted.length].map((count) => count.toLocaleString('en'));
  return {
    demanded,
    measured: measured ?? '',
    peer: `rg: ${peer ?? ''}`,
    met: wanted.length > 0 && same(ours, wanted),
  };
}

async function compared(cleanup: Cleanup, { short, say }: Effort): Promise<readonly Row[]> {
  const place = await openMatchPlace(cleanup, 4);
  const { folder, patterns, wanted } = await place.signatures(1_000);
  const [small, large] = short ? [1, 10] : [10, 100];
  const logs = [await place.log(small * 1_000_000), await place.log(large * 1_000_000)] as const;
  const sources = (await readFile(patterns, 'utf8')).trimEnd().split('\n');
  say(`ripgrep, one of ${sources.length} signatures after the other`);
  const pairs = await ripgrepPairs(logs[0], sources);
  const seen = new Set(Array.from(pairs, (pair) => pair % limit)).size;
  say(`${seen} of them occur in ${small} MB`);
  const lines = await ripgrepLines(logs[1], ['-f', patterns]);
  const rows = [
    row(`pairs of line and signature, ${small} MB: as rg one by one`, await ourPairs(logs[0], folder), pairs),
    row(`lines, ${large} MB: as rg -n`, linesOf(await ourPairs(logs[1], folder)), lines),
  ];
  const engine = (await loadLineEngine()).compile(wanted);
  for (const size of chunks) {
    say(`chunks of ${size} bytes`);
    const found = [];
    for (const log of logs) found.push(chunkedPairs(engine, await readFile(log), size));
    const [few = new Float64Array(), many = new Float64Array()] = found;
    rows.push(row(`the same pairs in chunks of ${size}`, few, pairs));
    rows.push(row(`the same lines in chunks of ${size}`, linesOf(many), lines));
  }
  return rows;
}

export const matchSame: Bar = {
  name: 'match-same',
  title: 'the same as ripgrep',
  measure: (effort) => withCleanup((cleanup) => compared(cleanup, effort)),
};
