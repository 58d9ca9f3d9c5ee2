// The notifier's own promises, with small programs in the place of systemd-notify.

import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNotifier, type Notifier } from '../../../src/daemon/notify.ts';
import { until } from '../../until.ts';

describe('the notifier', () => {
  let folder = '';
  let troubles: string[];
  let notifier: Notifier;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-notify-'));
    troubles = [];
  });

  afterEach(async () => {
    await notifier.idle();
    await rm(folder, { recursive: true });
  });

  const file = (name: string): string => join(folder, name);
  const told = async (): Promise<string> => readFile(file('told'), 'utf8');
  const has = (line: string): Promise<true> =>
    until(async () => (await told()).split('\n').includes(line), { within: 5_000, what: line });
  const make = (program: string, env: NodeJS.ProcessEnv = {}): Notifier =>
    createNotifier(
      { PATH: process.env['PATH'], NOTIFY_SOCKET: file('socket'), ...env },
      (trouble) => troubles.push(trouble),
      { program, deadline: 2_000, again: 10 },
    );
  const script = async (body: string): Promise<string> => {
    await writeFile(file('program'), `#!/bin/sh\ncd '${folder}'\n${body}\n`, { mode: 0o755 });
    return file('program');
  };

  it('does nothing where no systemd listens', async () => {
    notifier = make(await script('echo "$*" >> told'), { NOTIFY_SOCKET: '', WATCHDOG_USEC: '1000000' });
    notifier.ready();
    notifier.watchdog();
    await notifier.idle();

    expect(notifier.watchdogEvery).to.equal(null);
    expect(await told().catch((error: unknown) => String(error))).to.include('ENOENT');
  });

  it('gives half of what systemd allows between two signs of progress', async () => {
    const program = await script('true');
    notifier = make(program, { WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) });

    expect(notifier.watchdogEvery).to.equal(15_000);
    expect(make(program, { WATCHDOG_USEC: '30000000' }).watchdogEvery).to.equal(15_000);
    expect(make(program, { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' }).watchdogEvery).to.equal(null);
    for (const WATCHDOG_USEC of ['', '0', '-5', 'soon', '1e400']) {
      expect(make(program, { WATCHDOG_USEC }).watchdogEvery).to.equal(null);
    }
  });

  it('runs one child at a time and says only the newest of what came meanwhile', async () => {
    const hold = 'while [ ! -e go ]; do sleep 0.01; done';
    notifier = make(
      await script(`mkdir busy || echo overlap >> told\n${hold}\necho "$*" >> told\nrmdir busy`),
    );
    notifier.status('first');
    for (let count = 0; count < 1_000; count += 1) notifier.status(`later ${count}`);
    notifier.watchdog();
    await writeFile(file('go'), '');
    await notifier.idle();

    expect(await told()).to.equal('STATUS=first\nSTATUS=later 999 WATCHDOG=1\n');
  });

  it('kills a child that hangs, says so once, and tells the same again', async () => {
    const body = 'if [ ! -e once ]; then touch once; exec sleep 60; fi\necho "$*" >> told';
    notifier = make(await script(body));
    notifier.ready();
    await has('READY=1');
    await notifier.idle();

    expect(troubles).to.have.lengthOf(2);
    expect(troubles[0]).to.include('no end within 2000 ms');
    expect(troubles[1]).to.include('told again');
  }).timeout(10_000);

  it('does not repeat an old sign of progress after a failure', async () => {
    const body = 'if [ ! -e once ]; then touch once; echo broken >&2; exit 3; fi\necho "$*" >> told';
    notifier = make(await script(body));
    notifier.watchdog();
    await notifier.idle();
    notifier.status('still here');
    await has('STATUS=still here');

    expect(troubles[0]).to.include('it ended with 3 broken');
    expect(await told()).to.equal('STATUS=still here\n');
  });

  it('says what to install where systemd-notify is missing, once, and goes on', async () => {
    notifier = make(file('missing'));
    notifier.ready();
    await notifier.idle();
    notifier.watchdog();
    await notifier.idle();

    expect(troubles).to.have.lengthOf(1);
    expect(troubles[0]).to.match(/cannot be run .*install systemd$/);
  });

  it('keeps the rest of the environment from the child', async () => {
    notifier = make(await script('env > told; echo end >> told'), { SECRET_OF_THE_DAEMON: 'hidden' });
    notifier.ready();
    await has('end');

    expect(await told())
      .to.include('NOTIFY_SOCKET=')
      .and.to.not.include('SECRET_OF_THE_DAEMON');
  });
});
