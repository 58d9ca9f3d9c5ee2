// What a run that is decided or stopped still asks for: clean-up, an answer, a place in memory (RUNS.md 1.5, 2.4, 3.3, 8.2).

import { expect } from 'chai';
import type { Answer, Verdict } from '../../../src/gate/answer.ts';
import { intend, type Attempt, type Task } from '../../../src/gate/attempt.ts';
import type { Job } from '../../../src/gate/job.ts';
import { isJoinable, isOpen, isOver, mustBeCleaned, type Run } from '../../../src/gate/run.ts';
import { aBinding, aJob, aReading, aRun, hour, ids, linux } from './a-run.ts';

const answer: Answer = { word: 'SUCCESS', summary: 'all passed', reason: '' };
const verdict: Verdict = { ...answer, builders: [], at: 1 };

function anAttempt(over: Partial<Attempt> = {}): Attempt {
  const fresh = intend(linux, { ordinal: 1, role: 'vote', counts: 'voting', vacant: true });
  return { ...fresh, state: 'running', request: ids.request(1), ...over };
}

/** A decided run with these jobs and attempts. */
function decided(
  jobs: readonly Partial<Job>[],
  attempts: readonly Attempt[] = [],
  over: Partial<Run> = {},
): Run {
  const all = jobs.map((job, at) => aJob(`u${at}`, { bindings: [aBinding()], answer, ...job }));
  return { ...aRun(), phase: 'decided', verdict, jobs: all, attempts, ...over };
}

describe('what an attempt leaves at Buildbot', () => {
  const table: [string, Partial<Attempt>, Run['phase'], boolean][] = [
    ['is nothing where its request is complete', { complete: true }, 'stopped', false],
    ['is nothing where it was never sent', { request: null, state: 'intended' }, 'stopped', false],
    ['may be there while it is unclear', { request: null, state: 'unclear' }, 'decided', true],
    [
      'may be there while it is sent',
      { request: null, state: 'intended', sending: ids.effect(1) },
      'decided',
      true,
    ],
    ['is ended with a stopped run, advisory or not', { counts: 'advisory' }, 'stopped', true],
    [
      'is left to finish after a verdict where it is advisory (rule 3.3)',
      { counts: 'advisory' },
      'decided',
      false,
    ],
    [
      'is ended where an advisory one is over already',
      { counts: 'advisory', state: 'ended' },
      'decided',
      true,
    ],
    ['is ended after a verdict where it is voting', {}, 'decided', true],
    ['goes on before the verdict', {}, 'started', false],
    [
      'is ended before the verdict once the attempt has ended (rule 5.4)',
      { state: 'ended' },
      'started',
      true,
    ],
  ];
  for (const [title, over, phase, expected] of table) {
    it(title, () => {
      expect(mustBeCleaned({ ...aRun(), phase }, anAttempt(over))).to.equal(expected);
    });
  }
});

describe('a run', () => {
  const closed = { state: 'closed' } as const;

  it('is over when it is decided, each job is closed and nothing is left, or that was given up (rules 1.5, 8.2)', () => {
    expect(isOver(decided([closed, closed]))).to.equal(true);
    expect(isOver({ ...decided([closed]), phase: 'started' })).to.equal(false);
    expect(isOver(decided([closed, { state: 'answered' }]))).to.equal(false);
    expect(isOver(decided([closed], [anAttempt({ complete: true }), anAttempt()]))).to.equal(false);
    expect(isOver(decided([closed], [anAttempt()], { gaveUp: true }))).to.equal(true);
    expect(isOver(decided([{ state: 'answered' }], [], { gaveUp: true }))).to.equal(false);
  });

  it('may be joined while it is undecided, and never once it is stopped or refused at birth (rule 8.3)', () => {
    expect(isJoinable(aRun())).to.equal(true);
    expect(isJoinable({ ...aRun(), phase: 'started' })).to.equal(true);
    expect(isJoinable({ ...aRun(), phase: 'stopped' })).to.equal(false);
    expect(isJoinable({ ...aRun(), key: null })).to.equal(false);
  });

  it('may be joined for 24 h after its verdict while that has reached nobody for certain (rules 2.4, 9.1)', () => {
    expect(isJoinable(decided([closed], [], { endedFor: 24 * hour - 1 }))).to.equal(true);
    expect(isJoinable(decided([closed], [], { endedFor: 24 * hour }))).to.equal(false);
    expect(isJoinable(decided([{ ...closed, confirmed: true }, closed]))).to.equal(false);
  });

  it('may be joined as long as a job with its verdict is answered and not closed (rule 9.3)', () => {
    const answered = { state: 'answered', confirmed: true } as const;
    expect(isJoinable(decided([closed, answered], [], { endedFor: 25 * hour }))).to.equal(true);
  });

  it('takes a job that was stopped for one that was not told the verdict (rule 8.1)', () => {
    const stopped = {
      confirmed: true,
      answer: { word: 'ABORTED', summary: 'dequeued', reason: '' },
    } as const;
    const again = { confirmed: true, answer: { ...answer, summary: 'another' } };
    for (const job of [stopped, again, { confirmed: true, answer: null }]) {
      expect(isJoinable(decided([{ ...closed, ...job }]))).to.equal(true);
      expect(isJoinable(decided([{ state: 'answered', ...job }], [], { endedFor: 24 * hour }))).to.equal(
        false,
      );
    }
  });

  it('is kept in memory while an advisory build goes on, or what was measured again is not read (rules 3.3, 9.8)', () => {
    const old = { endedFor: 25 * hour };
    const task: Task = { tests: [], repeat: 20, base: null, recheck: 'BUG-7' };
    const done = { state: 'ended', complete: true, outcome: { kind: 'passed' } } as const;
    const rows: [Partial<Attempt>, boolean][] = [
      [{ ...done }, false],
      [{ counts: 'advisory', complete: true }, true],
      [{ counts: 'advisory', ...done }, false],
      [{ complete: true }, false],
      [{ ...done, task }, true],
      [{ ...done, task, outcome: { kind: 'failed', why: '' } }, true],
      [{ ...done, task, outcome: { kind: 'aborted', why: '' } }, false],
      [{ ...done, task, outcome: null }, false],
      [{ ...done, task, reading: aReading() }, false],
      [{ ...done, task: { ...task, recheck: null } }, false],
    ];
    for (const [over, kept] of rows) {
      const run = decided([closed], [anAttempt({ ...done }), anAttempt(over)], old);
      expect(isOpen(run), JSON.stringify(over)).to.equal(kept);
    }
    expect(isOpen(decided([closed]))).to.equal(true);
  });
});
