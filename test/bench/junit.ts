// A JUnit report as large as those of CPython's whole suite, read as the daemon reads it.

import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup } from './cleanup.ts';
import { median, spread, time } from './figures.ts';
import { startMeasured } from './measured-process.ts';
import type { ReportFigures } from './reading-report.ts';

const cases = 88_000;
const failing = 444;
const suites = 440;

const traceback = `Traceback (most recent call last):
  File "/buildbot/build/Lib/test/test_x.py", line 31, in test_connect
    self.assertEqual(reply.status, 200, &quot;it said &lt;html&gt;&quot;)
AssertionError: 500 != 200 : it said &lt;html&gt;
`;

function testcase(nth: number): string {
  const name = `test.test_module${nth % suites}.NetworkedClientTests.test_connect_number_${nth}`;
  const head = `<testcase name="${name}" status="run" result="completed" time="0.000${nth % 1_000}"`;
  if (nth % Math.floor(cases / failing) !== 0 || nth / Math.floor(cases / failing) >= failing)
    return `${head} />`;
  return `${head}><failure type="AssertionError" message="500 != 200">${traceback}</failure></testcase>`;
}

/** What regrtest writes with `--junit-xml`. */
function report(): string {
  const perSuite = cases / suites;
  const all = Array.from({ length: suites }, (_none, suite) => {
    const own = Array.from({ length: perSuite }, (_case, at) => testcase(suite * perSuite + at));
    return `<testsuite start="2026-03-04 05:06:07" tests="${perSuite}" errors="0" failures="1">${own.join('')}</testsuite>`;
  });
  return `<testsuites tests="${cases}" errors="0" failures="${failing}">${all.join('')}</testsuites>`;
}

function rows({ first, times, stall, most }: ReportFigures, of: string): readonly Row[] {
  const row = (demanded: string, measured: string, met: boolean): Row => ({
    demanded,
    measured,
    peer: '',
    met,
  });
  return [
    row(
      `median <= 150 ms, ${of}`,
      `${spread(times)}; the first, with the start of the thread: ${time(first)}`,
      median(times) <= 150,
    ),
    row("main thread's delay <= 20 ms", `max ${time(stall)}`, stall <= 20),
    row('resident memory <= 100 MB, the process with its thread', `most ${most.toFixed(1)} MB`, most <= 100),
  ];
}

async function measure({ short }: Effort): Promise<readonly Row[]> {
  return withCleanup(async (cleanup) => {
    const folder = await mkdtemp(join(tmpdir(), 'gearbridge-bench-'));
    cleanup.add(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'junit.xml');
    await writeFile(path, report());
    const env = { REPORT: path, ROUNDS: short ? '3' : '7' };
    const child = await startMeasured('test/bench/reading-report.ts', env);
    cleanup.add(child.end);
    const figures = (await child.begin()) as ReportFigures;
    if (figures.cases !== cases) throw new Error(`${figures.cases} of ${cases} cases were believed`);
    const size = ((await stat(path)).size / 1e6).toFixed(1);
    return rows(figures, `${size} MB, ${cases.toLocaleString('en')} cases, ${failing} failing`);
  });
}

export const junit: Bar = { name: 'junit', title: 'a JUnit report', measure };
