// What lies at Buildbot under our name (RUNS.md 4.3).

import { expect } from 'chai';
import type { BuildsetFacts } from '../../../src/gate/facts.ts';
import type { RunId } from '../../../src/gate/ids.ts';
import { markerOf } from '../../../src/gate/marker.ts';
import type { Run } from '../../../src/gate/run.ts';
import { duplicatesOf, isSuspect, judgeStrangers, runOfMarker } from '../../../src/gate/sweep.ts';
import { aPlanned, ids, keyHash, linux, minute, started, windows } from './a-run.ts';

function setOf(marker: string, wish: Partial<BuildsetFacts> = {}): BuildsetFacts {
  return { id: ids.buildset(9), marker, complete: false, requests: [aRequest(900)], ...wish };
}

function aRequest(id: number, builder = linux, complete = false) {
  return { id: ids.request(id), builder, complete, claimed: false };
}

function markerIn(run: Run): string {
  return run.attempts[0]?.marker ?? '';
}

const stranger = markerOf({
  manager: 'gate.example.org',
  run: 'ffffffffffffffff' as RunId,
  ordinal: 1,
  role: 'vote',
  key: keyHash,
  nonce: '00000009',
});

describe('the sweep', () => {
  it('lets the requests of open attempts be (rule 4.3)', () => {
    const { run } = started();
    const [one, other] = run.attempts;
    const requests = [aRequest(one?.request ?? 0), aRequest(other?.request ?? 0, windows)];
    const set = setOf(markerIn(run), { id: one?.buildset ?? ids.buildset(0), requests });
    expect(isSuspect(set, run)).to.equal(false);
    expect(duplicatesOf(set, run)).to.deep.equal([]);
  });

  it('cancels a second request with the marker of an attempt that has its own (rule 4.3)', () => {
    const { run } = started();
    const set = setOf(markerIn(run));
    expect(isSuspect(set, run)).to.equal(true);
    expect(duplicatesOf(set, run).map((each) => each.request)).to.deep.equal([900]);
  });

  it('cancels what a forgotten sending made: another nonce is not ours (rule 4.1)', () => {
    const { run } = started();
    const set = setOf(markerIn(run).replace(/.{8}$/, 'deadbeef'));
    expect(isSuspect(set, run)).to.equal(true);
    expect(duplicatesOf(set, run)).to.have.length(1);
  });

  it('cancels a late request of an attempt that was found absent (rule 4.3)', () => {
    const course = started([aPlanned('linux')]);
    const late = {
      ...course.run,
      attempts: course.run.attempts.map((each) => ({ ...each, request: null, state: 'ended' as const })),
    };
    expect(duplicatesOf(setOf(markerIn(course.run)), late)).to.have.length(1);
  });

  it('lets be what an unclear attempt, or one being sent, will still find (rule 4.3)', () => {
    const { run } = started([aPlanned('linux')]);
    for (const state of ['unclear', 'intended'] as const) {
      const open = { ...run, attempts: run.attempts.map((each) => ({ ...each, request: null, state })) };
      expect(duplicatesOf(setOf(markerIn(run)), open), state).to.deep.equal([]);
    }
  });

  it('goes by marker and builder, not by marker alone (rule 4.3)', () => {
    const { run } = started([aPlanned('linux')]);
    const open = {
      ...run,
      attempts: run.attempts.map((each) => ({ ...each, request: null, state: 'unclear' as const })),
    };
    const set = setOf(markerIn(run), { requests: [aRequest(900), aRequest(901, windows)] });
    expect(duplicatesOf(set, open).map((each) => each.request)).to.deep.equal([901]);
  });

  it('leaves complete requests alone (rule 4.3)', () => {
    const { run } = started([aPlanned('linux')]);
    expect(duplicatesOf(setOf(markerIn(run), { requests: [aRequest(900, linux, true)] }), run)).to.be.empty;
  });

  it('never suspects a reason that is no marker, such as that of a rebuild (rule 1.4)', () => {
    expect(isSuspect(setOf('rebuild'), undefined)).to.equal(false);
    expect(isSuspect(setOf(stranger), undefined)).to.equal(true);
  });

  it("minds this manager's markers only (rule 4.3)", () => {
    expect(runOfMarker(stranger, 'gate.example.org')).to.equal('ffffffffffffffff');
    expect(runOfMarker(stranger, 'gate')).to.equal(null);
    expect(runOfMarker('rebuild', 'gate.example.org')).to.equal(null);
  });

  it('cancels a stranger ten minutes after it was first seen, and forgets those that are gone (rule 4.3)', () => {
    const first = judgeStrangers([setOf(stranger)], new Map(), 1000);
    expect(first.cancel).to.be.empty;
    const later = judgeStrangers([setOf(stranger)], first.seen, 1000 + 10 * minute - 1);
    expect(later.cancel).to.be.empty;
    expect(judgeStrangers([setOf(stranger)], later.seen, 1000 + 10 * minute).cancel).to.have.length(1);
    expect(judgeStrangers([], later.seen, 5000).seen.size).to.equal(0);
  });
});
