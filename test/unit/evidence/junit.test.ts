// JUnit reports: what is cut out of them, what is believed, and reports made to hurt.

import { expect } from 'chai';
import { Readable } from 'node:stream';
import { readJunit as readChunks, type JunitReading } from '../../../src/evidence/junit.ts';
import { createJunitScanner, type JunitScan } from '../../../src/evidence/junit-scan.ts';

const failing = `<testcase name="test.test_a.T.test_x" time="0.1"><failure type="builtins.AssertionError" message="AssertionError: 1 != 2">Traceback (most recent call last):
  File "/b/Lib/test/test_a.py", line 3, in test_x
AssertionError: 1 != 2
</failure></testcase>`;
const passing = '<testcase name="test.test_a.T.test_y" status="run"/>';

function report(cases: readonly string[], tests = cases.length): Buffer {
  return Buffer.from(
    `<?xml version="1.0"?><testsuites><testsuite tests="${tests}">${cases.join('\n')}</testsuite></testsuites>`,
  );
}

function* inChunks(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function readJunit(bytes: Buffer): Promise<JunitReading> {
  return readChunks(Readable.from(inChunks(bytes, 64 * 1024)));
}

/** Scans by chunks of so many bytes, each in the same place as the one before. */
function scanJunit(bytes: Buffer, size = 64 * 1024): JunitScan & { readonly fragments: readonly string[] } {
  const scanner = createJunitScanner();
  const fragments: string[] = [];
  const place = Buffer.alloc(size);
  for (const chunk of inChunks(bytes, size)) {
    chunk.copy(place);
    fragments.push(...scanner.write(place.subarray(0, chunk.length)));
    place.fill('<');
  }
  return { ...scanner.end(), fragments };
}

describe('the JUnit reader', () => {
  it('reads the failing cases and only those', async () => {
    const { state, cases, failures } = await readJunit(report([passing, failing, passing]));

    expect({ state, cases }).to.deep.equal({ state: 'complete', cases: 3 });
    expect(failures.map(({ text, ...rest }) => ({ ...rest, traced: text.includes('line 3') }))).to.deep.equal(
      [{ testId: 'test_a.T.test_x', exception: 'AssertionError', message: '1 != 2', traced: true }],
    );
  });

  it('is not misled by CDATA, comments and quoted brackets', () => {
    const hidden = `<testcase name="a>b"><system-out><![CDATA[<failure/></testcase><testcase>]]></system-out><!-- <error/> --></testcase>`;

    expect(scanJunit(report([hidden, failing])))
      .to.include({ state: 'complete', cases: 2 })
      .and.to.have.property('fragments')
      .with.lengthOf(1);
  });

  it('gives the same whatever the size of the chunks', () => {
    const odd = `<testcase name='a"b'><!-- <failure/> --- > --><![CDATA[<error/>]] >]]]><failure message="é>']]>"/>
<system-out><![CDATA[</testcase>]]>]]></system-out><?x <failure/> ? >?></testcase>`;
    const long = failing
      .replace('time="0.1"', `time="${'>x'.repeat(4_000)}"`)
      .replace('1 != 2"', `${'z'.repeat(9_000)}"`);
    const bytes = report(
      [passing, odd, '<testcase name="no end">', failing, '<testcases/>', long, passing],
      5,
    );
    const whole = scanJunit(bytes, bytes.length);

    expect(whole).to.include({ state: 'complete', cases: 5, left: 0 });
    expect(whole.fragments).to.deep.equal([odd, failing, long]);
    for (const size of [1, 2, 3, 7, 64, 4_095, 4_096, 4_097])
      expect(scanJunit(bytes, size), `chunks of ${size}`).to.deep.equal(whole);
  });

  it('sees at every byte whether a report is cut there', () => {
    const suite = report([passing, failing])
      .toString()
      .replace(/^.*<testsuites>|<.testsuites>$/gs, '');
    const bytes = Buffer.from(`<testsuites>${suite}${suite}</testsuites>`);

    for (let end = 0; end < bytes.length; end += 1) {
      const cut = bytes.subarray(0, end);
      expect(scanJunit(cut).state, `${end}`).to.not.equal('complete');
      expect(scanJunit(cut, 5), `${end}`).to.deep.equal(scanJunit(cut));
    }
  });

  it('leaves out what is too much in all, and reads no report of more than 64 MiB', async () => {
    const large = failing.replace('1 != 2"', `${'z'.repeat(200_000)}"`);
    const many = report(Array.from({ length: 100 }, () => large));
    const block = Buffer.from(passing.repeat(20_000));
    const endless = Readable.from(
      (function* () {
        for (;;) yield block;
      })(),
    );

    const { state, cases, left, fragments } = scanJunit(many);
    expect({ state, cases, known: fragments.length + left }).to.deep.equal({
      state: 'complete',
      cases: 100,
      known: 100,
    });
    expect(fragments.join('').length).to.be.within(16_000_000, 16 * 1024 * 1024);
    expect(await readChunks(endless)).to.deep.equal({ state: 'too large', cases: 0, failures: [], left: 0 });
  });

  it('notices a report that was cut, one that claims other numbers, and what is none', () => {
    const whole = report([passing, failing]);

    expect(scanJunit(whole.subarray(0, whole.length - 30)).state).to.equal('cut');
    expect(scanJunit(whole.subarray(0, 120)).state).to.not.equal('complete');
    expect(scanJunit(report([passing], 7)).state).to.equal('lying');
    expect(scanJunit(Buffer.from('')).state).to.equal('no report');
    expect(scanJunit(Buffer.from('Builder: x\nnothing')).state).to.equal('no report');
  });

  it('takes no case that names other things than tests, declares entities or is too large', async () => {
    const named = failing.replace('test.test_a.T.test_x', 'test_a; rm -rf /');
    const bomb = failing.replace('<failure', '<!DOCTYPE x [<!ENTITY a "aaaa">]><failure');
    const large = failing.replace('1 != 2"', `${'z'.repeat(1 << 20)}"`);
    const { failures, left } = await readJunit(report([named, bomb, large]));

    expect({ failures, left }).to.deep.equal({ failures: [], left: 3 });
  });

  it('keeps prototypes clean and control characters harmless', async () => {
    const odd = failing
      .replace('1 != 2"', '\u001b[31m \u0000"')
      .replace('<failure', '<__proto__><polluted>yes</polluted></__proto__><failure');
    const { failures } = await readJunit(report([odd]));

    expect(failures).to.have.lengthOf(1);
    expect({}).to.not.have.property('polluted');
  });

  it('finds the failures among ninety thousand cases in twelve megabytes', async () => {
    const cases = Array.from({ length: 88_000 }, (_, n) =>
      n % 200 === 0
        ? failing
        : `<testcase name="test.test_m${n}.SomeTests.test_case_${n}" status="run" result="completed" time="0.000123"></testcase>`,
    );
    const bytes = report(cases);
    const { failures } = await readJunit(bytes);

    expect(failures).to.have.lengthOf(440);
  });
});
