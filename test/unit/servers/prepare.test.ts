// prepare.ts against a dpkg-query and an apt-get of our own, in a directory of their own.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { temporaryFolder, type Folder } from '../../../src/servers/folder.ts';
import { neededPackages } from '../../../src/servers/packages.ts';
import { prepare } from '../../../src/servers/prepare.ts';
import { until } from '../../until.ts';

const installed = neededPackages.map((name) => `${name} installed`).join('\n');

describe('prepare', () => {
  let folder: Folder;
  let said: string[];
  const path = (name: string): string => join(folder.path, name);
  const script = async (name: string, text: string): Promise<void> => {
    await writeFile(path(name), `#!/bin/sh\n${text}\n`);
    await chmod(path(name), 0o755);
  };
  const run = (root: boolean, also: readonly string[] = []): Promise<number> =>
    prepare({
      root,
      also,
      env: { PATH: `${folder.path}:/usr/bin:/bin`, HERE: folder.path },
      policy: path('policy-rc.d'),
      say: (line) => said.push(line),
    });
  const policies = async (): Promise<string[]> =>
    (await readdir(folder.path)).filter((name) => name.startsWith('policy')).sort();
  const log = async (): Promise<string[]> => (await readFile(path('log'), 'utf8')).trim().split('\n');

  beforeEach(async () => {
    folder = await temporaryFolder('prepare');
    said = [];
    await script('dpkg-query', 'cat "$HERE/state"; grep -q "^git installed" "$HERE/state"');
    // It installs all, and notes with what frontend, and what a package's script that starts a service would hear.
    await script(
      'apt-get',
      `"$HERE/policy-rc.d" gearman-job-server start; echo "$DEBIAN_FRONTEND $? $*" >> "$HERE/log"
      case "$*" in *install*) printf '%s\\n' "${installed}" > "$HERE/state" ;; esac`,
    );
    await writeFile(path('state'), installed.replace('git installed', 'git config-files'));
  });
  afterEach(() => folder.remove());

  it('says nothing and starts no apt-get when all is there', async () => {
    await writeFile(path('state'), installed);
    expect(await run(true)).to.equal(0);
    expect([said, existsSync(path('log'))]).to.deep.equal([[], false]);
  });

  it('gives an ordinary user the one line, and starts no apt-get', async () => {
    expect(await run(false)).to.equal(1);
    expect(said).to.deep.equal(['sudo apt-get install --yes --no-install-recommends git']);
    expect(existsSync(path('log'))).to.equal(false);
  });

  it('looks for the packages that only the tests need as well, where they are named', async () => {
    expect(await run(false, ['systemd', 'chromium'])).to.equal(1);
    expect(said).to.deep.equal(['sudo apt-get install --yes --no-install-recommends git systemd chromium']);
  });

  it('installs as root what is missing while services are forbidden, and removes its policy', async () => {
    expect(await run(true), said.join('\n')).to.equal(0);
    expect(await log()).to.deep.equal([
      'noninteractive 101 --option=DPkg::Lock::Timeout=120 --option=APT::Update::Error-Mode=any update',
      'noninteractive 101 --option=DPkg::Lock::Timeout=120 install --yes --no-install-recommends git',
    ]);
    expect(existsSync(path('policy-rc.d'))).to.equal(false);
  });

  it('removes its policy when apt-get fails, and says which call failed', async () => {
    await script('apt-get', 'exit 100');
    expect(await run(true)).to.equal(1);
    expect(said.at(-1)).to.match(/^apt-get install .* ended with exit code 100/);
    expect(existsSync(path('policy-rc.d'))).to.equal(false);
  });

  for (const [theirs, text, mode] of [
    ['permits services', '#!/bin/sh\n# theirs\nexit 0\n', 0o755],
    ['forbids services', '#!/bin/sh\n# theirs\nexit 101\n', 0o755],
    ['forbids one and permits another', '#!/bin/sh\ntest "$1" != gearman-job-server || exit 101\n', 0o755],
    ['cannot be executed', '#!/bin/sh\n# theirs\nexit 0\n', 0o644],
    ['has no interpreter', '#!/no/such/file\n', 0o755],
  ] as const) {
    for (const [apt, code] of [
      ['works', 0],
      ['fails', 1],
    ] as const) {
      it(`forbids services while a policy is there that ${theirs}, and puts it back when apt-get ${apt}`, async () => {
        await writeFile(path('policy-rc.d'), text);
        await chmod(path('policy-rc.d'), mode);
        const before = await stat(path('policy-rc.d'));
        if (code === 1) await script('apt-get', 'exit 100');
        expect(await run(true), said.join('\n')).to.equal(code);
        const after = await stat(path('policy-rc.d'));
        expect([after.ino, after.mode, after.mtimeMs]).to.deep.equal([
          before.ino,
          before.mode,
          before.mtimeMs,
        ]);
        expect(await policies()).to.deep.equal(['policy-rc.d']);
        if (code === 0) expect((await log())[1]).to.match(/^noninteractive 101 /);
      });
    }
  }

  it('puts a policy back that is a link which leads nowhere', async () => {
    await symlink('/nowhere/policy', path('policy-rc.d'));
    expect(await run(true), said.join('\n')).to.equal(0);
    expect(await readlink(path('policy-rc.d'))).to.equal('/nowhere/policy');
  });

  describe('after an installation that was killed', () => {
    // A process that has ended, so nobody's number.
    const left = (): string => {
      const { pid } = spawnSync('true');
      return `#!/bin/sh\n# gearbridge, process ${pid}: no service starts while its test servers are installed.\nexit 101\n`;
    };

    it('removes what that left, also when nothing is missing any more', async () => {
      await writeFile(path('policy-rc.d'), left());
      await writeFile(path('state'), installed);
      expect(await run(true)).to.equal(0);
      expect(await policies()).to.deep.equal([]);
    });

    it("puts the machine's own policy back when it installs the rest", async () => {
      await writeFile(path('policy-rc.d'), left(), { mode: 0o755 });
      await writeFile(path('policy-rc.d.before-gearbridge'), '# theirs');
      expect(await run(true), said.join('\n')).to.equal(0);
      expect((await log())[1]).to.match(/^noninteractive 101 /);
      expect(await readFile(path('policy-rc.d'), 'utf8')).to.equal('# theirs');
      expect(await policies()).to.deep.equal(['policy-rc.d']);
    });

    it('puts it back as well where that was killed before its own was written', async () => {
      await writeFile(path('policy-rc.d.before-gearbridge'), '# theirs');
      await writeFile(path('state'), installed);
      expect(await run(true)).to.equal(0);
      expect(await policies()).to.deep.equal(['policy-rc.d']);
    });

    it('installs nothing where it cannot tell which policy is the right one', async () => {
      await writeFile(path('policy-rc.d'), '# one');
      await writeFile(path('policy-rc.d.before-gearbridge'), '# other');
      expect(await run(true)).to.equal(1);
      expect(said.at(-1)).to.contain('both exist').and.to.contain('remove');
      expect(await policies()).to.deep.equal(['policy-rc.d', 'policy-rc.d.before-gearbridge']);
    });
  });

  it('installs nothing while another run of it is at work, and leaves that its policy', async () => {
    const text = `#!/bin/sh\n# gearbridge, process ${process.ppid}: no service starts\nexit 101\n`;
    await writeFile(path('policy-rc.d'), text);
    expect(await run(true)).to.equal(1);
    expect(said.at(-1)).to.contain(`process ${process.ppid} is installing packages`);
    expect(existsSync(path('log'))).to.equal(false);
    expect(await readFile(path('policy-rc.d'), 'utf8')).to.equal(text);
  });

  it('goes on when a package source does not answer, and says both when it comes to nothing', async () => {
    const failing = (call: string): string => `case "$*" in *${call}*) exit 100 ;; esac`;
    const working = await readFile(path('apt-get'), 'utf8');
    await script('apt-get', `${failing('update')}\n${working}`);
    expect(await run(true), said.join('\n')).to.equal(0);
    expect(said.at(-1)).to.match(/^apt-get update ended with exit code 100.*going on/);
    await writeFile(path('state'), '');
    await script('apt-get', 'exit 100');
    expect(await run(true)).to.equal(1);
    expect(said.at(-1)).to.match(/^apt-get install .* exit code 100.*apt-get update .*network/);
  });

  it('says so when apt-get does not fail and yet installs nothing', async () => {
    await script('apt-get', 'exit 0');
    expect(await run(true)).to.equal(1);
    expect(said.at(-1)).to.contain('git is still not installed');
  });

  it('says what is needed where there is no dpkg', async () => {
    const env = { PATH: path('nowhere') };
    expect(
      await prepare({ root: true, env, policy: path('policy-rc.d'), say: (line) => said.push(line) }),
    ).to.equal(1);
    expect(said[0]).to.contain('no Debian').and.to.contain('gearman-job-server');
  });

  it('asks apt-get to end when it is stopped by a signal, and removes its policy only when that has ended', async () => {
    // apt lets the dpkg that runs come to its end at SIGINT alone: at SIGTERM dpkg goes on without it.
    await script(
      'apt-get',
      `trap 'sleep 0.5; ls "$HERE" > "$HERE/at-the-end"; exit 130' INT
      touch "$HERE/begun"; while :; do sleep 0.05; done`,
    );
    const source = fileURLToPath(new URL('../../../src/servers/prepare.ts', import.meta.url));
    const program = `import { prepare } from ${JSON.stringify(source)};
      const { HERE } = process.env;
      process.exitCode = await prepare({ root: true, env: process.env, policy: HERE + '/policy-rc.d',
        say: (line) => void process.stdout.write(line + '\\n') });`;
    const args = ['--import=tsx', '--input-type=module', '--eval', program];
    const env = { ...process.env, PATH: `${folder.path}:/usr/bin:/bin`, HERE: folder.path };
    const child = spawn(process.execPath, args, {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const heard: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => heard.push(bytes));
    const closed = once(child, 'close');
    await until(() => existsSync(path('begun')), { within: 10_000, what: 'apt-get to begin' });
    // As a terminal does at Ctrl-C: to the whole group.
    process.kill(-(child.pid ?? 0), 'SIGTERM');
    expect(await closed).to.deep.equal([1, null]);
    expect(await readFile(path('at-the-end'), 'utf8')).to.match(/^policy-rc\.d$/m);
    expect(await policies()).to.deep.equal([]);
    expect(Buffer.concat(heard).toString()).to.contain('stopped by SIGTERM');
  });

  it('finds all packages on this machine when it is run as a program', async () => {
    const source = fileURLToPath(new URL('../../../src/servers/prepare.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import=tsx', source], { stdio: 'inherit' });
    expect(await once(child, 'close')).to.deep.equal([0, null]);
  });

  it('looks for what its arguments name as well when it is run as a program', async () => {
    await script('dpkg-query', 'echo "$*" > "$HERE/log"; cat "$HERE/state"');
    await writeFile(path('state'), `${installed}\nsome-browser installed\n`);
    const source = fileURLToPath(new URL('../../../src/servers/prepare.ts', import.meta.url));
    const env = { PATH: `${folder.path}:/usr/bin:/bin`, HERE: folder.path };
    const child = spawn(process.execPath, ['--import=tsx', source, 'some-browser'], {
      env,
      stdio: 'inherit',
    });
    expect(await once(child, 'close')).to.deep.equal([0, null]);
    expect((await log()).at(-1)).to.match(/ mercurial .*some-browser$/);
  });
});
