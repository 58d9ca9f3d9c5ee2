// The papers, held to what they speak of: commands, links, the stanza, the folders.

import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (name: string): Promise<string> => readFile(join(root, name), 'utf8');
const outside = /(^|\/)(node_modules|dist|coverage|\.git)(\/|$)/;

/** Folders below one of ours, itself not included. */
async function foldersOf(name: string): Promise<string[]> {
  const entries = await readdir(join(root, name), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(name, entry.name));
}

async function papers(): Promise<string[]> {
  const found: string[] = [];
  for (const name of ['.', 'src', 'test', 'config', 'systemd']) {
    const entries = await readdir(join(root, name), { recursive: name !== '.' });
    found.push(
      ...entries
        .filter((entry) => entry.endsWith('.md') && !outside.test(entry))
        .map((entry) => join(name, entry)),
    );
  }
  return found;
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

describe('README.md', () => {
  it('has at most 150 lines', async () => {
    expect((await read('README.md')).trimEnd().split('\n').length).to.be.within(50, 150);
  });

  it('carries the stanza that the tests run on, to the letter', async () => {
    const quoted = all(await read('README.md'), /```python\n([\s\S]*?)```/g);

    expect(quoted).to.deep.equal([await read('config/gearbridge_stanza.py')]);
  });

  it('leads to the factory that the tests run on, to the letter', async () => {
    expect(await read('README.md')).to.include('(config/README.md#a-factory-that-repeats-tests)');
    const quoted = all(await read('config/README.md'), /```python\n([\s\S]*?)```/g);

    expect(quoted).to.deep.equal([await read('config/gearbridge_factory.py')]);
  });

  it('names only commands that the program has', async () => {
    const text = (await read('README.md')) + (await read('systemd/README.md'));
    const named = new Set(all(text, /(?:`|^|&& )gearbridge ((?:(?:config|jobs) )?[a-z]+)/gm));
    const help = async (command: string): Promise<string> => {
      const args = ['--import', 'tsx', 'src/main.ts', ...command.split(' '), '--help'];
      return (await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 15_000 })).stdout;
    };
    expect([...named]).to.include.members(['config init', 'config check', 'jobs submit', 'status']);
    for (const command of named) expect(await help(command)).to.include(`gearbridge ${command}`);
  }).timeout(60_000);
});

describe('every paper', () => {
  it('links only to files that are there', async () => {
    const broken: string[] = [];
    for (const paper of await papers()) {
      for (const link of all(await read(paper), /\]\(([^)\s]+)\)/g)) {
        const target = link.split('#')[0] ?? '';
        if (/^https?:/.test(link) || target === '') continue;
        if (!existsSync(join(root, dirname(paper), target))) broken.push(`${paper}: ${link}`);
      }
    }

    expect(broken).to.deep.equal([]);
  });

  it('names only scripts that package.json has', async () => {
    const { scripts } = JSON.parse(await read('package.json')) as {
      readonly scripts: Record<string, string>;
    };
    const unknown: string[] = [];
    let named = 0;
    for (const paper of await papers()) {
      for (const script of all(await read(paper), /npm run ([a-z:]+)/g)) {
        named += 1;
        if (!(script in scripts)) unknown.push(`${paper}: npm run ${script}`);
      }
    }

    expect(unknown).to.deep.equal([]);
    expect(named).to.be.greaterThan(3);
  });
});

describe('every folder', () => {
  it('under src and test says in a README what lives there', async () => {
    const folders = ['src', 'test', ...(await foldersOf('src')), ...(await foldersOf('test'))];

    expect(folders).to.include.members(['src/gate', 'test/unit']);
    expect(folders.filter((folder) => !existsSync(join(root, folder, 'README.md')))).to.deep.equal([]);
  });

  it('that is drawn in src/README.md is there, and no other', async () => {
    const drawn = all(await read('src/README.md'), /^ {2}([a-z]+)\/ /gm).map((name) => `src/${name}`);

    expect(drawn).to.have.members(await foldersOf('src'));
  });
});
