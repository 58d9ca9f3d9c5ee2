// The test that justifies the daemon: a force call builds the very commit that a gatekeeper asks for.

import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../../src/servers/buildbot.ts';
import { createGitRepository, type GitRepository } from '../../../src/servers/git-repository.ts';
import { createHgRepository, type HgRepository } from '../../../src/servers/hg-repository.ts';
import { session, type Session } from './force.ts';

const git = 'AMD64 Debian Git 3.x';
const hg = 'AMD64 Debian Hg 3.x';
const notFound = { results: 1, revision: undefined };

describe('the fixture builds the commit that was forced', () => {
  let buildbot: Buildbot;
  let gate: Session;

  before(async function () {
    this.timeout(150_000);
    buildbot = await startBuildbot();
    gate = await session(buildbot, 'gate');
  });
  after(async () => {
    await buildbot.stop();
  });

  describe('from git', () => {
    let repository: GitRepository;

    beforeEach(async () => {
      repository = await createGitRepository();
    });
    afterEach(() => repository.remove());

    /** A change made from a commit that main has left behind, merged into main as a gatekeeper does. */
    async function change(check: string): Promise<{ ref: string; commit: string }> {
      const base = await repository.commit({
        ref: 'refs/heads/main',
        files: { check: 'echo base', base: '1' },
      });
      const tip = await repository.commit({ ref: 'refs/changes/34/1234/1', from: base, files: { check } });
      await repository.commit({ ref: 'refs/heads/main', files: { base: 'newer' } });
      return repository.mergeRef('main', tip);
    }

    it('builds a merge commit that only a refs/zuul ref reaches, with the change and the branch in its tree', async () => {
      const merge = await change('echo "the change on $(cat base)"');
      const fields = {
        branch: merge.ref,
        revision: merge.commit,
        repository: repository.url,
        project: 'cpython',
      };
      const build = await gate.finished(await gate.force(git, fields));
      expect(build.revision).to.equal(merge.commit);
      expect(build.steps).to.deep.equal({ worker_preparation: 0, git: 0, test: 0 });
      expect(build.results).to.equal(0);
      expect(await build.log('test')).to.match(/^othe change on newer$/m);
    });

    it('fails a merge commit whose own tree fails', async () => {
      const merge = await change('echo broken; exit 3');
      const fields = { branch: merge.ref, revision: merge.commit, repository: repository.url };
      const build = await gate.finished(await gate.force(git, fields));
      expect(build).to.include({ revision: merge.commit, results: 2 });
      expect(build.steps).to.include({ git: 0, test: 2 });
    });

    it('does not find the merge commit on the branch main, and tests nothing', async () => {
      const merge = await change('echo never');
      const fields = { branch: 'main', revision: merge.commit, repository: repository.url };
      const build = await gate.finished(await gate.force(git, fields));
      expect(build).to.include(notFound);
      expect(build.steps).not.to.have.property('test');
      expect(await build.log('git')).to.contain(merge.commit);
    });

    it('builds the forced one of two merge commits', async () => {
      const first = await change('echo first');
      const second = await change('echo second');
      for (const [merge, text] of [
        [first, 'first'],
        [second, 'second'],
      ] as const) {
        const fields = { branch: merge.ref, revision: merge.commit, repository: repository.url };
        const build = await gate.finished(await gate.force(git, fields));
        expect(build.revision).to.equal(merge.commit);
        expect(await build.log('test')).to.match(new RegExp(`^o${text}$`, 'm'));
      }
    });
  });

  describe('from Mercurial', () => {
    let repository: HgRepository;

    beforeEach(async () => {
      repository = await createHgRepository();
    });
    afterEach(() => repository.remove());

    it('builds a changeset that is not on the newest head', async () => {
      const base = await repository.commit({ files: { check: 'echo base' } });
      const wanted = await repository.commit({ from: base, files: { check: 'echo wanted' } });
      await repository.commit({ from: base, files: { check: 'exit 1' } });
      const fields = { branch: 'default', revision: wanted, repository: repository.url };
      const build = await gate.finished(await gate.force(hg, fields));
      expect(build).to.include({ revision: wanted, results: 0 });
      expect(build.steps).to.deep.equal({ worker_preparation: 0, hg: 0, test: 0 });
      expect(await build.log('test')).to.match(/^owanted$/m);
    });

    it('does not find a changeset that another repository has, and tests nothing', async () => {
      await repository.commit({ files: { check: 'echo here' } });
      const other = await createHgRepository();
      try {
        const elsewhere = await other.commit({ files: { check: 'echo elsewhere' } });
        const fields = { branch: 'default', revision: elsewhere, repository: repository.url };
        const build = await gate.finished(await gate.force(hg, fields));
        expect(build).to.include(notFound);
        expect(build.steps).not.to.have.property('test');
      } finally {
        await other.remove();
      }
    });
  });
});
