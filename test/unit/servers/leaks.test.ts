import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { tried, type Result } from '../../../src/servers/command.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

/** Runs mocha as the project does on one file with this text. */
async function mocha(...texts: string[]): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'gearbridge-leaks-'));
  try {
    const files = texts.map((_, index) => join(folder, `${index}.test.mjs`));
    await Promise.all(files.map((file, index) => writeFile(file, texts[index]!)));
    const args = [
      '--no-config',
      '--no-color',
      '--exit',
      '--import=tsx',
      '--require',
      path('test/leaks.ts'),
      ...files,
    ];
    return await tried({
      program: process.execPath,
      args: [path('node_modules/mocha/bin/mocha.js'), ...args],
      cwd: path('.'),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const inTest = (body: string): string => `
  import { spawn } from 'node:child_process';
  import { createServer } from 'node:net';
  describe('a file', () => { it('does something', async () => { ${body} }); });`;

describe('the root hook', () => {
  it('lets a file pass that leaves nothing', async () => {
    const { code, stdout } = await mocha(inTest('await new Promise((resolve) => setTimeout(resolve, 5));'));
    expect(code, stdout).to.equal(0);
  });

  it('lets a file pass that cleans up in its own last hook', async () => {
    const { code, stdout } = await mocha(`
      import { createServer } from 'node:net';
      describe('a file', () => {
        const server = createServer();
        before((done) => void server.listen(0, '127.0.0.1', done));
        after((done) => void server.close(done));
        it('does something', () => {});
      });`);
    expect(code, stdout).to.equal(0);
  });

  for (const [what, body, words] of [
    [
      'a child process',
      "const child = spawn('sleep', ['3']); child.unref();",
      /left behind: process \d+ \(sleep 3\)/,
    ],
    [
      'a grandchild whose parent is gone',
      "await new Promise((resolve) => spawn('sh', ['-c', 'sleep 3 >&- 2>&- &']).once('exit', resolve));",
      /left behind: process \d+ \(sleep 3\)/,
    ],
    [
      'a listening TCP socket',
      "await new Promise((resolve) => createServer().listen(0, '127.0.0.1', resolve));",
      /left behind: a socket that listens on port \d+/,
    ],
    [
      'a listening IPv6 socket',
      "await new Promise((resolve) => createServer().listen(0, '::', resolve));",
      /left behind: a socket that listens on port \d+/,
    ],
    [
      'a listening Unix socket',
      "await new Promise((resolve) => createServer().listen('\\0gearbridge-leak-' + process.pid, resolve));",
      /left behind: a socket that listens on @gearbridge-leak-/,
    ],
    ['a timer', 'setInterval(() => {}, 1000);', /left behind: 1 timer\b/],
  ] as const) {
    it(`fails a file that leaves ${what}, and not the file after it`, async () => {
      const { code, stdout, stderr } = await mocha(
        inTest(body),
        inTest('').replace("'a file'", "'the next'"),
      );
      expect(stdout + stderr).to.match(words);
      expect(stdout).to.match(/1\) a file\s+"after all" hook: leaves nothing behind/);
      expect(stdout).to.contain('1 failing');
      expect(stdout).to.match(/the next\s+✔/);
      expect(code).to.equal(1);
    });
  }
});
