// The judge of an act must be able to say no: each bar is broken once in an act that is otherwise good.

import { expect } from 'chai';
import type { SubmittedJob } from '../gearman-client.ts';
import { commitOf } from '../stories/gate.ts';
import type { Truth } from './changes.ts';
import type { Item } from './gatekeeper.ts';
import { breachesOf, type Evidence } from './judge.ts';
import type { LedgerRequest } from './ledger.ts';

const name = 'chaos 1';
const commit = commitOf(name);

function jobThat(ends: readonly string[], result: unknown): SubmittedJob {
  const never = async (): Promise<never> => {
    throw new Error('nobody waits for a job of this test');
  };
  return {
    handle: 'H:1',
    unique: 'u1',
    submittedAt: 0,
    packets: ends.map((end) => ({ name: end, magic: 'RES' as const, body: Buffer.alloc(0), at: 0 })),
    build: { number: 'u1', manager: 'gate.test', url: '', started: true, ended: true, result, last: null },
    packet: never,
    ended: never,
  };
}

interface Told {
  readonly truth?: Truth;
  readonly word?: string | null;
  readonly ends?: readonly string[];
}

function item({ truth = 'good', word = 'SUCCESS', ends = ['WORK_COMPLETE'] }: Told = {}): Item {
  return {
    change: { name, job: 'single', truth, steering: 'pass', stopAfter: null },
    launches: [{ at: 0, job: jobThat(ends, word), lost: false }],
    stoppedAt: null,
    dropped: false,
    verdict: word === null ? null : { word, at: 120_000 },
  };
}

function request(more: Partial<LedgerRequest> = {}): LedgerRequest {
  const results = more.results ?? 0;
  return {
    ...{ id: 1, run: 'r', ordinal: 1, role: 'vote', key: 'k', builder: 'Bench 05 3.x', revision: commit },
    ...{ submittedAt: 100, completeAt: 110, results },
    builds: [{ id: 1, startedAt: 101, completeAt: 110, results, state: 'done', revision: commit }],
    ...more,
  };
}

function barsOf(evidence: Partial<Evidence>): readonly string[] {
  const good = { edge: 'sharp', items: [item()], ledger: [request()], hindered: [] } as const;
  return breachesOf({ ...good, ...evidence }).map(({ bar }) => bar);
}

describe('the judge of an act', () => {
  it('finds nothing wrong with a good change that was proved and told once', () => {
    expect(barsOf({})).to.deep.equal([]);
  });

  it('calls a change lost that has no verdict, two ends, or an end without a word', () => {
    expect(barsOf({ items: [item({ word: null, ends: [] })] })).to.deep.equal(['lost']);
    expect(barsOf({ items: [item({ ends: ['WORK_COMPLETE', 'WORK_COMPLETE'] })] })).to.deep.equal(['lost']);
    expect(barsOf({ items: [item({ word: null })] })).to.deep.equal(['lost', 'lost']);
  });

  it('calls a SUCCESS false for a broken change, and without a green build of that commit that was over by then', () => {
    const wrong = ['false SUCCESS'];
    expect(barsOf({ items: [item({ truth: 'broken' })] })).to.deep.equal(wrong);
    expect(barsOf({ ledger: [] })).to.deep.equal(wrong);
    expect(barsOf({ ledger: [request({ results: 2 })] })).to.deep.equal(wrong);
    expect(barsOf({ ledger: [request({ builder: 'Bench 04 3.x' })] })).to.deep.equal(wrong);
    expect(barsOf({ ledger: [request({ revision: 'other' })] })).to.deep.equal(wrong);
    const other = { id: 1, startedAt: 101, completeAt: 110, results: 0, state: 'done', revision: 'other' };
    expect(barsOf({ ledger: [request({ builds: [other] })] })).to.deep.equal(wrong);
    const tooLate = { ...other, revision: commit, completeAt: 130 };
    expect(barsOf({ ledger: [request({ completeAt: 130, builds: [tooLate] })] })).to.deep.equal(wrong);
  });

  it('calls a FAILURE false where no build failed', () => {
    const items = [item({ word: 'FAILURE' })];
    expect(barsOf({ items })).to.deep.equal(['false FAILURE']);
    expect(barsOf({ items, ledger: [request({ results: 2 })] })).to.deep.equal([]);
  });

  it('finds the same attempt twice, a second request beside a live one, and one after a result', () => {
    const twice = (second: Partial<LedgerRequest>): readonly string[] =>
      barsOf({ ledger: [request(), request({ id: 2, submittedAt: 120, completeAt: 125, ...second })] });
    expect(twice({})).to.deep.equal(['duplicate']);
    expect(twice({ run: 's', ordinal: 2, submittedAt: 105 })).to.deep.equal(['duplicate']);
    expect(twice({ ordinal: 2 })).to.deep.equal(['duplicate']);
    expect(twice({ ordinal: 2, builder: 'Bench 01 3.x' })).to.deep.equal([]);
    expect(twice({ ordinal: 2, role: 'measure', submittedAt: 105 })).to.deep.equal([]);
    const sick = request({ results: 4 });
    expect(
      barsOf({ ledger: [sick, request({ id: 2, ordinal: 2, submittedAt: 112, completeAt: 119 })] }),
    ).to.deep.equal([]);
  });

  it('asks in a blunt act that a duplicate is found in time, as far as anybody could', () => {
    const [first, second] = [
      request({ completeAt: 180 }),
      request({ id: 2, submittedAt: 100, completeAt: 150 }),
    ];
    const items = [{ ...item(), verdict: { word: 'SUCCESS', at: 200_000 } }];
    const evidence = { edge: 'blunt', items, ledger: [first, second] } as const;
    expect(barsOf(evidence)).to.deep.equal(['duplicate found late']);
    expect(barsOf({ ...evidence, hindered: [[100, 120]] })).to.deep.equal([]);
  });

  it('does not blame the gate for a build that Buildbot lost while it made the worker ready', () => {
    const lost = { id: 2, startedAt: 101, completeAt: null, results: null, revision: null };
    const left = (state: string): readonly string[] =>
      barsOf({
        ledger: [
          request(),
          request({ id: 2, builder: 'Bench 01 3.x', completeAt: null, builds: [{ ...lost, state }] }),
        ],
      });
    expect(left('preparing worker')).to.deep.equal([]);
    expect(left('running')).to.deep.equal(['left at Buildbot']);
  });

  it('sees what is left at Buildbot', () => {
    expect(
      barsOf({ ledger: [request(), request({ id: 2, builder: 'Bench 01 3.x', completeAt: null })] }),
    ).to.deep.equal(['left at Buildbot']);
  });
});
