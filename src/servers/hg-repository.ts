// A Mercurial repository whose changesets need not be on the newest head.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { output } from './command.ts';
import { inFolder, type Folder } from './folder.ts';
import { program } from './program.ts';

export interface HgCommit {
  /** Text by path; what is not named stays as in the parent. */
  readonly files: Readonly<Record<string, string>>;
  /** The parent's node; default: the tip. Another one opens a new head. */
  readonly from?: string;
}

export interface HgRepository {
  readonly path: string;
  /** What a force call names as the repository: a path. */
  readonly url: string;
  /** Commits to the branch `default`; gives the node, 40 hex digits. */
  commit(wanted: HgCommit): Promise<string>;
  remove(): Promise<void>;
}

type Hg = (args: readonly string[]) => Promise<string>;

/** Makes an empty repository in a directory of its own. */
export function createHgRepository(): Promise<HgRepository> {
  const path = program('hg', 'mercurial');
  return inFolder('hg', async (folder) => {
    const env = { ...process.env, HGRCPATH: '', HGPLAIN: '1', HGUSER: 'Fleet Test <test@example.invalid>' };
    const hg: Hg = async (args) =>
      (await output({ program: path, args: ['--cwd', folder.path, ...args], env })).trim();
    await hg(['init']);
    return repository(folder, hg);
  });
}

function repository(folder: Folder, hg: Hg): HgRepository {
  return {
    path: folder.path,
    url: folder.path,
    commit: async (wanted) => {
      await hg(['update', '--quiet', '--clean', '--rev', wanted.from ?? 'tip']);
      for (const [path, text] of Object.entries(wanted.files)) {
        const file = join(folder.path, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      await hg([
        'commit',
        '--quiet',
        '--addremove',
        '--message',
        `Change ${Object.keys(wanted.files).join(', ')}`,
      ]);
      return hg(['log', '--rev', '.', '--template', '{node}']);
    },
    remove: () => folder.remove(),
  };
}
