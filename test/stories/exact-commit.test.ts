// The one test that justifies the daemon: what the gatekeeper asked for is what was built, though no branch reaches it.

import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import { createGitRepository, type GitRepository, type MergeRef } from '../../src/servers/git-repository.ts';
import { createHgRepository, type HgRepository } from '../../src/servers/hg-repository.ts';
import type { JobView } from '../../src/views/document.ts';
import { session, type Session } from '../contract/servers/force.ts';
import { connectGearmanClient, type GearmanClient, type SubmittedJob } from '../gearman-client.ts';
import { makeGate, type Gate } from './gate.ts';

/** Passes or fails by what lies in the tree, and says which tree that was. */
const check = 'echo "tree of $(cat who) on $(cat base)"; test "$(cat outcome)" = good\n';

interface Built {
  readonly job: JobView;
  /** Results of every build that the job's requests had, in Buildbot's own words. */
  readonly builds: readonly { readonly revision: unknown; readonly branch: string; readonly log: string }[];
}

describe('the exact commit through the whole daemon', function () {
  this.timeout(180_000);
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let git: GitRepository;
  let hg: HgRepository;
  let gate: Gate;
  let client: GearmanClient;
  let master: Session;

  before(async () => {
    [buildbot, gearmand, git, hg] = await Promise.all([
      startBuildbot({ workers: 'shared' }),
      startGearmand(),
      createGitRepository(),
      createHgRepository(),
    ]);
    master = await session(buildbot, 'gate');
    const jobs = `
  - { name: git, project: demo, repository: "${git.url}", builders: { tags: [git] }, policy: gate }
  - { name: hg, project: demo, vcs: hg, repository: "${hg.url}", builders: { tags: [hg] }, policy: gate }`;
    gate = await makeGate({ buildbot, gearman: [gearmand.address], jobs });
    await gate.start();
    await gate.ready();
    client = await connectGearmanClient(gearmand.port);
  });

  after(async () => {
    client.close();
    await gate.close();
    await Promise.all([buildbot.stop(), gearmand.stop(), git.remove(), hg.remove()]);
  });

  /** A change made from a commit that main has left behind, merged into main's tip as a gatekeeper does: only the ref reaches it. */
  async function merged(who: string, outcome: 'good' | 'bad'): Promise<MergeRef> {
    const base = await git.commit({ ref: 'refs/heads/main', files: { check, base: 'old', outcome: 'good' } });
    const tip = await git.commit({ ref: `refs/changes/${who}`, from: base, files: { who, outcome } });
    await git.commit({ ref: 'refs/heads/main', files: { base: `main when ${who} came` } });
    return git.mergeRef('main', tip);
  }

  function askGit({ ref, commit }: MergeRef): Promise<SubmittedJob> {
    const parameters = { ZUUL_PROJECT: 'demo', ZUUL_BRANCH: 'main', ZUUL_REF: ref, ZUUL_COMMIT: commit };
    return client.submit('build:git:main', parameters);
  }

  function askHg(commit: string): Promise<SubmittedJob> {
    return client.submit('build:hg', { ZUUL_PROJECT: 'demo', ZUUL_BRANCH: 'default', ZUUL_COMMIT: commit });
  }

  /** The job at its end, with what Buildbot says of each build under its requests. */
  async function built(job: SubmittedJob): Promise<Built> {
    await job.ended(120_000);
    const view = await gate.job(job.unique);
    const requests = view.builders.flatMap(({ attempts }) => attempts.map(({ request }) => request));
    const builds = await Promise.all(
      requests.map(async (request) => {
        const [row] = await master.rows(`buildrequests/${String(request)}/builds?property=*`);
        const properties = row!['properties'] as Record<string, [unknown, string] | undefined>;
        const steps = await master.rows(`builds/${String(row!['buildid'])}/steps`);
        const ran = steps.some((step) => step['name'] === 'test');
        const path = `builds/${String(row!['buildid'])}/steps/test/logs/stdio/contents`;
        const chunks = ran ? await master.rows(path) : [];
        return {
          revision: properties['got_revision']?.[0],
          branch: String(properties['branch']?.[0]),
          log: chunks.map((chunk) => String(chunk['content'])).join(''),
        };
      }),
    );
    return { job: view, builds };
  }

  it('builds a merge commit that only a refs/zuul ref reaches, and passes by what lies in its tree', async () => {
    const wanted = await merged('1', 'good');
    const job = await askGit(wanted);
    const { job: view, builds } = await built(job);
    expect(job.build.result, JSON.stringify(job.build.last)).to.equal('SUCCESS');
    expect(view.builders.map(({ revision }) => revision)).to.deep.equal([wanted.commit]);
    expect(builds).to.have.length(1);
    expect(builds[0]).to.include({ revision: wanted.commit, branch: wanted.ref });
    expect(builds[0]!.log).to.match(/^otree of 1 on main when 1 came$/m);
  });

  it('fails a merge commit whose own tree fails, though main and the tree before it pass', async () => {
    const wanted = await merged('2', 'bad');
    const job = await askGit(wanted);
    const { builds } = await built(job);
    expect(job.build.result).to.equal('FAILURE');
    expect(builds).to.have.length(1);
    expect(builds[0]!.revision).to.equal(wanted.commit);
    expect(builds[0]!.log).to.match(/^otree of 2 on main when 2 came$/m);
  });

  it('keeps two jobs for different refs apart that wait for the same worker', async () => {
    const wanted = [await merged('3', 'good'), await merged('4', 'bad'), await merged('5', 'good')] as const;
    const jobs = await Promise.all(wanted.map(askGit));
    const ends = await Promise.all(jobs.map(built));
    expect(jobs.map((job) => job.build.result)).to.deep.equal(['SUCCESS', 'FAILURE', 'SUCCESS']);
    expect(ends.map(({ builds }) => builds.map(({ revision }) => revision))).to.deep.equal(
      wanted.map(({ commit }) => [commit]),
    );
    const trees = ends.map(({ builds }) => /^otree of (\d)/m.exec(builds[0]!.log)?.[1]);
    expect(trees).to.deep.equal(['3', '4', '5']);
  });

  it('ends CONFIG_ERROR for a ref that does not exist, after one retry, naming repository and ref (rule 6)', async () => {
    const { commit } = await merged('6', 'good');
    const ref = `refs/zuul/main/Z${'0f'.repeat(16)}`;
    const job = await askGit({ ref, commit });
    const { job: view, builds } = await built(job);
    expect(job.build.result).to.equal('CONFIG_ERROR');
    expect(job.build.last?.['summary']).to.include(git.url).and.to.include(ref);
    expect(view.builders[0]!.attempts).to.have.length(2);
    expect(builds.map(({ log, revision }) => [log, revision])).to.deep.equal([
      ['', undefined],
      ['', undefined],
    ]);
  });

  it('ends CONFIG_ERROR for a commit that the ref does not reach', async () => {
    const { ref } = await merged('7', 'good');
    const job = await askGit({ ref, commit: 'deadbeef'.repeat(5) });
    await job.ended(120_000);
    expect(job.build.result).to.equal('CONFIG_ERROR');
    expect(job.build.last?.['summary']).to.include(git.url).and.to.include(ref);
  });

  it('builds a Mercurial changeset on a head that is not the newest, by 40 and by 12 digits', async () => {
    const base = await hg.commit({ files: { check, who: 'hg base', base: 'default', outcome: 'good' } });
    const good = await hg.commit({ from: base, files: { who: 'hg good' } });
    const bad = await hg.commit({ from: base, files: { who: 'hg bad', outcome: 'bad' } });
    await hg.commit({ from: base, files: { who: 'hg newest', outcome: 'good' } });
    const jobs = await Promise.all([askHg(good), askHg(bad), askHg(good.slice(0, 12))]);
    const ends = await Promise.all(jobs.map(built));
    expect(jobs.map((job) => job.build.result)).to.deep.equal(['SUCCESS', 'FAILURE', 'SUCCESS']);
    expect(ends.map(({ builds }) => builds.map(({ revision }) => revision))).to.deep.equal([
      [good],
      [bad],
      [good],
    ]);
    expect(ends[2]!.builds[0]!.log).to.match(/^otree of hg good on default$/m);
  });

  it('ends CONFIG_ERROR for a Mercurial changeset that another repository has (rule 6)', async () => {
    const other = await createHgRepository();
    try {
      const elsewhere = await other.commit({ files: { check, outcome: 'good' } });
      const job = await askHg(elsewhere);
      const { builds } = await built(job);
      expect(job.build.result).to.equal('CONFIG_ERROR');
      expect(job.build.last?.['summary']).to.include(hg.url);
      expect(builds.map(({ log }) => log)).to.deep.equal(['', '']);
    } finally {
      await other.remove();
    }
  });
});
