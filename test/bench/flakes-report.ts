// `flakes report` over a million kept failures: as the daemon answers it on its socket, and as a command from its start to its end.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { BuilderName, WorkerName } from '../../src/fleet/fleet.ts';
import { freePort } from '../../src/servers/free-port.ts';
import { launch, type Child } from '../../src/servers/process.ts';
import type { BuildRecord, FailureRecord } from '../../src/store/build-record.ts';
import { openLevelJournal } from '../../src/store/level/open-level-journal.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup, type Cleanup } from './cleanup.ts';
import { median, spread } from './figures.ts';
import { compiled, manager } from './measured-daemon.ts';

const days = 14;
const perBuild = 20;
const builders = 40;
const tests = 400;
const signatures = 50;
const branches = ['main', '3.14', '3.13', '3.12', '3.11'];

function failureOf(nth: number): FailureRecord {
  // Some tests fail far more often than others.
  const test = Math.floor(tests * ((nth * 0.618034) % 1) ** 2);
  return {
    testId: `test_${test % 60}.Tests.test_${test}`,
    kind: 'test-failure',
    message: `AssertionError: ${test} != ${test + 1} after the peer had closed the connection`,
    step: 'test',
    lines: [nth, nth + 9],
    fingerprint: `f${test}`,
    excuseKey: `f${test}:test_${test % 60}`,
    incident: `i${test}`,
    signature: test < signatures ? `FLK-${test}` : null,
    class: test < signatures ? 'known-flake' : 'new',
    ruling: null,
    cleared: nth % 10 === 0,
  };
}

/** Every second build fails, in twenty tests. */
function buildOf(nth: number, count: number, now: number): BuildRecord {
  const builder = nth % builders;
  const completeAt = now - Math.floor(((count - nth) / count) * days * 86_400_000);
  const failed = nth % 2 === 0;
  const failures = failed ? Array.from({ length: perBuild }, (_, each) => failureOf(nth * 31 + each)) : [];
  return {
    id: nth + 1,
    number: nth + 1,
    builder: `Builder ${builder}` as BuilderName,
    worker: `worker-${builder % 30}` as WorkerName,
    platform: 'linux',
    project: 'cpython',
    branch: branches[nth % branches.length] ?? 'main',
    revision: `r${Math.floor(nth / builders)}`,
    startedAt: completeAt - 1_800_000,
    completeAt,
    results: failed ? 2 : 0,
    source: nth % 5 === 0 ? 'gate' : 'base',
    role: nth % 5 === 0 ? 'vote' : null,
    judged: true,
    failures,
    more: 0,
    doubt: null,
  };
}

async function fill(path: string, records: number, say: Effort['say']): Promise<void> {
  const store = await openLevelJournal({ path, manager });
  const count = Math.ceil((2 * records) / perBuild);
  const now = Date.now();
  try {
    for (let from = 0; from < count; from += 500) {
      const length = Math.min(500, count - from);
      await store.history.recordBuilds(Array.from({ length }, (_, nth) => buildOf(from + nth, count, now)));
      if (from % 10_000 === 0) say(`${from} of ${count} builds are kept`);
    }
  } finally {
    await store.close();
  }
}

function yaml(folder: string, port: number): string {
  return `
manager: ${manager}
gearman: { servers: ["127.0.0.1:9"] }
buildbot: { url: "http://127.0.0.1:9/", force_scheduler: gate }
store: { driver: embedded, path: "${folder}" }
web: { listen: "127.0.0.1:${port}", public_url: "http://127.0.0.1:${port}/" }
fleet: { stable: ["*"], platforms: { bench: ["Builder *"] } }
jobs: [{ name: all, project: cpython, builders: { names: ["*"] }, policy: gate }]
policies: { gate: { retries: 2 } }
`;
}

function ask(socketPath: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const asked = request({ socketPath, path, timeout: 30_000 }, (answer) => {
      answer.resume();
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(performance.now() - begun);
        else reject(new Error(`the daemon answered ${answer.statusCode ?? 'nothing'}`));
      });
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer within 30 s')));
    asked.on('error', reject);
    asked.end();
  });
}

async function serving(child: Child, socketPath: string): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    try {
      await ask(socketPath, '/livez');
      return;
    } catch (error) {
      if (!child.running() || performance.now() > end)
        throw new Error(`the daemon does not serve: ${child.words()}`, { cause: error });
      await pause(50);
    }
  }
}

async function command(args: readonly string[]): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code ?? 'a signal'}`);
  return performance.now() - begun;
}

/** A daemon over so many failures; gives its configuration and its socket. */
async function daemonOver(
  cleanup: Cleanup,
  { records, say }: { readonly records: number; readonly say: Effort['say'] },
): Promise<{ readonly config: string; readonly socket: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-bench-'));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'gearbridge.yaml');
  await writeFile(config, yaml(folder, await freePort()));
  await fill(folder, records, say);
  const args = [compiled, 'daemon', '--config', config];
  const child = await launch({ name: 'gearbridge', program: process.execPath, args, diesBy: 'signal' });
  cleanup.add(() => child.stop(10_000).then(() => undefined));
  const socket = join(folder, 'control.sock');
  await serving(child, socket);
  return { config, socket };
}

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const records = short ? 20_000 : 1_000_000;
  return withCleanup(async (cleanup) => {
    const { config, socket } = await daemonOver(cleanup, { records, say });
    const daemon: number[] = [];
    const typed: number[] = [];
    const bare: number[] = [];
    for (let nth = 0; nth < (short ? 5 : 20); nth += 1) {
      daemon.push(await ask(socket, `/api/v1/flakes?since=${days}d&branch=main&top=20`));
      typed.push(await command([compiled, 'flakes', 'report', '--branch', 'main', '--config', config]));
      bare.push(await command(['-e', '0']));
    }
    const over = `over ${records.toLocaleString('en')} failures`;
    return [
      {
        demanded: `median <= 150 ms in the daemon, ${over}`,
        measured: spread(daemon),
        peer: '',
        met: median(daemon) <= 150,
      },
      {
        demanded: `median <= 400 ms as a command, ${over}`,
        measured: spread(typed),
        peer: `node -e 0: ${spread(bare)}`,
        met: median(typed) <= 400,
      },
    ];
  });
}

export const flakesReport: Bar = { name: 'flakes-report', title: 'gearbridge flakes report', measure };
