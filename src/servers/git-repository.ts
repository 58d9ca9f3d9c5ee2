// A bare git repository that holds changes and merge refs as a gatekeeper (Zuul's merger) makes them.

import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { output } from './command.ts';
import { inFolder, type Folder } from './folder.ts';
import { program } from './program.ts';

export interface GitCommit {
  /** A full name: `refs/heads/main`, `refs/changes/34/1234/1`. It is made or moved. */
  readonly ref: string;
  /** Text by path; what is not named stays as in the parent. */
  readonly files: Readonly<Record<string, string>>;
  /** The parent, 40 hex digits; default: what the ref points at, else none. */
  readonly from?: string;
}

/** A ref and the merge commit that only it reaches. */
export interface MergeRef {
  /** `refs/zuul/<branch>/Z<32 hex digits>`. */
  readonly ref: string;
  readonly commit: string;
}

export interface GitRepository {
  readonly path: string;
  /** `file://…`: with a bare path git copies every object, also those that no branch reaches. */
  readonly url: string;
  /** Gives the commit's id. */
  commit(wanted: GitCommit): Promise<string>;
  /** Merges a change into the tip of a branch, which does not move; rejects when they conflict. */
  mergeRef(branch: string, change: string): Promise<MergeRef>;
  remove(): Promise<void>;
}

const who = 'Fleet Test <test@example.invalid>';
// Nothing of whoever runs this: no signing, no hooks, no other default branch.
const settings = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Fleet Test',
  GIT_AUTHOR_EMAIL: 'test@example.invalid',
  GIT_COMMITTER_NAME: 'Fleet Test',
  GIT_COMMITTER_EMAIL: 'test@example.invalid',
};

type Git = (args: readonly string[], input?: string) => Promise<string>;

/** Makes an empty repository in a directory of its own. */
export function createGitRepository(): Promise<GitRepository> {
  const path = program('git', 'git');
  return inFolder('git', async (folder) => {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
    const env = { ...Object.fromEntries(kept), ...settings };
    const git: Git = async (args, input = '') =>
      (await output({ program: path, args: ['-C', folder.path, ...args], env, input })).trim();
    await git(['init', '--quiet', '--bare', '--initial-branch=main']);
    return repository(folder, git);
  });
}

function repository(folder: Folder, git: Git): GitRepository {
  return {
    path: folder.path,
    url: pathToFileURL(folder.path).href,
    commit: async (wanted) => {
      const from = wanted.from ?? (await tip(git, wanted.ref));
      return git(['fast-import', '--quiet', '--force'], stream(wanted, from));
    },
    mergeRef: async (branch, change) => {
      const base = await tip(git, `refs/heads/${branch}`);
      if (base === null) throw new Error(`${folder.path} has no branch ${branch}: commit to it first`);
      const tree = await git(['merge-tree', '--write-tree', base, change]);
      const message = `Merge ${change.slice(0, 12)} into ${branch}`;
      const commit = await git(['commit-tree', tree, '-p', base, '-p', change, '-m', message]);
      const ref = `refs/zuul/${branch}/Z${randomBytes(16).toString('hex')}`;
      await git(['update-ref', ref, commit]);
      return { ref, commit };
    },
    remove: () => folder.remove(),
  };
}

async function tip(git: Git, ref: string): Promise<string | null> {
  const found = await git(['for-each-ref', '--format=%(objectname)', ref]);
  return found === '' ? null : found;
}

// git-fast-import(1): one process for a whole commit; get-mark prints its id.
function stream(wanted: GitCommit, from: string | null): string {
  const files = Object.entries(wanted.files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`);
  return [
    `commit ${wanted.ref}\nmark :1\n`,
    `committer ${who} ${Math.floor(Date.now() / 1000)} +0000\n`,
    data(`Change ${Object.keys(wanted.files).join(', ')}`),
    from === null ? '' : `from ${from}\n`,
    ...files,
    '\nget-mark :1\n',
  ].join('');
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
