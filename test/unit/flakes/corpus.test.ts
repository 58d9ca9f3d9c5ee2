// The reader on logs that others labelled (test/corpus), and the scoring itself.

import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Failure } from '../../../src/flakes/failure.ts';
import type { Count } from '../../../src/flakes/statistics/rate.ts';
import { Readable } from 'node:stream';
import { readLogFile } from '../../../src/evidence/read-log-file.ts';
import { casesOf, parseCase, parts, type Part } from '../../corpus/case.ts';
import { answersOf } from '../../corpus/read.ts';
import { manners, passing } from '../../corpus/passing.ts';
import { missesOf, scoreOf, type Answer } from '../../corpus/score.ts';
import { read } from './read.ts';

const share = ({ failures, runs }: Count): number => failures / runs;

/** Below what was measured on dev and kept together, on fresh and on opened alone; the bars themselves stand in the score. */
const floors = {
  'dev and kept': {
    recall: 0.99,
    precision: 0.985,
    kind: 0.99,
    exact: 0.98,
    pairPrecision: 0.95,
    pairRecall: 0.95,
  },
  fresh: {
    recall: 0.98,
    precision: 0.98,
    kind: 0.98,
    exact: 0.97,
    pairPrecision: 0.95,
    pairRecall: 0.95,
  },
  opened: {
    recall: 0.985,
    precision: 0.985,
    kind: 0.985,
    exact: 0.97,
    pairPrecision: 0.95,
    pairRecall: 0.95,
  },
};

const among = { 'dev and kept': ['dev', 'kept'], fresh: ['fresh'], opened: ['opened'] } as const;

/** Which of two parts a thread's hash says. `opened` was a half first, and got half of the rest afterwards. */
const parted: readonly (readonly [first: Part, second: Part, isFirst: (hash: bigint) => boolean])[] = [
  ['dev', 'kept', (hash) => hash % 3n === 0n],
  ['opened', 'blind', (hash) => hash % 4n !== 3n],
];

describe('the labelled corpus', () => {
  it('is parted by a hash of each thread', async () => {
    for (const [first, second, isFirst] of parted) {
      for (const part of [first, second]) {
        for (const { name, source } of await casesOf(part)) {
          const thread = source.split('/').slice(-3).join('/');
          const hash = BigInt(`0x${createHash('sha256').update(thread).digest('hex')}`);
          expect(isFirst(hash) ? first : second, name).to.equal(part);
        }
      }
    }
  });

  it('has no thread in two parts', async () => {
    const homes = new Map<string, string>();
    for (const part of parts) {
      for (const { name, source } of await casesOf(part)) {
        expect(homes.get(source) ?? part, name).to.equal(part);
        homes.set(source, part);
      }
    }
    expect(homes).to.have.property('size').greaterThan(390);
  });

  for (const which of ['dev and kept', 'fresh', 'opened'] as const) {
    it(`is read about as people read it, ${which}`, async () => {
      const answers = (await Promise.all(among[which].map(answersOf))).flat();
      const score = scoreOf(answers);

      expect(answers).to.have.length.greaterThan(70);
      for (const [key, floor] of Object.entries(floors[which]) as [keyof typeof score, number][]) {
        expect(share(score[key]), key).to.be.at.least(floor);
      }
    });
  }
});

describe('green runs', () => {
  for (const manner of manners) {
    it(`show no failure, whatever their tests print, ${manner}`, async () => {
      const format = manner === 'contents' ? 'contents' : 'raw';
      const source = Readable.from(passing(manner, 2e6));
      const { failures, bytes } = await readLogFile(source, { format, builder: null });

      expect(failures).to.deep.equal([]);
      expect(bytes).to.be.at.least(2e6);
    });
  }
});

const log = `FAIL: test_a (test.test_x.T.test_a)
${'-'.repeat(70)}
Traceback (most recent call last):
  File "/build/Lib/test/test_x.py", line 3, in test_a
    self.fail()
AssertionError: no
`;

async function answer(expected: string[], found?: readonly Failure[]): Promise<Answer> {
  const labelled = parseCase(
    'one',
    ['source: https://x.org/a/issues/1', ...expected, `log:\n${log}`].join('\n'),
  );
  return { labelled, found: found ?? (await read(log)) };
}

describe('the score of the corpus', () => {
  it('counts a failure as right whose test and kind are one of those labelled', async () => {
    const score = scoreOf([await answer(['expect: crash|test-failure test_y.b|test_x.T.test_a | cause'])]);

    expect([score.recall, score.precision, score.kind, score.exact]).to.deep.equal(
      Array.from({ length: 4 }, () => ({ failures: 1, runs: 1 })),
    );
  });

  it('counts what was missed, what is not there and what is of another kind, and names each', async () => {
    const answers = [
      await answer(['expect: crash test_x.T.test_a | a', 'expect: other - | b']),
      await answer([]),
    ];
    const score = scoreOf(answers);

    expect([score.recall, score.precision, score.kind, score.exact]).to.deep.equal([
      { failures: 1, runs: 2 },
      { failures: 1, runs: 2 },
      { failures: 0, runs: 1 },
      { failures: 0, runs: 2 },
    ]);
    expect(missesOf(answers)).to.deep.equal([
      'one: missed other -',
      'one: wrong kind: test-failure test_x.T.test_a, labelled crash test_x.T.test_a',
      'one: not there: test-failure test_x.T.test_a',
    ]);
  });

  it('counts pairs by cause and incident, a missed failure as apart, and none of a cause that is not told', async () => {
    const labels = ['a', 'a', 'b', '?'].map((cause) => [`expect: test-failure test_x.T.test_a | ${cause}`]);
    const answers = await Promise.all([
      ...labels.map((expected) => answer(expected)),
      answer(labels[0] ?? [], []),
    ]);
    const score = scoreOf(answers);

    expect(score.pairPrecision).to.deep.equal({ failures: 1, runs: 3 });
    expect(score.pairRecall).to.deep.equal({ failures: 1, runs: 3 });
  });

  it('refuses a case that is not well written, with its name', () => {
    const broken: [string, RegExp][] = [
      ['expect: crash - | cause\nlog:\n', /^odd: expected "source: THREAD"/],
      ['source: https://x.org/1\nexpect: crash - cause\nlog:\n', /^odd: "expect: crash - cause"/],
      ['source: https://x.org/1\nexpect: flop - | cause\nlog:\n', /^odd: flop is no kind/],
    ];
    for (const [text, message] of broken) expect(() => parseCase('odd', text)).to.throw(message);
  });
});
