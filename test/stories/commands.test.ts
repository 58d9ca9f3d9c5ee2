// The commands against the daemon that lives: what they print matters to people, their exit codes to scripts (DESIGN.md section 6).

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startBuildbot, type Buildbot } from '../../src/servers/buildbot.ts';
import type { Result } from '../../src/servers/command.ts';
import { freePort } from '../../src/servers/free-port.ts';
import { startGearmand, type Gearmand } from '../../src/servers/gearmand.ts';
import type { JobList, JobView, StatusView } from '../../src/views/document.ts';
import { session, type Session } from '../contract/servers/force.ts';
import { until } from '../until.ts';
import { gearbridge } from './command-line.ts';
import { commitOf, makeGate, type Gate } from './gate.ts';

describe('the commands against a live daemon', function () {
  this.timeout(90_000);
  let buildbot: Buildbot;
  let gearmand: Gearmand;
  let gate: Gate;
  let master: Session;

  before(async () => {
    [buildbot, gearmand] = await Promise.all([
      startBuildbot({ builders: 2, workers: 'local' }),
      startGearmand(),
    ]);
    await buildbot.scenarios({
      by_revision: {
        [commitOf('red')]: 'fail-new',
        [commitOf('long')]: 'hang',
        [commitOf('drained')]: 'hang',
      },
    });
    master = await session(buildbot, 'gate');
    gate = await makeGate({ buildbot, gearman: [gearmand.address] });
    await gate.start();
    await gate.ready();
  });

  after(async () => {
    await gate.close();
    await Promise.all([buildbot.stop(), gearmand.stop()]);
  });

  const run = (...words: readonly string[]): Promise<Result> => gearbridge(gate, ...words);

  function submit(name: string, ...more: readonly string[]): Promise<Result> {
    const what = ['--job', 'cpython-gate', '--branch', 'main', '--revision', commitOf(name)];
    return run('jobs', 'submit', ...what, '--param', 'ZUUL_URL=https://git.example.org', ...more);
  }

  async function submitted(name: string): Promise<string> {
    const { code, stdout, stderr } = await submit(name);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include(gate.web);
    return stdout.split(' ')[0]!;
  }

  async function buildsets(): Promise<number> {
    const [newest] = await master.rows('buildsets?limit=1&order=-bsid&field=bsid');
    return newest === undefined ? 0 : Number(newest['bsid']);
  }

  it('prints plan and force call of a dry run, and sends nothing', async () => {
    const before = await buildsets();
    const dry = await submit('dry', '--dry-run');
    expect(dry.code, dry.stderr).to.equal(0);
    const [, forced = ''] = /^force gate on (.+)$/m.exec(dry.stdout) ?? [];
    // Buildbot lists its builders in another order each time that it is set up.
    expect(forced.split(', ')).to.have.members(['Bench 01 3.x', 'Bench 02 3.x']);
    expect(dry.stdout).to.include(`revision: ${commitOf('dry')}`);
    const { jobs } = JSON.parse((await run('jobs', 'list', '--json')).stdout) as JobList;
    expect(jobs.filter(({ revision }) => revision === commitOf('dry'))).to.deep.equal([]);
    expect(await buildsets()).to.equal(before);
  });

  it('waits for the verdict and ends 0 for SUCCESS, 1 for any other', async () => {
    const [good, red] = await Promise.all([submit('good', '--wait'), submit('red', '--wait')]);
    expect([good.code, red.code], good.stderr + red.stderr).to.deep.equal([0, 1]);
    expect(good.stdout).to.include('SUCCESS');
    expect(red.stdout).to.include('FAILURE');
  });

  it('lists and shows over the socket and over --url alike', async () => {
    const number = await submitted('shown');
    expect((await run('jobs', 'watch', number)).code).to.equal(0);
    for (const where of [[], ['--url', gate.web]]) {
      const list = await run('jobs', 'list', ...where);
      expect([list.code, list.stdout.includes(number)]).to.deep.equal([0, true]);
      const shown = await run('jobs', 'show', number, '--json', ...where);
      const view = JSON.parse(shown.stdout) as JobView;
      expect(view).to.include({ number, result: 'SUCCESS', revision: commitOf('shown') });
      const status = await run('status', '--json', ...where);
      expect(status.code).to.equal(0);
      expect(JSON.parse(status.stdout) as StatusView).to.include({ manager: 'gate.test', mode: 'serving' });
    }
  });

  it('ends 6 for a job that is not there, 2 for wrong usage, 3 where nobody answers', async () => {
    const nobody = ['--url', `http://127.0.0.1:${await freePort()}/`];
    const codes = await Promise.all([
      run('jobs', 'show', 'nobody'),
      run('jobs', 'cancel', 'nobody'),
      run('jobs', 'watch', 'nobody'),
      run('jobs', 'shaw'),
      run('jobs', 'submit', '--job', 'cpython-gate'),
      run('status', ...nobody),
      run('drain', '--url', gate.web),
    ]);
    expect(codes.map(({ code }) => code)).to.deep.equal([6, 6, 6, 2, 2, 3, 2]);
    for (const { stderr } of codes) expect(stderr.trim()).not.to.equal('');
  });

  it('refuses a submission that names no job, or no commit, with a sentence', async () => {
    const unknown = ['--job', 'nope', '--branch', 'main', '--revision', commitOf('x')];
    const answered = await run('jobs', 'submit', ...unknown);
    expect([answered.code, answered.stderr.includes('cpython-gate')]).to.deep.equal([6, true]);
    const bad = await submit('x', '--ref', '--upload-pack=x');
    expect(bad.code).to.equal(1);
    expect(bad.stderr).to.include('ZUUL_REF');
  });

  it('times out of watching with 124, cancels with 0, and a second time with 1', async () => {
    const number = await submitted('long');
    const watched = await run('jobs', 'watch', number, '--timeout', '1');
    expect([watched.code, watched.stderr.includes('goes on')]).to.deep.equal([124, true]);
    expect((await run('jobs', 'cancel', number, '--reason', 'enough')).code).to.equal(0);
    expect((await run('jobs', 'watch', number)).code).to.equal(1);
    const again = await run('jobs', 'cancel', number);
    expect([again.code, again.stderr.includes('ABORTED')]).to.deep.equal([1, true]);
    expect(await gate.job(number)).to.include({ result: 'ABORTED' });
  });

  it('forgets a job that is over, and no other; promotes none that is over', async () => {
    const number = await submitted('long');
    expect((await run('jobs', 'forget', number, '--reason', 'x')).stderr).to.include('is open');
    expect((await run('jobs', 'cancel', number)).code).to.equal(0);
    await until(async () => (await run('jobs', 'forget', number, '--reason', 'x')).code === 0, {
      within: 30_000,
      what: 'the cancelled job to be cleaned up and forgotten',
    });
    expect((await run('jobs', 'show', number)).code).to.equal(6);
    expect((await run('jobs', 'promote', number, '--reason', 'x')).code).to.equal(6);
    expect(gate.log()).to.match(/"action":"forget".*"audit":true|"audit":true.*"action":"forget"/);
  });

  it('reconciles: nothing differs while all is well, and a build request that nobody knows is named', async () => {
    await until(async () => (await run('reconcile')).code === 0, { within: 20_000, what: 'all to agree' });
    const marker = `gearbridge gate.test ${'f'.repeat(16)} 1 vote ${'0'.repeat(16)} 00000001`;
    const request = await master.force('Bench 01 3.x', {
      reason: marker,
      revision: commitOf('long'),
      branch: 'main',
    });
    const found = await run('reconcile', '--dry-run');
    expect(found.code).to.equal(1);
    expect(found.stdout).to.include(`no run ${'f'.repeat(16)} is known`);
    await until(
      async () => {
        const [build] = await master.rows(`builds?buildrequestid=${request}`);
        if (build?.['complete'] === true) return true;
        const place = build === undefined ? `buildrequests/${request}` : `builds/${String(build['buildid'])}`;
        await master.call(place, build === undefined ? 'cancel' : 'stop', { reason: 'seen enough' });
        return false;
      },
      { within: 20_000, what: 'the stray build to end' },
    );
  });

  it('has a doctor that finds all well, and says what a user without the right to cancel lacks', async () => {
    await mkdir(join(gate.folder, 'signatures'));
    const well = await run('doctor', '--json');
    const { findings } = JSON.parse(well.stdout) as { findings: { part: string; level: string }[] };
    expect(findings.filter(({ level }) => level !== 'ok')).to.deep.equal([]);
    expect(well.code).to.equal(0);
    const parts = findings.map(({ part }) => part);
    expect(parts).to.include.members([
      'node',
      'signatures',
      'store',
      'clock',
      'may cancel',
      'events',
      'daemon',
    ]);
    const text = await readFile(gate.config, 'utf8');
    const weak = join(gate.folder, 'weak.yaml');
    await writeFile(join(gate.folder, 'dev-password'), buildbot.users.dev);
    await writeFile(
      weak,
      text.replace('username: gate', 'username: dev').replace('file: password', 'file: dev-password'),
    );
    const ill = await run('--config', weak, 'doctor');
    expect(ill.code).to.equal(1);
    expect(ill.stdout).to.match(/^may cancel +error +the master refuses to let us cancel: .*--stanza/m);
  });

  it('drains: what runs goes on, nothing new starts; resume ends it (rule 9.5)', async () => {
    const number = await submitted('drained');
    await until(async () => (await gate.job(number)).builders.some(({ state }) => state === 'running'), {
      within: 30_000,
      what: 'the builds',
    });
    const waiting = run('drain', '--wait');
    await until(async () => (await gate.status()).mode === 'draining', { within: 20_000, what: 'the drain' });
    const status = await run('status');
    expect([status.code, /^draining/m.test(status.stdout)]).to.deep.equal([1, true]);
    expect((await submit('too late')).code).to.equal(3);
    expect(await gate.job(number)).to.include({ state: 'running' });
    expect((await run('jobs', 'cancel', number)).code).to.equal(0);
    expect((await waiting).code).to.equal(0);
    expect((await run('resume')).code).to.equal(0);
    expect((await run('status')).code).to.equal(0);
    expect((await submit('after it', '--wait')).code).to.equal(0);
  });
});
