// `gearbridge flakes explain` on files: what it prints and how it ends.

import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flakesExplain } from '../../../src/cli/flakes-explain.ts';
import { gearbridge } from '../../../src/cli/program.ts';
import { createTerminal } from './terminal.ts';

const failing = `0:00:01 load avg: 1.0 [1/1/1] test_a failed (1 failure)
test test_a failed -- Traceback (most recent call last):
  File "/b/Lib/test/test_a.py", line 3, in test_x
AssertionError: \u001b]0;pwned\u0007 1 != 2 \u202e

`;

describe('the command flakes explain', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'gearbridge-flakes-'))));
  afterEach(() => rm(folder, { recursive: true }));

  async function run(...words: string[]) {
    const terminal = createTerminal({ env: {} });
    const code = await gearbridge(['flakes', 'explain', ...words], terminal);
    return { code, ...terminal.written };
  }
  async function file(name: string, text: string): Promise<string> {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  }

  it('prints the failures as JSON and ends with 4 for something unknown', async () => {
    const { code, out, err } = await run(await file('a.log', failing), '--json');
    const document = JSON.parse(out) as { failures: object[]; bytes: number; seconds: number };

    expect(code).to.equal(4);
    expect(err).to.equal('');
    expect(document)
      .to.have.all.keys('failures', 'bytes', 'seconds')
      .and.to.include({ bytes: Buffer.byteLength(failing) });
    expect(document.failures).to.have.lengthOf(1);
    expect(document.failures[0])
      .to.include({
        test_id: 'test_a.test_x',
        kind: 'test-failure',
        exception: 'AssertionError',
        signature: null,
        class: 'unknown',
      })
      .and.to.have.all.keys(
        'test_id',
        'kind',
        'exception',
        'message',
        'fingerprint',
        'incident',
        'lines',
        'signature',
        'class',
      );
    expect(document.failures[0]).to.have.deep.property('lines', [2, 4]);
  });

  it('answers in the first line, shows the lines, and no control character raw', async () => {
    const { out } = await run(await file('a.log', failing));

    expect(out).to.match(/^unknown: test-failure in test_a\.test_x\n/);
    expect(out).to.contain('lines 2-4');
    expect(out.replaceAll('\n', '')).not.to.match(/[\p{Cc}\u202e]/u);
  });

  it('ends with 0 where nothing is wrong, and where all is Buildbot’s own word on a lost worker', async () => {
    const lost =
      'hpython -m test\noa\nhremoteFailed: [Failure instance: twisted.internet.error.ConnectionLost]\n';

    expect(await run(await file('ok.log', '0:00:01 [1/1] test_a passed\n'))).to.include({
      code: 0,
      out: 'nothing wrong found in 1 line\n',
    });
    expect(await run(await file('lost.log', lost), '--format', 'contents')).to.include({ code: 0 });
    expect(await run(await file('lost.log', lost), '--format', 'raw')).to.include({ code: 4 });
  });

  it('says of what is no log that it does not know it, and ends with 4', async () => {
    const odd = await file('odd.log', 'all is \u001b[31mwell\n\u0000\u0001\ufffd\n');
    const { code, out } = await run(odd);

    expect(code).to.equal(4);
    expect(out).to.equal('unknown: this is no log of tests or of a build that is known (2 lines)\n');
    expect(await run(await file('empty.log', ''))).to.include({ code: 4 });
    const told = await run(odd, '--json');
    expect(told.code).to.equal(4);
    expect(JSON.parse(told.out)).to.deep.include({ failures: [] }).and.to.have.property('doubt');
  });

  it('ends with 6 for a file that is not there, and 2 for wrong usage', async () => {
    const missing = await run(join(folder, 'none.log'));

    expect(missing).to.include({ code: 6, out: '' });
    expect(missing.err).to.contain('no such file').and.to.contain('none.log');
    expect(await run(await file('a.log', failing), '--junit', join(folder, 'none.xml'))).to.include({
      code: 6,
    });
    expect(await run()).to.include({ code: 2 });
    expect(await run('a.log', '--format', 'html')).to.include({ code: 2 });
    expect(await run(folder)).to.include({ code: 2 });
  });

  it('adds what only the report knows, and says so when the report is not believed', async () => {
    const log = await file('a.log', '0:00:01 [1/1/1] test_a failed (2 failures)\n');
    const xml =
      '<testsuites><testsuite tests="1"><testcase name="test.test_a.T.test_q"><error type="KeyError" message="x"/></testcase></testsuite></testsuites>';
    const whole = await run(log, '--json', '--junit', await file('a.xml', xml));
    const cut = await run(log, '--json', '--junit', await file('b.xml', xml.slice(0, -20)));
    const ids = (out: string) =>
      (JSON.parse(out) as { failures: { test_id: string }[] }).failures.map((one) => one.test_id);

    expect(ids(whole.out)).to.deep.equal(['test_a.T.test_q']);
    expect(ids(cut.out)).to.deep.equal(['test_a']);
    expect(cut.err).to.contain('not believed: cut');
  });

  it('reads stdin for -', async () => {
    const terminal = createTerminal({ env: {} });
    const common = { config: '', configNamed: false, json: false, color: false, url: null, urlNamed: false };
    async function* input() {
      yield Buffer.from(failing);
    }
    const given = {
      log: '-',
      input: input(),
      format: 'auto',
      junit: null,
      builder: null,
      platform: null,
      signatures: null,
    } as const;

    expect(await flakesExplain({ terminal, common }, given)).to.equal(4);
    expect(terminal.written.out).to.contain('test_a.test_x');
  });
});
