// `gearbridge --help`, as a person types it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Bar, Effort, Row } from './bar.ts';
import { median, spread } from './figures.ts';
import { compiled } from './measured-daemon.ts';

async function run(args: readonly string[]): Promise<number> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code ?? 'a signal'}`);
  return performance.now() - begun;
}

async function measure({ short }: Effort): Promise<readonly Row[]> {
  const help: number[] = [];
  const bare: number[] = [];
  for (let count = 0; count < (short ? 5 : 20); count += 1) {
    help.push(await run([compiled, '--help']));
    bare.push(await run(['-e', '0']));
  }
  return [
    {
      demanded: 'median <= 120 ms',
      measured: spread(help),
      peer: `node -e 0: ${spread(bare)}`,
      met: median(help) <= 120,
    },
  ];
}

export const help: Bar = { name: 'help', title: 'gearbridge --help', measure };
