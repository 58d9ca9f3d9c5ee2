import { expect } from 'chai';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readPlainYaml } from '../../../../src/config/signatures/plain-yaml.ts';
import { readSource } from '../../../../src/config/source.ts';

const sample = `# A known flake.
id: FLK-0012
title: HTTP "keep-alive" # 1 times out
state: monitor            # monitor -> active
created: 2026-11-21
resolved: {at: null, commit: ~}
match:
  all:
    - kind: [timeout, 'test-failure']
    - test_id: {glob: "test_http*.\\\\d.*"}
      attempt: 1
    - any:
      - log: {lines: ["a # b", 'it''s'], within: failure}
      - exception:
        - TimeoutError
exonerate: {allowed: true, max_rate: .05}
suppress:
bug: https://example.org/x#1
`;

/** What the library reads; undefined for what it refuses. */
function byLibrary(text: string): unknown {
  const reading = readSource(text, 'a mapping');
  return reading.kind === 'read' ? reading.source.raw : undefined;
}

/** Where the quick reader answers at all, it answers as the library does. */
function expectAgreement(text: string): boolean {
  const quick = readPlainYaml(text);
  if (quick === undefined) return false;
  expect(quick, JSON.stringify(text)).to.deep.equal(byLibrary(text));
  return true;
}

const words = fc.oneof(
  fc.constantFrom(
    'null',
    '~',
    'true',
    'no',
    '1',
    '-1.5',
    '1e3',
    '0x10',
    '.5',
    '1.',
    '.inf',
    '2026-11-21',
    '',
    ' a',
    'a ',
    'a: b',
    'a:b',
    'a #b',
    'a#b',
    '- a',
    '-a',
    '?',
    '*x',
    '&x',
    '!x',
    '%a',
    '@a',
    '`',
    '|',
    '>',
    '"',
    "'",
    "it's",
    '[a',
    'a]',
    '{a}',
    'a, b',
    '\\d+',
    'http://x/#y',
    'é',
    '<<',
    '---',
    '...',
  ),
  fc.string({ maxLength: 12 }),
);
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    words,
    fc.constantFrom<unknown>(null, true, false, 0, 12, 0.05),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('id', 'match', 'all', 'regex', 'x_1', 'a-b'), tie('value'), { maxKeys: 3 }),
  ),
})).value;
const documents = fc.dictionary(fc.constantFrom('id', 'match', 'title'), values, { minKeys: 1, maxKeys: 3 });

describe('the reader of plain YAML', () => {
  it('reads what signature files are written in', () => {
    expect(expectAgreement(sample)).to.equal(true);
    expect(readPlainYaml(sample)).to.have.nested.property('match.all[1].test_id.glob', 'test_http*.\\d.*');
  });

  it('agrees with the library on documents in block and in flow style, wherever it answers', () => {
    let answered = 0;
    fc.assert(
      fc.property(documents, fc.boolean(), fc.constantFrom(1, 2, 4), (document, flow, indent) => {
        const options = flow
          ? ({ collectionStyle: 'flow', lineWidth: 0 } as const)
          : { indent, lineWidth: 0 };
        if (expectAgreement(stringify(document, options))) answered += 1;
      }),
      { numRuns: 400 },
    );
    expect(answered).to.be.greaterThan(100);
  }).timeout(20_000);

  it('agrees with the library on files with slips of the hand', () => {
    let answered = 0;
    const slips = fc.array(
      fc.record({
        at: fc.nat(sample.length),
        cut: fc.nat(3),
        put: fc.constantFrom(
          '',
          ' ',
          '  ',
          '\n',
          ':',
          ': ',
          '- ',
          '#',
          ' #',
          '"',
          "'",
          '[',
          ']',
          '{',
          '}',
          ',',
          '|',
          '\t',
          '&a',
          '?',
          '.',
        ),
      }),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(slips, (all) => {
        const text = all.reduce(
          (sum, { at, cut, put }) => sum.slice(0, at) + put + sum.slice(at + cut),
          sample,
        );
        if (expectAgreement(text)) answered += 1;
      }),
      { numRuns: 600 },
    );
    expect(answered).to.be.greaterThan(100);
  }).timeout(20_000);
});
