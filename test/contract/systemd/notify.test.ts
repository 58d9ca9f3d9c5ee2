// The notifier with the real systemd-notify and a socket that answers as systemd does.

import { expect } from 'chai';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createNotifier, type Notifier } from '../../../src/daemon/notify.ts';
import { until } from '../../until.ts';

const script = fileURLToPath(new URL('notify-socket.py', import.meta.url));

describe('the notifier with the real systemd-notify', () => {
  let folder = '';
  let systemd: ChildProcessByStdio<Writable, Readable, null>;
  let lines: string[];
  let troubles: string[];
  let notifier: Notifier;

  const said = (): string[] => lines.flatMap((line) => JSON.parse(line) as string[]);
  const saying = (assignment: string): Promise<true> =>
    until(() => said().includes(assignment), { within: 5_000, what: `${assignment} at the socket` });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-notify-'));
    const socket = join(folder, 'notify');
    lines = [];
    troubles = [];
    systemd = spawn('/usr/bin/python3', [script, socket], { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface(systemd.stdout).on('line', (line) => lines.push(line));
    await until(() => lines.shift()?.includes('listening'), { within: 5_000, what: 'the socket' });
    notifier = createNotifier({ ...process.env, NOTIFY_SOCKET: socket }, (trouble) => troubles.push(trouble));
  });

  afterEach(async () => {
    await notifier.idle();
    const gone = once(systemd, 'exit');
    systemd.stdin.end();
    await gone;
    await rm(folder, { recursive: true });
  });

  it('says ready, a status, a sign of progress, a reload and the end, each in its turn', async () => {
    notifier.ready();
    await saying('READY=1');
    notifier.status('2 runs, 1 waits');
    await saying('STATUS=2 runs, 1 waits');
    notifier.watchdog();
    await saying('WATCHDOG=1');
    notifier.reloading();
    await saying('RELOADING=1');
    notifier.stopping();
    await saying('STOPPING=1');

    expect(troubles).to.deep.equal([]);
  });

  it('does not let a line break in a status say something else to systemd', async () => {
    notifier.status('a build printed\nWATCHDOG=trigger\u0000\u001b[31m');
    await saying('STATUS=a build printed WATCHDOG=trigger [31m');

    expect(said()).to.not.include('WATCHDOG=trigger');
  });

  it('has told the last thing when idle resolves, so that the end of the process loses nothing', async () => {
    notifier.ready();
    notifier.stopping();
    await notifier.idle();
    await saying('STOPPING=1');

    expect(
      said()
        .filter((line) => line === 'READY=1' || line === 'STOPPING=1')
        .at(-1),
    ).to.equal('STOPPING=1');
  });
});
