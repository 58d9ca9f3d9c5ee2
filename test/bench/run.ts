// `npm run bench`: what the product promises in figures, measured on real servers and printed as one table. It judges nothing:
// the exit code is 0 unless something broke.

import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Bar, Row } from './bar.ts';
import { cost } from './cost.ts';
import { eventLoop } from './event-loop.ts';
import { firstAnswer } from './first-answer.ts';
import { flakesReport } from './flakes-report.ts';
import { force } from './force.ts';
import { functions } from './functions.ts';
import { help } from './help.ts';
import { junit } from './junit.ts';
import { load } from './load.ts';
import { liveClass } from './live-class.ts';
import { match } from './match.ts';
import { matchHostile } from './match-hostile.ts';
import { matchLoad } from './match-load.ts';
import { matchSame } from './match-same.ts';
import { memory } from './memory.ts';
import { table } from './report.ts';
import { requests } from './requests.ts';
import { restart } from './restart.ts';
import { soak } from './soak.ts';
import { startUp } from './start-up.ts';
import { stops } from './stops.ts';
import { verdict } from './verdict.ts';

const bars: readonly Bar[] = [
  firstAnswer,
  force,
  verdict,
  requests,
  stops,
  functions,
  memory,
  startUp,
  help,
  match,
  matchSame,
  matchLoad,
  matchHostile,
  flakesReport,
  eventLoop,
  junit,
  liveClass,
  load,
  restart,
  cost,
  soak,
];

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function chosen(only: readonly string[]): readonly Bar[] {
  const unknown = only.filter((name) => !bars.some((bar) => bar.name === name));
  if (unknown.length > 0)
    throw new Error(
      `there is no bar ${unknown.join(', ')}; there are ${bars.map((bar) => bar.name).join(', ')}`,
    );
  return only.length === 0
    ? bars.filter((bar) => bar.apart !== true)
    : bars.filter((bar) => only.includes(bar.name));
}

/** `--steady SECONDS`. */
function milliseconds(seconds: string | undefined): number | null {
  if (seconds === undefined) return null;
  if (!/^[1-9]\d{0,4}$/.test(seconds)) throw new Error(`--steady takes whole seconds, not ${seconds}`);
  return Number(seconds) * 1_000;
}

function machine(): string {
  const [load = 0] = loadavg();
  const busy = load > 1 ? '; it is NOT idle, and the figures are worse for it' : '';
  return `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, node ${process.version}, load average ${load.toFixed(2)}${busy}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [] },
      short: { type: 'boolean', default: false },
      steady: { type: 'string' },
    },
  });
  const wanted = chosen(values.only);
  const steady = milliseconds(values.steady);
  const results: { bar: Bar; rows: readonly Row[] }[] = [];
  const before = machine();
  say(before);
  for (const bar of wanted) {
    try {
      const rows = await bar.measure({
        short: values.short,
        steady,
        say: (line) => say(`${bar.name}: ${line}`),
      });
      results.push({ bar, rows });
    } catch (error) {
      process.exitCode = 1;
      say(`${bar.name} broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  process.stdout.write(`\n${before}\n\n${table(results)}\n`);
}

await main();
