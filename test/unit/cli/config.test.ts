// `config check|show|init`, without a daemon.

import { expect } from 'chai';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gearbridge } from '../../../src/cli/program.ts';
import { createTerminal } from './terminal.ts';

describe('the config commands', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-config-'));
    file = join(folder, 'gearbridge.yaml');
    await writeFile(join(folder, 'buildbot.password'), 'hunter2\n');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function run(...words: string[]) {
    const terminal = createTerminal();
    const code = await gearbridge(words, terminal);
    return { code, ...terminal.written };
  }

  async function written(buildbot = 'http://127.0.0.1:1/', gearman = '127.0.0.1:1'): Promise<void> {
    const { out } = await run('config', 'init', '--buildbot', buildbot);
    await writeFile(file, out.replace('127.0.0.1:4730', gearman));
  }

  it('init prints a file that check accepts, and what to do with it on stderr', async () => {
    const { code, out, err } = await run('config', 'init', '--buildbot', 'https://buildbot.example.org');
    await writeFile(file, out);

    expect(code).to.equal(0);
    expect(out).to.contain('https://buildbot.example.org/');
    expect(err).to.contain('--stanza');
    const checked = await run('config', 'check', file);
    expect(checked.code).to.equal(0);
    expect(checked.out).to.contain(`${file} is a valid configuration`);
  });

  it('init --stanza prints the stanza that is in config/', async () => {
    const stanza = await readFile(new URL('../../../config/gearbridge_stanza.py', import.meta.url), 'utf8');

    expect((await run('config', 'init', '--stanza')).out).to.equal(stanza);
  });

  it('init refuses what is no address', async () => {
    expect((await run('config', 'init', '--buildbot', 'nowhere')).code).to.equal(2);
    expect((await run('config', 'init')).err).to.contain('--buildbot URL');
  });

  it('check ends with 2 and prints every finding as file:line:column', async () => {
    await writeFile(file, 'gearman: { server: [] }\nbuildbot: 7\n');

    const { code, out } = await run('config', 'check', file);

    expect(code).to.equal(2);
    expect(out)
      .to.match(/gearbridge\.yaml:1:\d+: /)
      .and.to.match(/gearbridge\.yaml:2:\d+: /);
  });

  it('check says which jobs do not know what a change touches, and fails no file for it', async () => {
    await written();

    const { code, out } = await run('config', 'check', file);

    expect(code).to.equal(0);
    expect(out).to.match(
      /^note: job \S+ has no changed_files: unless .* GATE_FILES, every file counts as touched/m,
    );
    expect((await run('config', 'check', file, '--json')).out).to.contain('"notes": [');
  });

  it('check takes --config as well, and prints JSON', async () => {
    await written();

    const { out } = await run('--config', file, 'config', 'check', '--json');

    expect(JSON.parse(out)).to.include({ file, ok: true, online: null });
  });

  it('show prints the configuration with its defaults and no password', async () => {
    await written();

    const yaml = await run('config', 'show', '--config', file);
    const json = await run('config', 'show', '--config', file, '--json');

    expect(yaml.out).to.contain('max_jobs: 1');
    expect(JSON.parse(json.out)).to.have.nested.property('maxJobs', 1);
    expect(yaml.out + json.out).to.not.contain('hunter2');
  });

  describe('online', () => {
    let server: Server;
    let heard: string;
    beforeEach(async () => {
      heard = '';
      server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', (piece) => {
          heard += piece.toString('latin1');
          socket.write('build:x\t0\t0\t1\n.\n');
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    });
    afterEach(() => new Promise((resolve) => server.close(resolve)));

    it('check says which of master and Gearman servers cannot be reached, and ends with 3', async () => {
      const { port } = server.address() as AddressInfo;
      await written('http://127.0.0.1:1/', `127.0.0.1:${port}`);

      const { code, out } = await run('config', 'check', file, '--online');

      expect(code).to.equal(3);
      expect(out).to.match(/^master +error +\S/m);
      expect(out).to.match(new RegExp(`^gearman 127\\.0\\.0\\.1:${port} +ok +answers$`, 'm'));
      expect(heard).to.equal('status\n');
    });

    it('check is not asked of a wrong file', async () => {
      await writeFile(file, 'gearman: 1\n');

      expect((await run('config', 'check', file, '--online')).code).to.equal(2);
      expect(heard).to.equal('');
    });
  });
});
