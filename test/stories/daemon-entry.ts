// The daemon as a process of its own, as `gearbridge daemon` runs it; told to, it kills itself at a certain checkpoint of its engine.
// TEST_KILL_AT is `<when> <what> <n>`: the n-th time that this moment comes.

import { daemon } from '../../src/cli/daemon.ts';
import { commonOptions } from '../../src/cli/common-options.ts';
import { processTerminal } from '../../src/cli/terminal.ts';
import type { Checkpoint } from '../../src/daemon/engine.ts';

function killerAt(wanted: string): Checkpoint {
  const [when, what, nth] = wanted.split(' ');
  let left = Number(nth);
  return (atWhen, atWhat) => {
    if (atWhen !== when || (what !== '*' && atWhat !== what)) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}

/** Writes each moment that comes to stderr, for a test that lists them. */
const tracer: Checkpoint = (when, what) => {
  process.stderr.write(`checkpoint ${when} ${what}\n`);
};

const terminal = processTerminal();
const killAt = process.env['TEST_KILL_AT'];
const common = commonOptions({}, terminal);
process.exitCode = await daemon({ terminal, common }, killAt === undefined ? tracer : killerAt(killAt));
