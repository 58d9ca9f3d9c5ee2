// How long the daemon's main thread is held up, and what it takes of memory, while large logs of many builds are read.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/servers/free-port.ts';
import type { Bar, Effort, Row } from './bar.ts';
import { withCleanup, type Cleanup } from './cleanup.ts';
import { median, time } from './figures.ts';
import { startLogMaster } from './log-master.ts';
import { shippedSignatures } from './measured-daemon.ts';
import { startMeasured, type MeasuredProcess } from './measured-process.ts';
import type { ReadingFigures } from './reading-daemon.ts';

/** Nothing answers to it: that costs a call now and then, as in a daemon whose master is away. */
function yaml(folder: string, port: number): string {
  return `
manager: gate.bench
gearman: { servers: ["127.0.0.1:9"] }
buildbot: { url: "http://127.0.0.1:9/", force_scheduler: gate }
store: { driver: embedded, path: "${folder}" }
web: { listen: "127.0.0.1:${port}", public_url: "http://127.0.0.1:${port}/" }
fleet: { stable: ["*"] }
jobs: [{ name: all, project: cpython, builders: { names: ["*"] }, policy: gate }]
policies: { gate: { retries: 2 } }
`;
}

async function daemonThatReads(cleanup: Cleanup, url: string, logs: number): Promise<MeasuredProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-bench-'));
  cleanup.add(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'gearbridge.yaml');
  await writeFile(config, yaml(folder, await freePort()));
  const env = {
    GEARBRIDGE_CONFIG: config,
    READ_URL: url,
    READ_LOGS: String(logs),
    READ_SIGNATURES: shippedSignatures,
  };
  const child = await startMeasured('test/bench/reading-daemon.ts', env);
  cleanup.add(child.end);
  return child;
}

/** The median of ten looks, one each second. */
async function residentOf(child: MeasuredProcess): Promise<number> {
  const looks: number[] = [];
  for (let count = 0; count < 10; count += 1) {
    looks.push(await child.resident());
    await pause(1_000);
  }
  return median(looks);
}

function rows(figures: ReadingFigures, idle: number, of: string): readonly Row[] {
  const { p50, p99, max, resident, seconds, bytes } = figures;
  const rate = `${(bytes / 1e6 / seconds).toFixed(0)} MB/s`;
  return [
    {
      demanded: `main thread's delay p99 <= 10 ms, max <= 50 ms, ${of}`,
      measured: `p50 ${time(p50)}, p99 ${time(p99)}, max ${time(max)}, ${rate}`,
      peer: '',
      met: p99 <= 10 && max <= 50,
    },
    {
      demanded: 'resident memory <= 256 MiB meanwhile',
      measured: `most ${resident.toFixed(1)} MiB`,
      peer: '',
      met: resident <= 256,
    },
    {
      demanded: '<= 115 MiB idle afterwards, the thread still there',
      measured: `${idle.toFixed(1)} MiB`,
      peer: '',
      met: idle <= 115,
    },
  ];
}

/** Milliseconds. The collector looks through what is idle after some ten seconds. */
const settling = 30_000;

async function measure({ short, say }: Effort): Promise<readonly Row[]> {
  const [logs, bytes] = short ? [6, 10_000_000] : [50, 100_000_000];
  return withCleanup(async (cleanup) => {
    const master = await startLogMaster(bytes);
    cleanup.add(master.close);
    const child = await daemonThatReads(cleanup, master.url, logs);
    // Its start is not what is measured.
    await pause(2_000);
    say(`idle before: ${(await child.resident()).toFixed(1)} MiB`);
    const figures = (await child.begin()) as ReadingFigures;
    if (figures.wrong.length > 0 || figures.bytes !== logs * master.bytes) {
      const sizes = `${figures.bytes} of ${logs * master.bytes} bytes`;
      throw new Error(`not all was read: ${sizes}; ${figures.wrong[0] ?? ''}`);
    }
    await pause(settling);
    const of = `${logs} logs of ${Math.round(master.bytes / 1e6)} MB`;
    return rows(figures, await residentOf(child), of);
  });
}

export const eventLoop: Bar = { name: 'event-loop', title: 'logs of failing builds', measure };
