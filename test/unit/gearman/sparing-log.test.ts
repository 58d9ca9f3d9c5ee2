import { expect } from 'chai';
import { sparingly } from '../../../src/gearman/sparing-log.ts';

describe('a log that a server cannot fill', () => {
  it('writes 20 lines in 10 s and then says how many it did not write', () => {
    const lines: string[] = [];
    let now = 0;
    const log = sparingly(
      (level, message) => lines.push(`${level} ${message}`),
      () => now,
    );
    for (let count = 0; count < 50; count += 1) log('warn', `line ${count}`);
    expect(lines).to.have.length(20);
    now = 10_000;
    log('error', 'later');
    expect(lines.slice(20)).to.deep.equal([
      'warn 30 lines like the last ones were not written',
      'error later',
    ]);
  });
});
