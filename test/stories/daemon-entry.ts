// The daemon as a process of its own, as `gearbridge daemon` runs it; told to, it kills itself at a certain checkpoint of its engine.
// TEST_KILL_AT is `<when> <what> <n>`: the n-th time that this moment comes. TEST_KILL_FILE names a file with such a line,
// which may come and change while the daemon runs; the count begins anew with each new text.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { daemon } from '../../src/cli/daemon.ts';
import { commonOptions } from '../../src/cli/common-options.ts';
import { processTerminal } from '../../src/cli/terminal.ts';
import type { Checkpoint } from '../../src/daemon/engine.ts';

const killFile = process.env['TEST_KILL_FILE'] ?? '';

function killer(wanted: () => string): Checkpoint {
  let counted = '';
  let left = 0;
  return (atWhen, atWhat) => {
    const text = wanted();
    const [when, what, nth] = text.split(' ');
    if (text !== counted) left = Number(nth);
    counted = text;
    if (atWhen !== when || (what !== '*' && atWhat !== what)) return;
    left -= 1;
    if (left !== 0) return;
    // The next process shall live.
    rmSync(killFile, { force: true });
    process.kill(process.pid, 'SIGKILL');
  };
}

/** Writes each moment that comes to stderr, for a test that lists them. */
function traced(next: Checkpoint): Checkpoint {
  return (when, what) => {
    process.stderr.write(`checkpoint ${when} ${what}\n`);
    next(when, what);
  };
}

function wantedNow(): string {
  if (existsSync(killFile)) return readFileSync(killFile, 'utf8');
  return process.env['TEST_KILL_AT'] ?? '';
}

const terminal = processTerminal();
const common = commonOptions({}, terminal);
process.exitCode = await daemon({ terminal, common }, traced(killer(wantedNow)));
