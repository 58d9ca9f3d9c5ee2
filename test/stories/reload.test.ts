// A configuration read anew while jobs run: by SIGHUP and by command.

import { expect } from 'chai';
import { readFile, writeFile } from 'node:fs/promises';
import { until } from '../until.ts';
import { change } from './gate.ts';
import { openScene, type Scene } from './scene.ts';

interface Answer {
  readonly changes: readonly { readonly key: string }[];
  readonly findings: readonly string[];
}

describe('a reload', function () {
  this.timeout(120_000);
  let scene: Scene;
  let first: string;

  before(async () => {
    scene = await openScene({ gate: { maxJobs: 1 } });
    await scene.gate.start();
    await scene.gate.ready();
    first = await readFile(scene.gate.config, 'utf8');
  });
  after(() => scene.close());

  const ask = async (path: string): Promise<Answer> =>
    JSON.parse((await scene.gate.post(`/api/v1/${path}`)).body) as Answer;
  const functions = async (): Promise<string> => (await scene.client.admin('status', false)).join('\n');

  it('serves new jobs and slots at once, and leaves a running job its terms (rule 1.2)', async () => {
    await scene.steer('runs', 'slow', 6);
    const running = await scene.client.submit('build:single', change('runs'));
    await scene.running('runs', 1);
    const text = first
      .replace('max_jobs: 1', 'max_jobs: 4')
      .replace(
        'policies:',
        '  - { name: late, project: cpython, builders: { names: ["Bench 01 3.x"] }, policy: gate }\npolicies:',
      )
      // The running job's own definition now asks for builders that it does not have.
      .replace(
        '{ name: single, project: cpython, builders: { names: ["Bench 03 3.x"] }',
        '{ name: single, project: cpython, builders: { names: ["No such"] }',
      );
    await writeFile(scene.gate.config, text);
    scene.gate.hangUp();
    await until(async () => (await functions()).includes('build:late'), {
      within: 10_000,
      what: 'the new function to be registered',
    });
    const late = await scene.client.submit('build:late', change('late'));
    const answer = await late.ended(30_000);
    expect(answer.name).to.equal('WORK_COMPLETE');
    expect(late.build.result).to.equal('SUCCESS');
    expect(running.build.ended, 'the other slot is new').to.equal(false);
    await running.ended(60_000);
    expect(running.build.result).to.equal('SUCCESS');
    const refused = await scene.client.submit('build:single', change('after'));
    await refused.ended(30_000);
    expect(refused.build.result).to.equal('CONFIG_ERROR');
  });

  it('of a wrong file changes nothing, and status says so until the file is mended', async () => {
    await writeFile(scene.gate.config, first.replace('manager:', 'manger:'));
    expect((await ask('reload')).findings.join()).to.include('manger: unknown key');
    const refused = (await scene.gate.status()).dependencies.find(({ name }) => name === 'configuration');
    expect(refused).to.include({ state: 'degraded' });
    expect(await functions()).to.include('build:late');
    await writeFile(scene.gate.config, first);
    expect((await ask('config/diff')).changes).to.not.be.empty;
    const mended = await ask('reload');
    expect(mended.changes.map(({ key }) => key))
      .to.include('max_jobs')
      .and.include('jobs[late]');
    expect((await scene.gate.status()).dependencies.map(({ name }) => name)).to.not.include('configuration');
    await until(async () => !/^build:late\t\d+\t\d+\t[1-9]/m.test(await functions()), {
      within: 10_000,
      what: 'the function that went to be taken back',
    });
  });
});
