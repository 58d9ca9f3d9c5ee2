// The command of a job that says which files a change touches.

import { expect } from 'chai';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createChangedFiles } from '../../../src/daemon/changed-files.ts';
import type { RunId } from '../../../src/gate/ids.ts';
import type { Run } from '../../../src/gate/run.ts';
import { createLog, type Log } from '../../../src/observe/log.ts';
import { createGitRepository } from '../../../src/servers/git-repository.ts';
import { aRun } from '../gate/a-run.ts';

const readme = fileURLToPath(new URL('../../../config/README.md', import.meta.url));
let log: Log;

function running(
  command: readonly string[] | undefined,
  change: Partial<NonNullable<Run['terms']>['change']> = {},
): Run {
  const run = aRun();
  if (run.terms === null) throw new Error('a run without terms');
  const { terms } = run;
  const definition = { ...terms.definition, ...(command === undefined ? {} : { changedFiles: command }) };
  return { ...run, terms: { ...terms, definition, change: { ...terms.change, ...change } } };
}

const shell = (script: string): readonly string[] => ['sh', '-c', script];

describe('the changed files of a run', () => {
  before(async () => {
    log = await createLog({ level: 'silent' });
  });

  it('are what the gatekeeper says, and the command is not asked', async () => {
    const run = running(shell('echo other'), { files: ['Lib/ssl.py'] });
    expect(await createChangedFiles(log)(run)).to.deep.equal(['Lib/ssl.py']);
  });

  it('are nobody knows which where neither is given', async () => {
    expect(await createChangedFiles(log)(running(undefined))).to.equal(null);
  });

  it('are what the command prints, which is told what to look at and nothing else of ours', async () => {
    const run = running(shell('echo "$GATE_COMMIT"; env | grep -c TEST_SECRET'));
    process.env['TEST_SECRET'] = 'x';
    try {
      const count = running(shell('echo "$GATE_COMMIT"; env | grep -c TEST_SECRET || true'));
      expect(await createChangedFiles(log)(run)).to.equal(null);
      expect(await createChangedFiles(log)(count)).to.deep.equal([run.terms?.change.revision, '0']);
    } finally {
      delete process.env['TEST_SECRET'];
    }
  });

  it('are asked for once', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'changed-files-'));
    try {
      const run = running(shell(`echo a >> ${folder}/asked; cat ${folder}/asked`));
      const ask = createChangedFiles(log);
      expect(await Promise.all([ask(run), ask(run)])).to.deep.equal([['a'], ['a']]);
      expect(await ask({ ...run, id: '00000000000000bb' as RunId })).to.deep.equal(['a']);
      expect(await readFile(`${folder}/asked`, 'utf8')).to.equal('a\na\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  for (const [what, script] of [
    ['fails', 'echo a; exit 1'],
    ['prints nothing', 'true'],
    ['prints for ever', 'yes'],
    ['hangs, and what it started with it', 'sleep 600 & sleep 600'],
  ] as const) {
    it(`are nobody knows which where the command ${what}`, async () => {
      expect(await createChangedFiles(log, { within: 500 })(running(shell(script)))).to.equal(null);
    });
  }

  it('are nobody knows which where there is no such command', async () => {
    expect(await createChangedFiles(log)(running(['/nowhere/changed-files']))).to.equal(null);
  });

  it('of a merge commit are those of the change alone, by the script of config/README.md', async () => {
    const text = await readFile(readme, 'utf8');
    const script = /```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
    const git = await createGitRepository();
    const folder = await mkdtemp(join(tmpdir(), 'changed-files-'));
    try {
      const base = await git.commit({ ref: 'refs/heads/main', files: { check: 'true', 'Lib/a.py': '1' } });
      const tip = await git.commit({
        ref: 'refs/changes/1',
        from: base,
        files: { 'Lib/a.py': '2', 'Doc/b.rst': '' },
      });
      await git.commit({ ref: 'refs/heads/main', from: base, files: { landed: 'meanwhile' } });
      const { ref, commit } = await git.mergeRef('main', tip);
      await writeFile(join(folder, 'changed-files'), script);
      await chmod(join(folder, 'changed-files'), 0o755);
      const change = { repository: git.url, forceBranch: ref, revision: commit };
      const files = await createChangedFiles(log)(running([join(folder, 'changed-files')], change));
      expect(files).to.have.members(['Doc/b.rst', 'Lib/a.py']);
    } finally {
      await Promise.all([git.remove(), rm(folder, { recursive: true })]);
    }
  }).timeout(20_000);
});
