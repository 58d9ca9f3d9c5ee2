// prepare.ts against a dpkg-query and an apt-get of our own, in a directory of their own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
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
      'noninteractive 101 --option=DPkg::Lock::Timeout=120 update',
      'noninteractive 101 --option=DPkg::Lock::Timeout=120 install --yes --no-install-recommends git',
    ]);
    expect(existsSync(path('policy-rc.d'))).to.equal(false);
  });

  it('removes its policy when apt-get fails, and says which call failed', async () => {
    await script('apt-get', 'exit 100');
    expect(await run(true)).to.equal(1);
    expect(said.at(-1)).to.match(/^apt-get .*update ended with exit code 100/);
    expect(existsSync(path('policy-rc.d'))).to.equal(false);
  });

  it('leaves a policy alone that forbids services', async () => {
    await script('policy-rc.d', '# theirs\nexit 101');
    const before = await stat(path('policy-rc.d'));
    expect(await run(true)).to.equal(0);
    const after = await stat(path('policy-rc.d'));
    expect([after.ino, after.mtimeMs]).to.deep.equal([before.ino, before.mtimeMs]);
    expect((await log())[1]).to.match(/^noninteractive 101 /);
  });

  for (const [apt, code] of [
    ['works', 0],
    ['fails', 1],
  ] as const) {
    it(`puts a policy back that permits services when apt-get ${apt}`, async () => {
      if (code === 1) await script('apt-get', 'exit 100');
      await script('policy-rc.d', '# theirs\nexit 0');
      const before = await stat(path('policy-rc.d'));
      expect(await run(true)).to.equal(code);
      expect((await stat(path('policy-rc.d'))).ino).to.equal(before.ino);
      expect(existsSync(path('policy-rc.d.before-gearbridge'))).to.equal(false);
      if (code === 0) expect((await log())[1]).to.match(/^noninteractive 101 /);
    });
  }

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

  it('removes its policy when it is stopped by a signal', async () => {
    await script('apt-get', 'exec sleep 20');
    const source = fileURLToPath(new URL('../../../src/servers/prepare.ts', import.meta.url));
    const program = `import { prepare } from ${JSON.stringify(source)};
      const { HERE } = process.env;
      process.exitCode = await prepare({ root: true, env: process.env, policy: HERE + '/policy-rc.d',
        say: (line) => void process.stdout.write(line + '\\n') });`;
    const args = ['--import=tsx', '--input-type=module', '--eval', program];
    const env = { ...process.env, PATH: `${folder.path}:/usr/bin:/bin`, HERE: folder.path };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const heard: Buffer[] = [];
    child.stdout.on('data', (bytes: Buffer) => heard.push(bytes));
    const closed = once(child, 'close');
    await until(() => existsSync(path('policy-rc.d')), { within: 10_000, what: 'the policy to be written' });
    child.kill('SIGINT');
    expect(await closed).to.deep.equal([1, null]);
    expect(existsSync(path('policy-rc.d'))).to.equal(false);
    expect(Buffer.concat(heard).toString()).to.contain('stopped by SIGINT');
  });

  it('finds all packages on this machine when it is run as a program', async () => {
    const source = fileURLToPath(new URL('../../../src/servers/prepare.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import=tsx', source], { stdio: 'inherit' });
    expect(await once(child, 'close')).to.deep.equal([0, null]);
  });
});
