import { expect } from 'chai';
import { until } from '../../until.ts';

describe('until', () => {
  it('gives what the condition gives in the end', async () => {
    const answers = [null, undefined, false, 'there'];
    expect(await until(() => answers.shift(), { within: 2000, what: 'an answer' })).to.equal('there');
  });

  it('takes nought and the empty text for an answer', async () => {
    expect(await until(() => 0, { within: 50, what: 'nought' })).to.equal(0);
    expect(await until(() => '', { within: 50, what: 'a text' })).to.equal('');
  });

  it('says what it waited for and what it last saw', async () => {
    const failed = until(() => null, { within: 30, what: 'the build to begin' });
    expect(await failed.catch(String)).to.equal(
      'Error: waited 30 ms for the build to begin; it last gave: null',
    );
  });

  it('goes on after a condition that throws, and names its error at the end', async () => {
    let asked = 0;
    const condition = (): boolean => {
      asked += 1;
      if (asked < 3) throw new Error('refused');
      return true;
    };
    expect(await until(condition, { within: 2000, what: 'it' })).to.equal(true);
    const failed = until(() => Promise.reject(new Error('refused')), { within: 30, what: 'it' });
    expect(await failed.catch(String)).to.contain('it last threw: Error: refused');
  });

  it('does not wait longer than told for a condition that never settles', async () => {
    const failed = until(() => new Promise<true>(() => undefined), { within: 40, what: 'it' });
    expect(await failed.catch(String)).to.contain('did not come back');
  });
});
