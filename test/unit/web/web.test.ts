// The web, asked over real sockets: what is read, what is refused, what is changed, and that nothing asked can hurt it.

import { expect } from 'chai';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobView } from '../../../src/views/job-view.ts';
import { createWeb, type Web } from '../../../src/web/web.ts';
import { attempt, build, context, debian, received, sampleJob, startedRun, step } from '../views/sample.ts';
import { ask, post } from './ask.ts';
import { createPort, type Port } from './port.ts';

const silent = { info: () => undefined, warn: () => undefined };
const hostile = '<script>alert(1)</script>\u001b[2J"\'&\u202e';

function runningJob(why = 'broke') {
  const failed = attempt(debian, {
    state: 'ended',
    outcome: { kind: 'failed', why },
    builds: [build(2, { steps: [step('test', 2)] })],
    endedAt: received + 90_000,
  });
  const job = sampleJob({ description: hostile });
  return jobView(startedRun([failed], { jobs: [job] }), job, context());
}

describe('the web', () => {
  let folder: string;
  let port: Port;
  let web: Web;
  let tcp: string;
  let socket: string;
  const number = '0a1b2c3d';

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-web-'));
    port = createPort([runningJob()]);
    socket = join(folder, 'control.sock');
    web = await createWeb({
      ...port,
      listen: { host: '127.0.0.1', port: 0 },
      socketPath: socket,
      publicUrl: 'https://gate.example.org/',
      log: silent,
    });
    tcp = web.address().tcp!;
  });
  afterEach(async () => {
    await web.close();
    await rm(folder, { recursive: true });
  });

  it('gives status, list, job and failed lines as JSON', async () => {
    port.given.failed = {
      logs: [{ builder: debian, build_url: 'https://b/', step: 'test', log: 'stdio', lines: ['boom'] }],
      troubles: [],
    };
    const read = async (path: string) => JSON.parse((await ask(tcp, path)).text) as Record<string, unknown>;

    expect(await read('/api/v1/status')).to.include({ manager: 'gate.example.org', mode: 'serving' });
    expect(await read('/api/v1/jobs?limit=1')).to.have.property('next', null);
    expect(await read(`/api/v1/jobs/${number}`)).to.include({ number, state: 'running' });
    expect(await read(`/api/v1/jobs/${number}/logs`)).to.deep.equal(port.given.failed);
  });

  it('is ready only when every part is, and names warnings all the same', async () => {
    port.given.readiness = [{ part: 'stanza', level: 'warning', sentence: 'the stanza is old' }];
    const warned = await ask(tcp, '/readyz');
    port.given.readiness = [{ part: 'login', level: 'error', sentence: 'wrong password' }];
    const refused = await ask(tcp, '/readyz');

    expect(warned.status).to.equal(200);
    expect(warned.text).to.contain('the stanza is old');
    expect(refused.status).to.equal(503);
    expect(refused.text).to.contain('wrong password');
    expect((await ask(tcp, '/livez')).text).to.equal('ok\n');
    expect((await ask(tcp, '/metrics')).text).to.equal('gearbridge_info 1\n');
  });

  it('guards every answer: nothing foreign is run, framed or sniffed, and no script or style stands in a page', async () => {
    for (const path of ['/', `/jobs/${number}`, '/nothing', '/api/v1/status', '/metrics']) {
      const { headers, text } = await ask(tcp, path, { headers: { accept: 'text/html' } });
      expect(headers['content-security-policy']).to.match(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(headers['x-content-type-options']).to.equal('nosniff');
      expect(headers['referrer-policy']).to.equal('no-referrer');
      expect(text).to.not.match(/<script>|<style|style=|\son[a-z]+=/);
    }
  });

  it('escapes what builds and gatekeepers say, and makes control characters visible', async () => {
    port.put(runningJob(hostile));
    port.given.failed = {
      logs: [{ builder: hostile, build_url: 'https://b/', step: hostile, log: hostile, lines: [hostile] }],
      troubles: [hostile],
    };

    const { text } = await ask(tcp, `/jobs/${number}`);

    expect(text).to.contain('&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[2J&quot;&#39;&amp;\\u{202e}');
    expect(text).to.not.contain('<script>');
    expect(text).to.not.match(/(?!\n)\p{Cc}|\u202e/u);
  });

  it('has a page that works from the first second on, and comes again by itself without JavaScript', async () => {
    const { status, text } = await ask(tcp, `/jobs/${number}`);

    expect(status).to.equal(200);
    expect(text).to.match(/<noscript><meta http-equiv="refresh"/);
    expect(text).to.contain(debian);
    expect(text).to.match(/<script src="\.\.\/assets\/[0-9a-f]{12}\.js" defer/);
  });

  it('serves style and script from its own path, to be kept, and nothing else beside them', async () => {
    const { text } = await ask(tcp, '/');
    for (const [, name] of text.matchAll(/\.\/(assets\/[^"]+)/g)) {
      const asset = await ask(tcp, `/${name}`);
      expect(asset.status).to.equal(200);
      expect(asset.headers['cache-control']).to.contain('immutable');
    }
    expect((await ask(tcp, '/assets/..%2f..%2fpackage.json')).status).to.equal(404);
  });

  it('asks Buildbot for failed lines once, however often the page is read', async () => {
    await Promise.all([1, 2, 3].map(() => ask(tcp, `/jobs/${number}`)));

    expect(port.logsAsked()).to.equal(1);
  });

  it('answers HEAD as GET without the body', async () => {
    const got = await ask(tcp, '/livez');
    const head = await ask(tcp, '/livez', { method: 'HEAD' });

    expect(head).to.include({ status: 200, text: '' });
    expect(head.headers['content-length']).to.equal(got.headers['content-length']);
  });

  it('takes no command over TCP', async () => {
    for (const path of ['/api/v1/jobs', `/api/v1/jobs/${number}/cancel`, '/api/v1/drain', '/api/v1/resume']) {
      const { status, headers } = await post(tcp, path, {});
      expect(status, path).to.equal(405);
      expect(headers.allow, path).to.not.contain('POST');
    }
    expect(port.asked).to.deep.equal([]);
  });

  const refused: readonly [string, number][] = [
    ['/nothing', 404],
    ['/jobs/none', 404],
    ['/jobs/..%2f..', 404],
    ['/jobs/%', 400],
    ['/jobs/%ff', 400],
    ['/api/v1/jobs?limit=0', 400],
    ['/api/v1/jobs?limit=9999', 400],
    ['/api/v1/jobs?before=x', 400],
    ['/__proto__', 404],
    [`/${'x'.repeat(3_000)}`, 414],
  ];
  for (const [path, expected] of refused) {
    it(`answers ${expected} to ${path.slice(0, 30)}`, async () => {
      expect((await ask(tcp, path)).status).to.equal(expected);
    });
  }

  it('answers 405 to other methods and 431 to large headers', async () => {
    expect((await ask(tcp, '/', { method: 'DELETE' })).status).to.equal(405);
    expect((await ask(tcp, '/', { headers: { x: 'y'.repeat(20_000) } })).status).to.equal(431);
  });

  it('says what went wrong when a view fails, and goes on', async () => {
    port.given.trouble = new Error('the store is closed');
    const failed = await ask(tcp, '/api/v1/status');
    port.given.trouble = null;

    expect(failed.status).to.equal(500);
    expect(failed.text).to.contain('the store is closed');
    expect((await ask(tcp, '/api/v1/status')).status).to.equal(200);
  });

  it('lives through bytes that are no HTTP', async () => {
    const [host, number] = tcp.split(':');
    await new Promise<void>((resolve) => {
      const raw = connect(Number(number), host, () => raw.end('\u0000\u0001GARBAGE\r\n\r\n'));
      raw.on('error', () => resolve());
      raw.on('close', () => resolve());
      raw.resume();
    });

    expect((await ask(tcp, '/livez')).status).to.equal(200);
  });

  describe('on the control socket', () => {
    it('has the mode that lets owner and group act', async () => {
      expect((await stat(socket)).mode & 0o777).to.equal(0o660);
    });

    it('submits, and says who asked', async () => {
      const body = { job: 'cpython-gate', branch: 'main', revision: 'abc', parameters: { ZUUL_CHANGE: '1' } };

      const answer = await post(socket, '/api/v1/jobs', body, { 'x-gearbridge-caller': 'ada' });

      expect(answer.status).to.equal(201);
      expect(JSON.parse(answer.text)).to.deep.equal({
        number: 'n1',
        url: 'https://gate.example.org/jobs/n1',
      });
      expect(port.asked).to.deep.equal([{ action: 'submit', caller: { name: 'ada' }, about: body }]);
    });

    it('shows the plan of a dry run and submits nothing', async () => {
      const body = { job: 'cpython-gate', branch: 'main', revision: 'abc', dry_run: true };

      const answer = await post(socket, '/api/v1/jobs', body);

      expect(JSON.parse(answer.text)).to.have.nested.property('force[0].scheduler', 'gate');
      expect((await post(socket, '/api/v1/jobs', { ...body, branch: '../x' })).status).to.equal(422);
      expect((await post(socket, '/api/v1/jobs', { ...body, job: 'x' })).text).to.contain(
        '"known":["cpython-gate"]',
      );
      expect(port.asked).to.deep.equal([]);
    });

    it('cancels what is open, and tells apart what is over or not known', async () => {
      const cancel = (of: string) => post(socket, `/api/v1/jobs/${of}/cancel`, { reason: 'wrong commit' });

      expect((await cancel(number)).status).to.equal(200);
      expect((await cancel('none')).status).to.equal(404);
      port.put({ ...runningJob(), result: 'SUCCESS' });
      expect((await cancel(number)).status).to.equal(409);
      expect(port.asked[0]?.about).to.deep.equal({ number, reason: 'wrong commit' });
    });

    it('measures again what failed, for a bug that is one short line', async () => {
      const recheck = (of: string, bug: unknown) => post(socket, `/api/v1/jobs/${of}/recheck`, { bug });

      expect((await recheck(number, 'BUG-7')).status).to.equal(409);
      expect((await recheck('none', 'BUG-7')).status).to.equal(404);
      port.put({ ...runningJob(), result: 'FAILURE' });
      expect(JSON.parse((await recheck(number, ' BUG-7 ')).text)).to.deep.equal({
        number,
        builders: ['AMD64 Debian 3.x'],
      });
      for (const bug of ['', undefined, 7, 'a\nb', 'x'.repeat(201)])
        expect((await recheck(number, bug)).status, String(bug)).to.equal(400);
      expect(port.asked.at(-1)?.about).to.deep.equal({ number, bug: 'BUG-7' });
    });

    it('drains and resumes', async () => {
      expect((await post(socket, '/api/v1/drain', '')).text).to.equal('{"changed":true}\n');
      expect((await post(socket, '/api/v1/resume', '')).status).to.equal(503);
    });

    const bad: readonly [string, unknown, number, string][] = [
      ['what is no JSON', '{', 400, 'no JSON'],
      ['a list', '[]', 400, 'object'],
      ['a missing field', { job: 'x', branch: 'y' }, 400, 'revision'],
      ['a number where a text belongs', { job: 1, branch: 'y', revision: 'z' }, 400, 'job'],
      [
        'a parameter that is no text',
        { job: 'a', branch: 'b', revision: 'c', parameters: { p: {} } },
        400,
        'parameters.p',
      ],
      ['deep nesting', `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 400, ''],
    ];
    for (const [what, body, expected, text] of bad) {
      it(`refuses ${what}`, async () => {
        const answer = await post(socket, '/api/v1/jobs', body);

        expect(answer.status).to.equal(expected);
        expect(answer.text).to.contain(text);
        expect(port.asked).to.deep.equal([]);
      });
    }

    it('refuses a body of another type', async () => {
      const headers = { 'content-type': 'text/plain' };
      expect((await post(socket, '/api/v1/jobs', '{}', headers)).status).to.equal(415);
    });

    it('reads no more than one MiB of a body', async () => {
      const answer = await post(socket, '/api/v1/jobs', JSON.stringify({ job: 'x'.repeat(1_100_000) }));
      expect(answer.status).to.equal(413);
    });
  });

  it('does not take the socket of a daemon that lives, and leaves it working', async () => {
    const other = createWeb({
      ...port,
      listen: null,
      socketPath: socket,
      publicUrl: 'http://x/',
      log: silent,
    });

    const error = await other.then(
      () => null,
      (reason: unknown) => reason,
    );

    expect(String(error)).to.contain(`another daemon answers on ${socket}`);
    expect((await ask(socket, '/livez')).status).to.equal(200);
  });

  it('replaces the socket of a daemon that died', async () => {
    const stale = join(folder, 'stale.sock');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(stale, resolve));
    // Closing takes the file away, as a kill would not; a link to it stays.
    const { link } = await import('node:fs/promises');
    await link(stale, join(folder, 'left.sock'));
    await new Promise((resolve) => server.close(resolve));

    const other = await createWeb({
      ...port,
      listen: null,
      socketPath: join(folder, 'left.sock'),
      publicUrl: 'http://x/',
      log: silent,
    });

    expect((await ask(join(folder, 'left.sock'), '/livez')).status).to.equal(200);
    await other.close();
  });

  it('closes within two seconds though a reader holds its connection and a view hangs', async () => {
    let release: () => void = () => undefined;
    port.given.slow = new Promise((resolve) => {
      release = resolve;
    });
    const hanging = ask(tcp, '/api/v1/status').catch((error: unknown) => error);
    const [host, number] = tcp.split(':');
    const idle = connect(Number(number), host);
    await new Promise((resolve) => idle.once('connect', resolve));
    idle.on('error', () => undefined);
    const begun = performance.now();

    await web.close();

    expect(performance.now() - begun).to.be.below(2_000);
    expect(await hanging).to.be.instanceOf(Error);
    release();
    idle.destroy();
  });
});
