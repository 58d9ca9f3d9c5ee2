// Reads one JUnit report again and again through the reader, by pieces as large as those of Buildbot's answers, and measures itself. A process of its own, compiled. REPORT is its path, ROUNDS how often;
// it begins at the first message, and sends its figures as one.

import { createReadStream } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createReader } from '../../src/evidence/reader/create-reader.ts';

/** Milliseconds and MB. `first`: with the start of the thread. */
export interface ReportFigures {
  readonly first: number;
  readonly times: readonly number[];
  readonly stall: number;
  readonly most: number;
  readonly cases: number;
}

const path = process.env['REPORT'] ?? '';

async function readAll(): Promise<ReportFigures> {
  const reader = createReader();
  const terms = { format: 'report', repeated: false, step: 'test', builder: 'b', facts: {} } as const;
  const source = { terms, limit: 1e9, bytes: () => createReadStream(path, { highWaterMark: 64 * 1024 }) };
  let cases = 0;
  const read = async (): Promise<number> => {
    const begun = performance.now();
    const [log] = await reader.read({ logs: [source], within: 60_000 });
    if (log?.told?.kind === 'report' && log.told.state === 'complete') cases = log.told.cases;
    return performance.now() - begun;
  };
  const first = await read();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const times: number[] = [];
  for (let round = 0; round < Number(process.env['ROUNDS']); round += 1) times.push(await read());
  delay.disable();
  await reader.close();
  const most = (process.resourceUsage().maxRSS * 1_024) / 1e6;
  return { first, times, stall: delay.max / 1e6, most, cases };
}

process.once('message', () => {
  readAll().then(
    (figures) => process.send?.(figures, () => process.disconnect()),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
