// The commands on failures over time, run in this process against a web that listens.

import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gearbridge } from '../../../src/cli/program.ts';
import { csv, markdown } from '../../../src/cli/sheet-output.ts';
import { createWeb, type Web } from '../../../src/web/web.ts';
import { report } from '../web/flakes-sample.ts';
import { createPort, type Port } from '../web/port.ts';
import { createTerminal } from './terminal.ts';

const silent = { info: () => undefined, warn: () => undefined };

describe('a command on failures over time', () => {
  let folder: string;
  let port: Port;
  let web: Web;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gearbridge-cli-'));
    port = createPort([]);
    web = await createWeb({
      ...port,
      listen: { host: '127.0.0.1', port: 0 },
      socketPath: join(folder, 'control.sock'),
      publicUrl: 'https://gate.example.org/',
      log: silent,
    });
  });
  afterEach(async () => {
    await web.close();
    await rm(folder, { recursive: true });
  });

  async function run(...words: readonly string[]) {
    const terminal = createTerminal({ env: { RUNTIME_DIRECTORY: folder }, columns: 400 });
    const code = await gearbridge(words, terminal);
    return { code, ...terminal.written };
  }

  it('reports rates with intervals, trend and cost, how far it can be trusted on top, and what was left out', async () => {
    const { code, out, err } = await run('flakes', 'report', '--branch', 'main', '--since', '4d');

    expect(code).to.equal(0);
    expect(out).to.contain('2026-03-01 to 2026-03-04, branch main\n');
    expect(out).to.contain('explained:        75 % (3 of 4, 30 %-95 %)\n');
    expect(out).to.contain('falsely excused:  none looked at\n');
    expect(out).to.contain('to the verdict:   312 s from a failed build (median of 7)\n');
    expect(out).to.match(/^signature +FLK-1 +2\/100 +2\.0 % \(0\.6 %-7\.0 %\) +rising +1\/40 +1 .* 1\.5$/m);
    expect(out).to.match(/^builder +AMD64 Debian 3\.x +2\/5 +40 % \(.*\) n too small +- /m);
    expect(err).to.equal('left out: 7 of test; --top shows more\n');
    expect(port.asked.at(-1)?.about).to.deep.equal({
      window: 4 * 86_400_000,
      branch: 'main',
      builder: null,
      worker: null,
      top: 20,
    });
  });

  it('names regressions first, then workers to blame with p and q, and proposes lists to change', async () => {
    const { out } = await run('flakes', 'report');

    expect(out).to.match(/^regression: +FLK-1 excuses nothing now \(main, since .*\): =cmd\|<script>/m);
    expect(out).to.match(
      /^worker to blame: +debian-1 \(linux, p=6e-7, q=2e-5\): disk-full: debian-1 failed 6 of 8/m,
    );
    expect(out).to.match(
      /^cannot tell: +bsd-1 \(freebsd\): .*cannot separate worker from platform freebsd$/m,
    );
    expect(out).to.match(/^proposed: +fleet\.unstable: "debian-1" \(6 failures in 7 days\)/m);
    expect(out).to.contain('by the newest 100 builds of landed commits alone');
    expect((await run('flakes', 'report', '--output', 'md')).out).to.contain('worker to blame:');
  });

  it('prints the document with --json and --output json, also by --url', async () => {
    const address = `http://${web.address().tcp!}`;
    for (const words of [['--json'], ['--output', 'json'], ['--json', '--url', address]]) {
      const { out } = await run('flakes', 'report', ...words);
      expect(JSON.parse(out), words.join(' ')).to.deep.equal(report);
    }
  });

  it('gives CSV in which nothing that a build wrote is a formula', async () => {
    const { out } = await run('flakes', 'report', '--output', 'csv');
    const rows = out.split('\r\n');

    expect(rows[0]).to.match(/^of,name,failures,runs,rate,low,high,trend,/);
    expect(rows[1]).to.equal(
      'signature,FLK-1,2,100,0.02,0.006,0.07,rising,1,40,4,1,1,0,1.5,2026-03-01,2026-03-04',
    );
    expect(rows[2]).to.match(/^test,'=cmd\|/);
    for (const text of ['=1', '+1', '-1', '@A1', ' =1'])
      expect(csv({ heads: ['a'], rows: [[text]] }), text).to.match(/^a\r\n'/);
    expect(csv({ heads: ['a'], rows: [['b"c,\u001b[2J\n'], [-1], [null]] })).to.equal(
      'a\r\n"b""c,\\x1b[2J\\n"\r\n-1\r\n\r\n',
    );
  });

  it('gives Markdown in which nothing that a build wrote is markup, a link or a call', async () => {
    const { out } = await run('flakes', 'report', '--output', 'md');

    expect(out).to.contain('| test | =cmd\\|\\<script\\>alert\\(1\\)\\<\\/script'.replace('\\/', '/'));
    expect(markdown({ heads: ['a'], rows: [['@me #1 [x](http://y) | `z` \n']] })).to.equal(
      '| a |\n| --- |\n| @\u200bme \\#1 \\[x\\]\\(http://y\\) \\| \\`z\\` \\\\n |\n',
    );
  });

  it('shows one key, signature, incident or test, and ends with 6 where nothing is kept', async () => {
    const { code, out } = await run('flakes', 'show', 'FLK-1');

    expect(code).to.equal(0);
    expect(out).to.match(
      /^signature FLK-1\n1 failures on 0 landed commits, first .*\nbuilders: AMD64 Debian 3\.x 1\n/,
    );
    expect(out).to.match(/known-flake FLK-1 +forgiven +AMD64 Debian 3\.x +debian-1 +3f786850e387/);
    const missing = await run('flakes', 'show', 'nothing');
    expect([missing.code, missing.err]).to.deep.equal([
      6,
      'gearbridge: nothing is kept under this name; it is a key, a signature, an incident or a test\n',
    ]);
  });

  it('lists what nothing explains by cause, each with a draft, and ends with 1 then', async () => {
    const { code, out } = await run('flakes', 'unclassified');

    expect(code).to.equal(1);
    expect(out).to.match(/^unexplained: 75 %/);
    expect(out).to.match(/^3 x network {2}incident i1, 2 incidents alike$/m);
    expect(out).to.contain('    | id: FLK-0000\n    | state: monitor\n');
  });

  it('searches, and says when there is more', async () => {
    const { code, out, err } = await run('flakes', 'search', 'a & b', '--builder', 'AMD64 Debian 3.x');

    expect(code).to.equal(0);
    expect(out).to.contain('test_ssl.NetworkedTests.test_connect');
    expect(err).to.match(/^there are more/);
    expect(port.asked.at(-1)?.about).to.include({ text: 'a & b', builder: 'AMD64 Debian 3.x' });
  });

  it('starts an import on the socket and watches it to its end, also one that is under way', async () => {
    const { code, out } = await run('flakes', 'import', '--since', '30d');

    expect(code).to.equal(0);
    expect(out).to.match(
      /^1200 builds with 37 failures up to .*, 2 builds whose logs are gone or cannot be read\n$/,
    );
    expect(port.asked[0]?.about).to.deep.equal({ window: 30 * 86_400_000 });
    const second = await run('flakes', 'import', '--since', '100d', '--json');
    expect(second.err).to.contain('under way already');
    expect(JSON.parse(second.out)).to.include({ state: 'done', builds: 1200 });
    const afar = await run('flakes', 'import', '--url', `http://${web.address().tcp!}`);
    expect(afar.code).to.equal(2);
  });

  it('refuses a time that is none', async () => {
    const { code, err } = await run('flakes', 'report', '--since', '14');
    expect(code).to.equal(2);
    expect(err).to.contain('expected a time such as 12h or 14d');
  });
});
