// The unit file, judged by systemd's own tools.

import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folderOfUnit = fileURLToPath(new URL('../../../systemd', import.meta.url));
const program = '/usr/bin/gearbridge';

interface Said {
  readonly code: number | string;
  readonly out: string;
  readonly err: string;
}

function run(command: string, args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    const env = { ...process.env, SYSTEMD_COLORS: '0', LC_ALL: 'C.UTF-8' };
    execFile(command, args, { timeout: 15_000, env }, (error, out, err) => {
      resolve({ code: error?.code ?? (error === null ? 0 : 'killed'), out, err });
    });
  });
}

describe('systemd/gearbridge.service', () => {
  let folder = '';
  let unit = '';

  before(async () => {
    unit = await readFile(join(folderOfUnit, 'gearbridge.service'), 'utf8');
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-unit-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  // Nothing is installed where the tests run, so a program that exists stands in for ours.
  const verify = async (text: string): Promise<Said> => {
    const file = join(folder, 'gearbridge.service');
    await writeFile(file, text.replaceAll(program, '/bin/true'));
    return run('systemd-analyze', ['verify', '--man=no', file]);
  };
  const exposure = async (text: string, threshold: number): Promise<{ said: Said; level: number }> => {
    const file = join(folder, 'gearbridge.service');
    await writeFile(file, text);
    const options = ['--offline=true', '--no-pager', `--threshold=${threshold * 10}`];
    const said = await run('systemd-analyze', ['security', ...options, file]);
    return { said, level: Number(/exposure level for \S+: ([\d.]+)/.exec(said.out)?.[1]) };
  };

  it('passes systemd-analyze verify without a word', async () => {
    expect(await verify(unit)).to.deep.equal({ code: 0, out: '', err: '' });
  });

  it('would not pass with a key that systemd does not know', async () => {
    expect((await verify(unit.replace('PrivateUsers=', 'PrivateUser='))).err).to.include('PrivateUser');
  });

  it('scores at most 1.5 in systemd-analyze security', async () => {
    const { said, level } = await exposure(unit, 1.5);

    expect(level).to.be.within(0.1, 1.5);
    expect(said.code).to.equal(0);
  });

  it('would score more without its system call filter', async () => {
    const { said, level } = await exposure(unit.replaceAll(/^SystemCallFilter=.*$/gm, ''), 1.5);

    expect(level).to.be.greaterThan(1.5);
    expect(said.code).to.equal(1);
  });

  const promised: readonly (readonly [line: string, why: string])[] = [
    ['Type=notify', 'the daemon says when its store takes writes'],
    ['NotifyAccess=all', 'systemd-notify speaks as a child'],
    ['WatchdogSec=30s', 'a daemon that makes no progress is started again'],
    [`ExecStart=${program} daemon --config /etc/gearbridge/gearbridge.yaml`, 'the default path'],
    ['Restart=always', 'a name without a worker makes the gatekeeper fail changes'],
    ['RestartPreventExitStatus=2', 'a wrong configuration is not mended by a start'],
    ['RuntimeDirectory=gearbridge', 'the commands look for /run/gearbridge/control.sock'],
    ['StateDirectory=gearbridge', 'store.path is /var/lib/gearbridge'],
    ['LoadCredential=buildbot.password:/etc/gearbridge/buildbot.password', 'the password is read by systemd'],
  ];
  for (const [line, why] of promised) {
    it(`has ${line.split(' ')[0] ?? ''} because ${why}`, () => {
      expect(
        unit.split('\n').filter((each) => each.startsWith(`${line.split('=')[0] ?? ''}=`)),
      ).to.deep.equal([line]);
    });
  }

  it('does not forbid memory that is writable and executable, which Node needs', () => {
    expect(unit).to.not.match(/^MemoryDenyWriteExecute=/m);
  });

  it('runs as the user that gearbridge.sysusers makes', async () => {
    await mkdir(join(folder, 'etc'));
    const made = await run('systemd-sysusers', [
      `--root=${folder}`,
      join(folderOfUnit, 'gearbridge.sysusers'),
    ]);

    expect(made.code, made.err).to.equal(0);
    expect(await readFile(join(folder, 'etc/passwd'), 'utf8')).to.match(
      /^gearbridge:.*:\/usr\/sbin\/nologin$/m,
    );
    expect(await readFile(join(folder, 'etc/group'), 'utf8')).to.match(/^gearbridge:/m);
    expect(unit).to.include('\nUser=gearbridge\nGroup=gearbridge\n');
  });
});
