// The arguments of a job, read with suspicion (RUNS.md 2.6).

import { expect } from 'chai';
import { keptParameters, maxArguments, readArguments } from '../../../src/gate/arguments.ts';

function why(text: string | null): string {
  const read = readArguments(text);
  return read.kind === 'refused' ? read.why : 'read';
}

function nested(depth: number): string {
  return `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
}

describe('the arguments of a job', () => {
  const refusals: readonly (readonly [string, string | null, RegExp])[] = [
    ['text that is no JSON', '{"a"', /no JSON/],
    ['nothing at all', '', /no JSON/],
    ['a list', '[]', /no object/],
    ['a text', '"x"', /no object/],
    ['a number', '7', /no object/],
    ['null', 'null', /no object/],
    ['what was too large or no text to begin with', null, /1 MiB/],
    ['more than 1 MiB', JSON.stringify({ a: 'x'.repeat(maxArguments) }), /1 MiB/],
    ['lists 10,000 deep', nested(10_000), /deeper than 64/],
    ['objects 10,000 deep', '{"a":'.repeat(10_000) + '1' + '}'.repeat(10_000), /deeper than 64/],
    ['65 levels', nested(65), /deeper than 64/],
    ['depth behind a text with quotes', `{"q":"\\"","a":${'['.repeat(99)}${']'.repeat(99)}}`, /deeper/],
    ['a line end in a field', '{"ZUUL_BRANCH":"main\\r\\nx"}', /ZUUL_BRANCH holds control/],
    ['a NUL in a field', '{"ZUUL_URL":"a\\u0000b"}', /ZUUL_URL holds control/],
    ['an escape in a field nobody reads', '{"OTHER":"\\u001b[2J"}', /OTHER holds control/],
    ['a DEL in a field', '{"OTHER":"\\u007f"}', /OTHER holds control/],
    ['a C1 control in a field', '{"OTHER":"\\u009b"}', /OTHER holds control/],
    ['half a character in a field', '{"ZUUL_BRANCH":"x\\ud800"}', /ZUUL_BRANCH holds control/],
    ['control characters in a name', '{"a\\nb":"x"}', /name of a parameter/],
    ['an escape in a list of files', '{"GATE_FILES":"a\\u001b"}', /GATE_FILES holds control/],
    ['a number for a branch', '{"ZUUL_BRANCH":3.10}', /ZUUL_BRANCH is no text/],
    ['a number for a commit', '{"ZUUL_COMMIT":123456789012}', /ZUUL_COMMIT is no text/],
    ['a list for a project', '{"ZUUL_PROJECT":["cpython"]}', /ZUUL_PROJECT is no text/],
    ['an object for a ref', '{"ZUUL_REF":{}}', /ZUUL_REF is no text/],
    ['true for a URL', '{"ZUUL_URL":true}', /ZUUL_URL is no text/],
    [
      'a thousand and one parameters',
      JSON.stringify(Object.fromEntries(Array.from({ length: 1001 }, (_, at) => [`p${at}`, '']))),
      /1000 parameters/,
    ],
  ];
  for (const [what, text, expected] of refusals) {
    it(`refuse ${what} (rule 2.6)`, () => {
      expect(why(text)).to.match(expected);
      expect(why(text)).not.to.match(/\p{Cc}/u);
    });
  }

  it('may nest 64 levels, and brackets in a text are no levels (rule 2.6)', () => {
    expect(why(nested(64))).to.equal('read');
    expect(why(JSON.stringify({ a: '['.repeat(1000) }))).to.equal('read');
  });

  it('may be 1 MiB large (rule 2.6)', () => {
    expect(why(JSON.stringify({ a: 'x'.repeat(maxArguments - 8) }))).to.equal('read');
  });

  it('cannot reach the prototype of anything (rule 2.6)', () => {
    const read = readArguments('{"__proto__":{"ZUUL_BRANCH":"evil"},"constructor":"x","ZUUL_UUID":"u"}');
    if (read.kind !== 'read') throw new Error(read.why);
    expect(read.values.get('ZUUL_BRANCH')).to.equal(undefined);
    expect(keptParameters(read.values)).to.deep.equal({ ZUUL_UUID: 'u' });
    expect('ZUUL_BRANCH' in {}).to.equal(false);
  });

  it('are text, what is none elsewhere is written as JSON, and null says nothing', () => {
    const read = readArguments('{"GATE_N":5,"GATE_L":["a"],"ZUUL_REF":null,"GATE_FILES":"a\\nb"}');
    expect(read.kind === 'read' && [...read.values]).to.deep.equal([
      ['GATE_N', '5'],
      ['GATE_L', '["a"]'],
      ['ZUUL_REF', ''],
      ['GATE_FILES', 'a\nb'],
    ]);
  });

  it('are kept without secrets, and OFFLINE_NODE_WHEN_COMPLETE is noted (rule 9.6)', () => {
    const values = new Map([
      ['ZUUL_PIPELINE', 'gate'],
      ['OFFLINE_NODE_WHEN_COMPLETE', '1'],
      ['SWIFT_logs_HMAC_KEY', 'secret'],
      ['ZUUL_TOKEN', 'secret'],
      ['HOME', '/root'],
      ['ZUUL_CHANGES', 'x'.repeat(5000)],
    ]);
    const kept = keptParameters(values);
    expect(Object.keys(kept)).to.deep.equal(['ZUUL_PIPELINE', 'OFFLINE_NODE_WHEN_COMPLETE', 'ZUUL_CHANGES']);
    expect(kept['ZUUL_CHANGES']).to.have.length(1024);
  });
});
