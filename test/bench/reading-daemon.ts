// A daemon that is told to read logs as it reads those of failing builds, and measures itself meanwhile. A process of its own, compiled.
// READ_URL, READ_LOGS and READ_SIGNATURES say what; it begins at the first message, and sends its figures as one.

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createMaster } from '../../src/buildbot/create-master.ts';
import { commonOptions } from '../../src/cli/common-options.ts';
import { daemon } from '../../src/cli/daemon.ts';
import { processTerminal } from '../../src/cli/terminal.ts';
import { loadSignatures } from '../../src/config/signatures/load-signatures.ts';
import { loadLineEngine } from '../../src/evidence/match/load-line-engine.ts';
import { readSteps } from '../../src/evidence/read-steps.ts';
import { createReader } from '../../src/evidence/reader/create-reader.ts';
import type { StepFacts } from '../../src/gate/facts.ts';

/** Milliseconds and MiB. `wrong`: logs that were not read to their end. */
export interface ReadingFigures {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly resident: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly wrong: readonly string[];
}

const within = 3_600_000;

function step(id: number): StepFacts {
  const times = { startedAt: 0, completeAt: 60 };
  return { id, number: 1, name: 'test', complete: true, results: 2, state: 'failed', ...times };
}

async function measured(
  read: () => Promise<Pick<ReadingFigures, 'bytes' | 'wrong'>>,
): Promise<ReadingFigures> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let resident = 0;
  const look = setInterval(() => {
    resident = Math.max(resident, process.memoryUsage.rss());
  }, 50);
  const begun = performance.now();
  delay.enable();
  const told = await read();
  delay.disable();
  clearInterval(look);
  // The histogram counts in nanoseconds, its own millisecond included.
  const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map((ns) => ns / 1e6);
  return {
    p50: p50 ?? 0,
    p99: p99 ?? 0,
    max: max ?? 0,
    resident: resident / 1024 / 1024,
    seconds: (performance.now() - begun) / 1_000,
    ...told,
  };
}

async function readAll(): Promise<ReadingFigures> {
  const master = createMaster({ url: process.env['READ_URL'] ?? '', scheduler: 'gate', stanza: '' });
  const reader = createReader();
  const { sources } = await loadSignatures([process.env['READ_SIGNATURES'] ?? ''], {
    engine: await loadLineEngine(),
    cache: null,
  });
  reader.use(sources.map(({ signature }) => signature));
  const terms = { builder: 'b', repeated: false, facts: {} };
  const logs = Array.from({ length: Number(process.env['READ_LOGS']) }, (_none, at) => at + 1);
  return measured(async () => {
    const all = await Promise.all(
      logs.map((id) => readSteps(reader, master, { steps: [step(id)], terms, early: false, within })),
    );
    const read = all.flatMap((one) => one.logs);
    // The bytes that were fed are told by the reading, which the port gives as a LogReading.
    const bytes = read.map(({ reading }) =>
      reading !== null && 'bytes' in reading ? Number(reading.bytes) : 0,
    );
    return {
      bytes: bytes.reduce((sum, one) => sum + one, 0),
      wrong: read.flatMap(({ why }) => why ?? []),
    };
  });
}

process.once('message', () => {
  readAll().then(
    (figures) => process.send?.(figures),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
const terminal = processTerminal();
process.exitCode = await daemon({ terminal, common: commonOptions({}, terminal) });
