// The program of the stories as JavaScript, which node starts a second sooner than the sources under tsx. Each test process compiles
// for itself, half a second of work: nothing stale is tested, and nothing is written while another process reads it.

import { existsSync, rmSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { output } from '../../src/servers/command.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const compiled = join(root, '.cache', `stories-${process.pid}`);
/** What compiled files read beside themselves. */
const beside = ['package.json', 'config'];

async function compile(): Promise<void> {
  const args = [
    join(root, 'node_modules', '.bin', 'tsc'),
    '-p',
    'tsconfig.stories.json',
    '--outDir',
    compiled,
  ];
  process.once('exit', () => rmSync(compiled, { recursive: true, force: true }));
  await output({ program: process.execPath, args, cwd: root });
  for (const name of beside) {
    if (!existsSync(join(compiled, name))) await symlink(join(root, name), join(compiled, name));
  }
}

let done: Promise<void> | null = null;

/**
 * The compiled file of a source, such as `src/main.ts`; compiles once in this process, with no check of types. Rejects with
 * what the compiler said.
 */
export async function compiledFile(
  source:
    | 'src/main.ts'
    | 'src/evidence/reader/create-reader.ts'
    | 'test/stories/daemon-entry.ts'
    | 'test/bench/reading-daemon.ts'
    | 'test/bench/reading-report.ts'
    | 'test/bench/probe.ts'
    | 'test/stand-in/main.ts',
): Promise<string> {
  done ??= compile();
  await done;
  return join(compiled, source.replace(/\.ts$/, '.js'));
}
