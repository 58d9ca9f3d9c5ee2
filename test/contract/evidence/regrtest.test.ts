// The log reader on what Debian's regrtest really prints: one process and four, verbose or not, with and without re-run.

import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJunit } from '../../../src/evidence/junit.ts';
import { wasCleared } from '../../../src/flakes/doubt.ts';
import { output, read as readPrinted } from '../../unit/flakes/printed-run.ts';
import { brief, read } from '../../unit/flakes/read.ts';
import { randomRun } from './random-suite.ts';
import { steady, suite } from './suite.ts';

const named = [
  'test-failure test_zz_fail.FailTests.test_chain',
  'test-failure test_zz_fail.FailTests.test_doc',
  'test-failure test_zz_fail.FailTests.test_plain',
  'test-failure test_zz_fail.FailTests.test_sub',
  'test-failure test_zz_fail.FailTests.test_unexpected',
  'test-failure test_zz_fail.SetUpTests.setUpClass',
  'test-failure test_zz_import',
  'test-failure test_zz_print.PrintTests.test_print',
  'test-failure test_zz_syntax',
];
const brieflyNamed = [
  'test-failure test_zz_fail',
  'test-failure test_zz_import',
  'test-failure test_zz_print.test_print',
  'test-failure test_zz_syntax',
];

describe('the log reader on real regrtest', function () {
  this.timeout(60_000);
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-regrtest-'));
    await mkdir(join(folder, 'tests'));
    for (const [name, source] of Object.entries(suite))
      await writeFile(join(folder, 'tests', `${name}.py`), source);
  });
  after(() => rm(folder, { recursive: true }));
  beforeEach(() => rm(join(folder, 'mark'), { force: true }));

  /** Everything that a run prints, both streams together as Buildbot's raw log has them. */
  function run(...words: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn('/usr/bin/python3', ['-m', 'test', '--testdir', join(folder, 'tests'), ...words], {
        cwd: folder,
        env: {
          PATH: '/usr/bin:/bin',
          LANG: 'C.UTF-8',
          ZZ_MARK: join(folder, 'mark'),
          PYTHONDONTWRITEBYTECODE: '1',
        },
        timeout: 50_000,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let log = '';
      const add = (data: Buffer): void => void (log += data.toString());
      child.stdout.on('data', add);
      child.stderr.on('data', add);
      child.on('error', reject);
      child.on('close', (code, signal) =>
        resolve(`${log}\nprogram finished with exit code ${code ?? `-${signal === 'SIGSEGV' ? 11 : 9}`}\n`),
      );
    });
  }

  async function found(...words: string[]): Promise<string[]> {
    return brief(await read(await run(...words), { format: 'raw' }));
  }

  it('names each failed method of one verbose process, and of four', async () => {
    expect((await found('-v', ...steady)).sort()).to.deep.equal(named);
    expect((await found('-v', '-j4', ...steady)).sort()).to.deep.equal(named);
    expect((await found('-W', ...steady)).sort()).to.deep.equal(named);
  });

  it('names file and method where no more is printed', async () => {
    expect((await found(...steady)).sort()).to.deep.equal(brieflyNamed);
    expect((await found('-j4', ...steady)).sort()).to.deep.equal(brieflyNamed);
  });

  it('tells a crash, a kill, a hang and a changed environment on four processes apart', async () => {
    const words = [
      'test_zz_segv',
      'test_zz_kill',
      'test_zz_hang',
      'test_zz_env',
      'test_zz_thread',
      'test_zz_good',
    ];

    expect((await found('-j4', '--timeout', '4', ...words)).sort()).to.deep.equal([
      'crash test_zz_segv.test_segv',
      'env-changed test_zz_env',
      'env-changed test_zz_thread',
      'oom test_zz_kill',
      'timeout test_zz_hang.test_hang',
    ]);
  });

  it('tells them apart in one process, by the class where it is printed', async () => {
    expect(await found('test_zz_good', 'test_zz_segv')).to.deep.equal(['crash test_zz_segv.test_segv']);
    expect(await found('-v', 'test_zz_good', 'test_zz_segv')).to.deep.equal([
      'crash test_zz_segv.CrashTests.test_segv',
    ]);
    expect(await found('-v', 'test_zz_good', 'test_zz_kill')).to.deep.equal([
      'oom test_zz_kill.KillTests.test_kill',
    ]);
    expect(await found('-v', '--timeout', '3', 'test_zz_hang')).to.deep.equal([
      'timeout test_zz_hang.HangTests.test_hang',
    ]);
    expect(await found('-v', 'test_zz_thread')).to.deep.equal([
      'env-changed test_zz_thread.ThreadTests.test_thread',
    ]);
  });

  it('reports a failure that the re-run cleared, once', async () => {
    expect(await found('-w', 'test_zz_flake', 'test_zz_good')).to.deep.equal([
      'test-failure test_zz_flake.test_flake',
    ]);
  });

  it('says of a run that ran again which failures the re-run cleared, each by itself', async () => {
    const log = await run('-w', 'test_zz_flake', 'test_zz_half', 'test_zz_good');
    const code = /\n(program finished with exit code .*)\n$/.exec(log)?.[1] ?? '';
    const reading = readPrinted(`${output(log.slice(0, -code.length - 2))}h${code}\n`);

    expect(reading.account.result).to.equal('FAILURE then FAILURE');
    expect(
      reading.failures
        .map((failure) => `${failure.testId ?? '-'} ${String(wasCleared(reading, failure))}`)
        .sort(),
    ).to.deep.equal(['test_zz_flake.test_flake true', 'test_zz_half.HalfTests.test_steady false']);
  });

  it('finds nothing in a run that passed, whatever it printed', async () => {
    expect(await found('-v', 'test_zz_good')).to.deep.equal([]);
    expect(await found('-v', '-m', 'test_forge', 'test_zz_print')).to.deep.equal([]);
  });

  it('finds at least 97 of 100 failed tests of random suites, and names none that did not fail in 99 of 100', async function () {
    this.timeout(600_000);
    let [wanted, hits, given] = [0, 0, 0];
    const wrong: string[] = [];
    for (let seed = 1_001; seed <= 1_010; seed += 1) {
      const { files, words, expected } = randomRun(seed);
      for (const [name, source] of Object.entries(files))
        await writeFile(join(folder, 'tests', `${name}.py`), source);
      const ids = (await found(...words)).sort();
      wanted += expected.length;
      given += ids.length;
      hits += expected.filter((id) => ids.includes(id)).length;
      const odd = [
        ...ids.filter((id) => !expected.includes(id)).map((id) => `+${id}`),
        ...expected.filter((id) => !ids.includes(id)).map((id) => `-${id}`),
      ];
      if (odd.length > 0) wrong.push(`seed ${seed} ${words.join(' ')}: ${odd.join(', ')}`);
    }

    expect(hits / wanted, `recall; ${wrong.join('; ')}`).to.be.at.least(0.97);
    expect(hits / given, `precision; ${wrong.join('; ')}`).to.be.at.least(0.99);
  });

  it('reads its JUnit report, but for the subtests that it leaves out', async () => {
    const xml = join(folder, 'report.xml');
    await run('--junit-xml', xml, 'test_zz_fail');
    const { state, failures } = await readJunit(createReadStream(xml));

    expect(state).to.equal('complete');
    expect([...new Set(failures.map(({ testId }) => `test-failure ${testId}`))].sort()).to.include.members(
      named.slice(0, 3),
    );
  });
});
