// JUnit reports: what is cut out of them, what is believed, and reports made to hurt.

import { expect } from 'chai';
import { readJunit } from '../../../src/evidence/junit.ts';
import { scanJunit } from '../../../src/evidence/junit-scan.ts';

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
