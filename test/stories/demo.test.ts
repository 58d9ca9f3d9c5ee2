// The demo as a user runs it: what it shows, how it ends, and that nothing of it is left.

import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../until.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  readonly said: { out: string; err: string };
  readonly ended: Promise<number | string>;
}

function start(folder: string, words: readonly string[]): Run {
  // The folder is its mark: every process that it starts takes its temporary files from there.
  const env = { ...process.env, TMPDIR: folder, NODE_OPTIONS: '' };
  const child = spawn(process.execPath, ['--import=tsx', main, 'demo', ...words], { env });
  const said = { out: '', err: '' };
  child.stdout.on('data', (piece: Buffer) => (said.out += piece.toString('utf8')));
  child.stderr.on('data', (piece: Buffer) => (said.err += piece.toString('utf8')));
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  return { child, said, ended };
}

/** Command lines of the processes that have the folder in their environment. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1');
      if (environment.includes(folder)) found.push(await readFile(`/proc/${pid}/cmdline`, 'latin1'));
    } catch {
      // It ended while we looked.
    }
  }
  return found.map((line) => line.replaceAll('\0', ' '));
}

function pidOf(text: string, name: string): number {
  return Number(new RegExp(`"${name}": (\\d+)`).exec(text)?.[1]);
}

describe('gearbridge demo', function () {
  this.timeout(150_000);
  let folder: string;
  let run: Run | null = null;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-story-'));
  });
  afterEach(async () => {
    if (run?.child.exitCode === null) run.child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function expectNothingLeft(): Promise<void> {
    expect(await processesOf(folder)).to.deep.equal([]);
    // tsx keeps what it compiled for the next time.
    expect((await readdir(folder)).filter((name) => !name.startsWith('tsx-'))).to.deep.equal([]);
  }

  it('shows five changes and their verdicts, ends with 0 and leaves no process and no file behind', async () => {
    run = start(folder, []);

    expect(await run.ended, run.said.err).to.equal(0);
    const lines = run.said.out.split('\n');
    const verdictOf = (title: string) => {
      const at = lines.findLastIndex((line) => line.startsWith(`  ${title} `));
      return `${lines[at] ?? ''} ${lines[at + 1] ?? ''}`;
    };
    const page = 'http://127\\.0\\.0\\.1:\\d+/jobs/[0-9a-f]{32}$';
    expect(verdictOf('good change')).to.match(new RegExp(`SUCCESS +3 of 3 voting builders passed +${page}`));
    expect(verdictOf('breaks a test')).to.match(
      new RegExp(`FAILURE +new: test_gate_regression.MedianTest.test_even on AMD64 Windows 3.x .* +${page}`),
    );
    expect(verdictOf('cancelled')).to.match(new RegExp(`ABORTED +stopped by the gatekeeper +${page}`));
    expect(verdictOf('worker dies')).to.match(new RegExp(`SUCCESS +3 of 3 voting builders passed +${page}`));
    expect(verdictOf('daemon dies')).to.match(new RegExp(`SUCCESS +3 of 3 voting builders passed +${page}`));
    // Not a terminal: a line for each change, and nothing that a terminal would act on.
    expect(run.said.out).to.match(/^ {2}\[good change\] AMD64 Debian 3\.x: running$/m);
    expect(run.said.out).not.to.include('\u001b');
    await expectNothingLeft();
  });

  it('ends with 130 at Ctrl-C, also at two of them, and leaves nothing behind', async () => {
    const { child, said, ended } = (run = start(folder, []));
    await until(() => said.out.includes('[good change]'), { within: 90_000, what: 'the first job' });
    expect((await processesOf(folder)).some((line) => line.includes('gearmand'))).to.equal(true);
    child.kill('SIGINT');
    child.kill('SIGINT');

    expect(await ended, said.out).to.equal(130);
    expect(said.err).to.include('interrupted');
    await expectNothingLeft();
  });

  it('says which server ended by itself, with 3, and leaves nothing behind', async () => {
    const { said, ended } = (run = start(folder, []));
    await until(() => said.out.includes('[good change]'), { within: 90_000, what: 'the first job' });
    const demo = (await readdir(folder)).find((name) => name.startsWith('gearbridge-demo-')) ?? '';
    const buildbot = (await readdir(join(folder, demo))).find((name) => name.startsWith('gate-buildbot-'));
    const state = await readFile(join(folder, demo, buildbot ?? '', 'state.json'), 'utf8');
    process.kill(pidOf(state, 'pid'), 'SIGKILL');

    expect(await ended, said.out).to.equal(3);
    expect(said.err).to.match(/the demo could not go on: Buildbot \(pid \d+\) ended by itself/);
    await expectNothingLeft();
  });
});
