// The commands of operators, run in this process against a web that listens.

import { expect } from 'chai';
import type { Port } from '../web/port.ts';
import { broken, ended, number, openPlace, type Place } from './a-web.ts';

describe('a command of an operator', () => {
  let place: Place;
  let port: Port;
  beforeEach(async () => {
    place = await openPlace();
    ({ port } = place);
  });
  afterEach(() => place.close());
  const run: Place['run'] = (words, given) => place.run(words, given);

  it('of jobs logs prints the last lines of failed steps, and what could not be read', async () => {
    const log = {
      builder: 'AMD64 Debian 3.x',
      step: 'test',
      log: 'stdio',
      build_url: 'http://b/1',
      lines: ['FAIL: \u001b[2J'],
    };
    port.put(broken());
    port.given.failed = { logs: [log], troubles: ['Docs: away'] };
    const { code, out } = await run(`jobs logs ${number}`);
    expect(code).to.equal(3);
    expect(out)
      .to.include('step test')
      .and.to.include('FAIL: \\x1b[2J')
      .and.to.include('could not be read: Docs: away');
    expect((await run('jobs logs nobody')).code).to.equal(6);
  });

  it('of jobs promote and forget want a reason, and say what came of it', async () => {
    expect((await run(`jobs promote ${number}`)).code).to.equal(2);
    const promoted = await run(`jobs promote ${number} --reason blocker`);
    expect(promoted.out).to.include('1 of its 2 requests').and.to.include('no such method');
    expect(promoted.code).to.equal(1);
    expect((await run(`jobs forget ${number} --reason old`)).code).to.equal(1);
    port.put(ended('FAILURE'));
    expect((await run(`jobs forget ${number} --reason old`)).out).to.equal(`forgot ${number}\n`);
    expect((await run('jobs forget nobody --reason old')).code).to.equal(6);
    expect(port.asked.map(({ action, about }) => [action, about])[0]).to.deep.equal([
      'promote',
      { number, reason: 'blocker' },
    ]);
  });

  it('of reconcile says what differs and what is done about it, and ends with 1 then', async () => {
    expect(await run('reconcile --dry-run')).to.include({
      code: 0,
      out: 'journal, Buildbot and Gearman agree\n',
    });
    const difference = {
      where: 'buildbot',
      job: number,
      about: 'request 7',
      is: 'a\u001b[2J',
      would: 'it is read',
    } as const;
    port.given.reconcile = { kind: 'ok', differences: [difference], more: 2 };
    const { code, out } = await run('reconcile');
    expect(code).to.equal(1);
    expect(out)
      .to.include('a\\x1b[2J')
      .and.to.match(/and 2 more\n$/);
    expect(port.asked.map(({ about }) => about)).to.deep.equal([{ dryRun: true }, { dryRun: false }]);
  });

  it('of reload and config diff says what differs, key by key, and what needs a restart', async () => {
    expect((await run('reload')).out).to.equal('nothing changed\n');
    port.given.reload = {
      kind: 'ok',
      changes: [
        { key: 'max_jobs', before: '1', after: '2', reload: 'live' },
        { key: 'fleet.unstable', before: null, after: '"x\\u001b[31m"', reload: 'live' },
        { key: 'web.listen', before: '"a:1"', after: '"a:2"', reload: 'restart' },
      ],
    };
    expect((await run('reload')).out.split('\n')).to.deep.equal([
      '~ max_jobs: 1 -> 2',
      '+ fleet.unstable: "x\\u001b[31m"',
      '~ web.listen: "a:1" -> "a:2" (not taken: needs a restart)',
      '',
    ]);
    expect((await run('config diff')).out).to.include('"a:2" (needs a restart)');
    const document = JSON.parse((await run('reload --json')).out) as { changes: unknown[] };
    expect(document.changes).to.have.length(3);
    expect(port.asked.map(({ action }) => action)).to.deep.equal(['reload', 'reload', 'reload']);
  });

  it('of reload ends with 2 and every finding where the file is wrong', async () => {
    port.given.reload = {
      kind: 'refused',
      findings: ['g.yaml:1:1: manger: unknown key', 'g.yaml:2:1: x\u001b[2J'],
    };
    const { code, out, err } = await run('reload');
    expect([code, out]).to.deep.equal([2, '']);
    expect(err)
      .to.match(/manger: unknown key\n/)
      .and.to.include('x\\x1b[2J')
      .and.to.include('stays as it is');
  });

  it('of drain and resume says what came of it', async () => {
    expect((await run('drain')).out).to.contain('draining');
    const { code, err } = await run('resume');
    expect(code).to.equal(3);
    expect(err).to.contain('the store takes no writes');
  });
});
