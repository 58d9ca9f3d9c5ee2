// The daemon as a process of its own, as `gearbridge daemon` runs it; told to, it kills itself at a certain checkpoint of its engine.
// TEST_KILL_FILE names a file with the line `<when> <what> <n> <commit>`: the n-th time that this moment comes for a run of that
// commit. The file may come and change while the daemon runs; the count begins anew with each new text.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { daemon } from '../../src/cli/daemon.ts';
import { commonOptions } from '../../src/cli/common-options.ts';
import { processTerminal } from '../../src/cli/terminal.ts';
import type { Checkpoint } from '../../src/daemon/engine.ts';
import type { Run } from '../../src/gate/run.ts';

const killFile = process.env['TEST_KILL_FILE'] ?? '';

function commitOf(run: Run): string {
  return run.terms?.change.revision ?? 'none';
}

function killer(wanted: () => string): Checkpoint {
  let counted = '';
  let left = 0;
  return (atWhen, atWhat, run) => {
    const text = wanted();
    const [when, what, nth, commit] = text.split(' ');
    if (text !== counted) left = Number(nth);
    counted = text;
    if (atWhen !== when || atWhat !== what || commitOf(run) !== commit) return;
    left -= 1;
    if (left !== 0) return;
    // The next process shall live.
    rmSync(killFile, { force: true });
    process.kill(process.pid, 'SIGKILL');
  };
}

/** Writes each moment that comes to stderr, for a test that lists them. */
function traced(next: Checkpoint): Checkpoint {
  return (when, what, run) => {
    process.stderr.write(`checkpoint ${when} ${what} ${commitOf(run)}\n`);
    next(when, what, run);
  };
}

function wantedNow(): string {
  return existsSync(killFile) ? readFileSync(killFile, 'utf8') : '';
}

// A test that lets it write no large files, as on a full disk, means the error and not the signal before it.
process.on('SIGXFSZ', () => undefined);

const terminal = processTerminal();
const common = commonOptions({}, terminal);
process.exitCode = await daemon({ terminal, common }, traced(killer(wantedNow)));
