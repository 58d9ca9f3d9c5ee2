// Patterns that a backtracking engine never comes back from, long lines, and a log of nothing but failures.

import { createLineEngine } from '../../src/evidence/match/line-engine.ts';
import { loadLineEngine } from '../../src/evidence/match/load-line-engine.ts';
import { re2jsDriver } from '../../src/evidence/match/re2js-driver.ts';
import type { LineEngine } from '../../src/flakes/signature/line-pattern.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { largest, time } from './figures.ts';
import { seededPatterns } from './match-corpus.ts';

/** As bad as the engine lets them be: the rest is refused when it is loaded. */
const evil = [
  '(a+)+$',
  '(a|aa)+$',
  '(?:a|b)*a(?:a|b){12}$',
  'a.{66}b$',
  '.*.*=.*;$',
  '\\s+$',
  '(?:a?){50}a{50}',
  '(.*a){60}',
  '(?:.*=.*){33};$',
  '([a-z]+)*\\d',
];

const lineBytes = 100_000;

/** Lines on which the patterns have the most to do: of one byte, and drawn from few. */
function lines(): Buffer[] {
  let state = 12_345;
  const drawn = (bytes: string): string => {
    let text = '';
    while (text.length < lineBytes) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      text += bytes.charAt((state >>> 16) % bytes.length);
    }
    return text;
  };
  const texts = ['a'.repeat(lineBytes), ' '.repeat(lineBytes), drawn('ab'), drawn('abx=;'), drawn('ab 19\t')];
  return texts.map((text) => Buffer.from(`${text}\n`));
}

function worst(engine: LineEngine): number {
  const samples = evil.flatMap((source) => {
    const compiled = engine.compile([{ kind: 'regex', source }]);
    return lines().map((line) => {
      const matcher = compiled.matcher(() => undefined);
      const begun = performance.now();
      matcher.write(line);
      matcher.end();
      return performance.now() - begun;
    });
  });
  return largest(samples);
}

/** Milliseconds, and by how many MiB resident memory has grown at most, for a chunk written again and again. */
function stream(engine: LineEngine, chunk: Buffer, times: number): { spent: number; grown: number } {
  const matcher = engine.compile(seededPatterns(1_000, 7)).matcher(() => undefined);
  matcher.write(chunk);
  const before = process.memoryUsage.rss();
  let most = before;
  const begun = performance.now();
  for (let count = 0; count < times; count += 1) {
    matcher.write(chunk);
    most = Math.max(most, process.memoryUsage.rss());
  }
  matcher.end();
  return { spent: performance.now() - begun, grown: (most - before) / 1024 / 1024 };
}

function streamRow(what: string, { spent, grown }: { spent: number; grown: number }): Row {
  return {
    demanded: `${what}: < 150 MiB more`,
    measured: `${grown.toFixed(0)} MiB, ${time(spent)}`,
    peer: '',
    met: grown < 150,
  };
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const here = await loadLineEngine();
  const rows: Row[] = [];
  // Where RE2 could not be compiled, its twin in JavaScript does the same.
  for (const engine of here.name === 're2js' ? [here] : [here, createLineEngine(re2jsDriver)]) {
    say(engine.name);
    rows.push(...rowsOf(engine, short));
  }
  return rows;
}

function rowsOf(engine: LineEngine, short: boolean): readonly Row[] {
  const spent = worst(engine);
  const failures = Buffer.from(
    'FAIL: test_connect (test.test_ssl.NetworkedTests.test_connect)\n'.repeat(16_000),
  );
  const gigabyte = short ? 100 : 1_000;
  return [
    {
      demanded: `${evil.length} hostile signatures x 100 KB lines: < 100 ms more`,
      measured: `${time(spent)} at most, by ${engine.name}`,
      peer: '',
      met: spent < 100,
    },
    streamRow(
      `${engine.name}: a line of 64 MB, 1000 signatures`,
      stream(engine, Buffer.alloc(1_000_000, 'FAIL: '), 64),
    ),
    streamRow(
      `${engine.name}: ${gigabyte} MB of FAIL lines, 1000 signatures`,
      stream(engine, failures, gigabyte),
    ),
  ];
}

export const matchHostile: Bar = { name: 'match-hostile', title: 'hostile signatures and logs', measure };
