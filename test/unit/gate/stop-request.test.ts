// The arguments of stop: and set_description: jobs (RUNS.md 8.1).

import { expect } from 'chai';
import { readNamed } from '../../../src/gate/stop-request.ts';

describe('what stop: and set_description: name', () => {
  it('is the number and the name, the number also where it is one in JSON (rule 8.1)', () => {
    expect(readNamed('{"name":"gate","number":"u1"}')).to.deep.equal({
      name: 'gate',
      number: 'u1',
      description: '',
    });
    expect(readNamed('{"number":7,"html_description":"<b>"}')).to.deep.equal({
      name: '',
      number: '7',
      description: '<b>',
    });
  });

  for (const text of [
    null,
    '',
    '{',
    '[]',
    'null',
    '"u1"',
    '{}',
    '{"number":""}',
    '{"number":["u1"]}',
    '{"number":null}',
    '{"__proto__":{"number":"u1"}}',
  ]) {
    it(`is no job in ${JSON.stringify(text)} (rule 8.1)`, () => {
      expect(readNamed(text)).to.equal(null);
    });
  }

  it('is no job, and no stack overflow, in what nests 10,000 deep (rule 8.1)', () => {
    const read = readNamed(`{"number":${'['.repeat(10_000)}${']'.repeat(10_000)}}`);
    expect(read).to.equal(null);
  });
});
