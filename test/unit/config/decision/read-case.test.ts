import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { readCase } from '../../../../src/config/decision/read-case.ts';
import { caseJsonSchema } from '../../../../src/config/decision/schema.ts';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly description?: string;
}

/** Every field of the schema with its path. */
function fields(node: Node, path: string): readonly (readonly [string, Node])[] {
  const own = Object.entries(node.properties ?? {}).flatMap(([name, below]) => [
    [`${path}.${name}`, below] as const,
    ...fields(below, `${path}.${name}`),
  ]);
  const inside = node.items === undefined ? [] : fields(node.items, `${path}[]`);
  return [...own, ...inside, ...(node.anyOf ?? []).flatMap((each) => fields(each, path))];
}

const root = new URL('../../../../', import.meta.url);

describe('the JSON Schema of a case', () => {
  it('is the one in config/decision: what caseJsonSchema() gives', async () => {
    const kept = JSON.parse(
      await readFile(new URL('config/decision/case.schema.json', root), 'utf8'),
    ) as unknown;
    expect(kept).to.deep.equal(JSON.parse(JSON.stringify(caseJsonSchema())));
  });

  it('says of every field what it means', () => {
    const all = fields(caseJsonSchema(), '');
    expect(all.length).to.be.greaterThan(60);
    expect(
      all.filter(([, { description }]) => description === undefined).map(([path]) => path),
    ).to.deep.equal([]);
  });
});

describe('a line that is no case', () => {
  const table: [string, unknown, RegExp][] = [
    ['is no JSON', '{', /^the line: is no JSON/],
    ['is no object', [], /^the line: is a list of 0, expected an object/],
    ['lacks the builder', {}, /^builder: is missing, expected a text of 1 to 1000 characters/],
    ['has an unknown key', { builder: 'b', attemts: [] }, /^attemts: unknown key; did you mean "attempts"/],
    [
      'has a wrong word',
      { builder: 'b', attempts: [{ role: 'mesure' }] },
      /^attempts\[0\]\.role: is "mesure", expected one of vote, measure, control; did you mean "measure"/,
    ],
    [
      'has a wrong number',
      { builder: 'b', history: { evidence: [{ excuse_key: 'k', red_base: 3 }] } },
      /^history\.evidence\[0\]\.red_base: is 3, expected 0 or 1 or 2/,
    ],
    [
      'has a share above 1',
      { builder: 'b', signatures: [{ id: 'x', max_rate: 5 }] },
      /^signatures\[0\]\.max_rate: is 5, expected a number from 0 to 1/,
    ],
    [
      'counts more failures than repeats',
      { builder: 'b', attempts: [{ role: 'measure', repeats: { ran: 1, failed: 2 } }] },
      /^attempts\[0\]\.repeats: is an object, expected no more failed repeats than ran/,
    ],
    [
      'counts more failures than runs',
      { builder: 'b', signatures: [{ id: 'x', rate: { failures: 2, runs: 1 } }] },
      /^signatures\[0\]\.rate: is an object, expected no more failures than runs/,
    ],
    ['has no time', { builder: 'b', at: 'noon' }, /^at: is "noon", expected .*a time such as 2026/],
    [
      'names a signature that is not there',
      { builder: 'b', failures: [{ signature: 'FLK-1' }] },
      /^failures\[0\]\.signature: is "FLK-1", expected an id in signatures/,
    ],
    [
      'asks about a vote that passed',
      { builder: 'b', attempts: [{ role: 'vote', outcome: 'passed' }] },
      /^attempts: the vote of "b" passed without a failure/,
    ],
    [
      'has too many failures',
      { builder: 'b', failures: Array(1001).fill({}) },
      /^failures: is a list of 1001, expected a list of at most 1000/,
    ],
  ];
  for (const [title, line, error] of table) {
    it(`is told where and why when it ${title}`, () => {
      const read = readCase(typeof line === 'string' ? line : JSON.stringify(line));
      expect(read.document).to.equal(null);
      expect(read.error).to.match(error);
    });
  }

  it('brings no escape of its own to a terminal', () => {
    const { error } = readCase('{"builder": "b", "failures": [{"signature": "\\u001b[2J\\u202e"}]}');
    expect(error).to.match(/^[\x20-\x7e]+$/);
  });
});
