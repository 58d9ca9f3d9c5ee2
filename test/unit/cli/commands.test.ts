// The commands, run in this process against a web that listens: what they print, where, and how they end.

import { expect } from 'chai';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gearbridge } from '../../../src/cli/program.ts';
import { createWeb } from '../../../src/web/web.ts';
import { until } from '../../until.ts';
import type { JobView } from '../../../src/views/document.ts';
import type { Port } from '../web/port.ts';
import { ended, number, openPlace, running, silent, type Place } from './a-web.ts';
import { createTerminal } from './terminal.ts';

describe('a command', () => {
  let place: Place;
  let port: Port;
  let env: Record<string, string>;
  beforeEach(async () => {
    place = await openPlace();
    ({ port, env } = place);
  });
  afterEach(() => place.close());
  const run: Place['run'] = (words, given) => place.run(words, given);
  const url = () => `http://${place.web.address().tcp!}`;

  it('of status prints what the daemon depends on, and ends with 1 while something is down', async () => {
    const { code, out, err } = await run('status');

    expect(code).to.equal(1);
    expect(out).to.match(/^gate\.example\.org, version 0\.1\.0, up since /);
    expect(out).to.match(/^buildbot +down +.* connection refused$/m);
    expect(err).to.equal('');
  });

  it('prints stable JSON with --json, times in ISO 8601 UTC', async () => {
    const { out } = await run('status --json');

    expect(JSON.parse(out)).to.include({ manager: 'gate.example.org', since: '2026-03-04T05:00:00.000Z' });
  });

  it('that reads can ask any address, by --url or GEARBRIDGE_URL, and needs no configuration then', async () => {
    const nowhere = { GEARBRIDGE_CONFIG: '/nowhere' };

    expect((await run(`jobs list --url ${url()}`, { env: nowhere })).out)
      .to.contain(number)
      .and.to.contain('waits for AMD64 Debian 3.x: the build to finish');
    expect((await run('jobs list', { env: { ...nowhere, GEARBRIDGE_URL: url() } })).out).to.contain(number);
  });

  it('that changes something takes no --url, and passes GEARBRIDGE_URL by', async () => {
    const named = await run(`drain --url ${url()}`);
    const passed = await run('drain', { env: { ...env, GEARBRIDGE_URL: 'http://127.0.0.1:1' } });

    expect(named.code).to.equal(2);
    expect(named.err).to.contain('control socket only');
    expect(passed.code).to.equal(0);
    expect(port.asked.map((one) => one.action)).to.deep.equal(['drain']);
  });

  it('finds the socket by the configuration where the environment names none', async () => {
    const store = join(place.folder, 'store');
    await mkdir(store);
    const config = join(place.folder, 'gearbridge.yaml');
    const { readFile, writeFile } = await import('node:fs/promises');
    const minimal = await readFile(new URL('../../../config/minimal.yaml', import.meta.url), 'utf8');
    await writeFile(join(place.folder, 'buildbot.password'), 'secret\n');
    await writeFile(config, `${minimal}\nstore: { driver: embedded, path: store }\n`);
    const other = await createWeb({
      ...port,
      listen: null,
      socketPath: join(store, 'control.sock'),
      publicUrl: 'http://x/',
      log: silent,
    });

    const found = await run(`jobs list --config ${config}`, { env: {} });
    await other.close();

    expect(found.err).to.equal('');
    expect(found.out).to.contain(number);
  });

  it('takes the first socket that answers, not the first that is there', async () => {
    const dead = join(place.folder, 'dead');
    await mkdir(dead);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(place.folder, 'gone.sock'), resolve));
    const { link } = await import('node:fs/promises');
    await link(join(place.folder, 'gone.sock'), join(dead, 'control.sock'));
    await new Promise((resolve) => server.close(resolve));

    const { code } = await run('jobs list', { env: { RUNTIME_DIRECTORY: `${dead}:${place.folder}` } });

    expect(code).to.equal(0);
  });

  it('ends with 3 and says what to do when no daemon answers', async () => {
    const { code, err, out } = await run('jobs list', { env: {} });

    expect(code).to.equal(3);
    expect(err).to.contain('/run/gearbridge/control.sock').and.to.contain('--url');
    expect(out).to.equal('');
  });

  it('ends with 3 when what answers is something else', async () => {
    const server = createServer((socket) =>
      socket.resume().end('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmoin'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port: other } = server.address() as { port: number };

    const { code, err } = await run(`status --url http://127.0.0.1:${other}`);
    await new Promise((resolve) => server.close(resolve));

    expect(code).to.equal(3);
    expect(err).to.contain('no gearbridge');
  });

  it('ends with 2 on wrong usage, with the sentence on stderr', async () => {
    for (const words of [
      'nothing',
      'jobs show',
      'jobs list --limit 0',
      'jobs submit --job x',
      'status --url ftp://x',
    ]) {
      const { code, out, err } = await run(words);
      expect(code, words).to.equal(2);
      expect(out, words).to.equal('');
      expect(err, words).to.not.equal('');
    }
  });

  it('prints help and version on stdout and ends with 0', async () => {
    expect(await run('--version')).to.include({ code: 0, out: '0.1.0\n' });
    expect((await run('jobs submit --help')).out)
      .to.contain('--dry-run')
      .and.to.contain('--no-color');
  });

  it('of jobs show says what the job waits for, since when and until when', async () => {
    const { code, out } = await run(`jobs show ${number}`);

    expect(code).to.equal(0);
    expect(out).to.match(
      /^waits for: +AMD64 Debian 3\.x: the build to finish, since .*, until .* at the latest; then/m,
    );
    expect(out).to.match(/^AMD64 Debian 3\.x +linux +voting +running/m);
  });

  it('makes control characters visible, in tables and in JSON', async () => {
    port.put(running('a\u001b[2J\u009b\u202eb'));

    const shown = await run(`jobs show ${number}`);
    const json = await run(`jobs show ${number} --json`);

    expect(shown.out).to.contain('a\\x1b[2J\\x9b\\u{202e}b');
    for (const out of [shown.out, json.out]) expect(out).to.not.match(/(?!\n)[\p{Cc}\u202e]/u);
    expect((JSON.parse(json.out) as JobView).builders[0]?.why).to.equal('a\u001b[2J\u009b\u202eb');
  });

  it('ends with 6 for a job that is not there', async () => {
    expect((await run('jobs show none')).code).to.equal(6);
    expect((await run('jobs watch none')).code).to.equal(6);
    expect((await run('jobs cancel none')).code).to.equal(6);
  });

  it('of jobs watch follows the changes and ends with 0 for SUCCESS alone', async () => {
    const terminal = createTerminal({ env });
    const watching = gearbridge(['jobs', 'watch', number], terminal);
    await until(() => terminal.written.out.includes('AMD64 Debian 3.x: running'), {
      within: 5_000,
      what: 'the state',
    });
    port.put(ended('SUCCESS'));

    expect(await watching).to.equal(0);
    expect(terminal.written.out).to.contain(`cpython-gate ${number}: SUCCESS: as it came out`);

    port.put(ended('FAILURE'));
    expect((await run(`jobs watch ${number}`)).code).to.equal(1);
  });

  it('of jobs watch draws its table again in its place on a terminal', async () => {
    const terminal = createTerminal({ env, interactive: true, columns: 120 });
    const watching = gearbridge(['jobs', 'watch', number, '--no-color'], terminal);
    await until(() => terminal.written.out.split('\u001b[J').length > 1, {
      within: 5_000,
      what: 'the second look',
    });
    port.put(ended('SUCCESS'));
    await watching;

    expect(terminal.written.out).to.contain('\u001b[3A\u001b[J').and.to.contain('result:      SUCCESS');
  });

  it('of jobs watch ends with 130 at Ctrl-C and with 124 after its time', async () => {
    const terminal = createTerminal({ env });
    const watching = gearbridge(['jobs', 'watch', number], terminal);
    await until(() => terminal.written.out !== '', { within: 5_000, what: 'the state' });
    terminal.interrupt();

    expect(await watching).to.equal(130);
    expect((await run(`jobs watch ${number} --timeout 0`)).code).to.equal(124);
  });

  it('of jobs watch lives through a daemon that is started again', async () => {
    const terminal = createTerminal({ env });
    const address = place.web.address().tcp!;
    const watching = gearbridge(['jobs', 'watch', number, '--url', `http://${address}`], terminal);
    await until(() => terminal.written.out !== '', { within: 5_000, what: 'the state' });
    await place.web.close();
    await until(() => terminal.written.err.includes('trying again'), { within: 5_000, what: 'the trouble' });
    port.put(ended('SUCCESS'));
    const [host = '', tcpPort] = address.split(':');
    const listen = { host, port: Number(tcpPort) };
    place.web = await createWeb({ ...port, listen, socketPath: null, publicUrl: 'http://x/', log: silent });

    expect(await watching).to.equal(0);
  });

  it('of jobs submit sends what was given, and prints number and page', async () => {
    const words =
      'jobs submit --job cpython-gate --branch main --revision abc --ref refs/x --param ZUUL_CHANGE=a=b';

    const { code, out } = await run(words);

    expect(code).to.equal(0);
    expect(out).to.equal('n1 https://gate.example.org/jobs/n1\n');
    expect(port.asked[0]?.about).to.deep.equal({
      job: 'cpython-gate',
      branch: 'main',
      revision: 'abc',
      ref: 'refs/x',
      parameters: { ZUUL_CHANGE: 'a=b' },
    });
  });

  it('of jobs submit --dry-run prints plan and force call, and submits nothing', async () => {
    const { code, out } = await run('jobs submit --job cpython-gate --branch main --revision abc --dry-run');

    expect(code).to.equal(0);
    expect(out).to.match(/^AMD64 Debian 3\.x +linux +voting +all its workers are stable$/m);
    expect(out).to.contain('force gate on AMD64 Debian 3.x\n  branch: main\n');
    expect(port.asked).to.deep.equal([]);
  });

  it('of jobs submit says which jobs there are, and why one is refused', async () => {
    const unknown = await run('jobs submit --job other --branch main --revision abc');
    const refused = await run('jobs submit --job cpython-gate --branch ../x --revision abc --dry-run');

    expect(unknown).to.include({ code: 6 });
    expect(unknown.err).to.contain('known: cpython-gate');
    expect(refused).to.include({ code: 1, err: 'gearbridge: no such branch\n' });
  });

  it('of jobs cancel ends with 1 and the result when the job is over', async () => {
    expect((await run(`jobs cancel ${number}`)).out).to.equal(`job ${number} is cancelled\n`);
    port.put(ended('FAILURE'));

    const { code, err } = await run(`jobs cancel ${number}`);

    expect(code).to.equal(1);
    expect(err).to.contain('over already: FAILURE');
  });

  it('of jobs recheck says where it is measured, and ends with 1 where nothing can be', async () => {
    const open = await run(`jobs recheck ${number} --bug BUG-7`);
    expect(open).to.include({ code: 1 });
    expect(open.err).to.contain('no verdict yet');
    port.put(ended('FAILURE'));
    expect((await run(`jobs recheck ${number} --bug BUG-7`)).out).to.contain(
      'measured again on AMD64 Debian 3.x',
    );
    expect((await run('jobs recheck none --bug BUG-7')).code).to.equal(6);
    expect((await run(`jobs recheck ${number}`)).code).to.equal(2);
  });
});
