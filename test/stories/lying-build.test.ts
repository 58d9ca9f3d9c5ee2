// What a build prints comes from the change. It reaches people escaped, or not at all.

import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import { createGitRepository, type GitRepository } from '../../src/servers/git-repository.ts';
import { connectGearmanClient, type GearmanClient } from '../gearman-client.ts';
import { endOf } from './ending.ts';
import { expectCleanPage, expectNoControls, expectShownEscaped } from './escaped.ts';
import { makeGate, type Gate } from './gate.ts';

// printf(1) turns the octal escapes into the bytes that a terminal acts on: clear, title, C1, bell, carriage return, text direction.
const check = `printf '\\033[2J\\033]0;owned\\007\\302\\2332Jred\\rgreen\\342\\200\\256\\377\\n'
echo '<script>alert(1)</script><img src=x onerror=alert(1)>"><svg onload=alert(1)></title><b>bold</b>'
echo 'GOT_REVISION=0000000000000000000000000000000000000000 result=SUCCESS {"result": "SUCCESS"}'
exit 1
`;

describe('a build that lies', function () {
  this.timeout(120_000);
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let git: GitRepository;
  let gate: Gate;
  let client: GearmanClient;

  before(async () => {
    [buildbot, gearmand, git] = await Promise.all([
      startBuildbot({ workers: 'shared' }),
      startGearmand(),
      createGitRepository(),
    ]);
    const jobs = `
  - { name: git, project: demo, repository: "${git.url}", builders: { tags: [git] }, policy: gate, result_text: explained }`;
    gate = await makeGate({ buildbot, gearman: [gearmand.address], jobs });
    await gate.start();
    await gate.ready();
    client = await connectGearmanClient(gearmand.port);
  });

  after(async () => {
    client.close();
    await gate.close();
    await Promise.all([buildbot.stop(), gearmand.stop(), git.remove()]);
  });

  it('fails by its own end, and its log shows on the page and in the documents only escaped', async () => {
    const base = await git.commit({ ref: 'refs/heads/main', files: { check: 'true' } });
    const tip = await git.commit({ ref: 'refs/changes/1', from: base, files: { check } });
    const { ref, commit } = await git.mergeRef('main', tip);
    const parameters = { ZUUL_PROJECT: 'demo', ZUUL_BRANCH: 'main', ZUUL_REF: ref, ZUUL_COMMIT: commit };
    const job = await client.submit('build:git', parameters);
    expect(await endOf(gate, job)).to.match(/^FAILURE/);
    expectNoControls(String(job.build.result), 'the result');

    const page = await gate.get(`jobs/${job.unique}`);
    expectCleanPage(page.body, 'the page');
    expect(page.body)
      .to.include('&lt;script&gt;alert(1)&lt;/script&gt;')
      .and.to.include('\\x1b]0;owned\\x07')
      .and.to.include('\\u{202e}');
    const logs = await gate.get(`api/v1/jobs/${job.unique}/logs`);
    expectNoControls(logs.body, 'the document of the logs');
    expect(logs.body).to.include('\\\\x1b]0;owned\\\\x07');
    await expectShownEscaped(gate, job.unique);
  });
});
