// Workers beside their siblings, by votes of landed commits (FLAKES.md 6.4).

import { expect } from 'chai';
import { gatherVotes, type BaseVote } from '../../../../src/flakes/history/base-votes.ts';
import { watchWorkers, type WorkerFindings } from '../../../../src/flakes/history/worker-findings.ts';
import { aFailure, aVote, now, votesOf } from './a-vote.ts';

const terms = { now, isStable: () => true };

function workerFindings(
  builds: readonly BaseVote[],
  lists: Parameters<typeof watchWorkers>[0],
): WorkerFindings {
  const gathered = gatherVotes();
  for (const build of builds) gathered.add(build);
  const watch = watchWorkers(lists);
  for (const vote of gathered.votes()) watch.add(vote, gathered.isShared(vote));
  return watch.findings();
}

const full = aFailure({ kind: 'disk-full', testId: null, incident: 'no space' });
const siblings = ['two', 'three', 'four'].flatMap((worker) => votesOf(worker, 40));

describe('the findings on workers', () => {
  it('blame the one whose disk is full, and propose to take it off the list', () => {
    const votes = [...siblings, ...votesOf('one', 40, (nth) => (nth < 6 ? [full] : []))];
    const { blames, proposals } = workerFindings(votes, terms);

    expect(blames.map(({ worker, blame, family }) => [worker, blame, family])).to.deep.equal([
      ['one', 'blamed', 'disk-full'],
    ]);
    expect(blames[0]?.why).to.equal('disk-full: one failed 6 of 40, its siblings 0 of 120');
    expect(proposals.map(({ worker, to }) => `${worker} ${to}`)).to.deep.equal(['one unstable']);
  });

  it('blame one that fails in different tests, and only suspect it where all is one cause', () => {
    const many = (nth: number) =>
      nth < 8 ? [aFailure({ testId: `test_${nth}.A.b`, incident: `i${nth % 2}` })] : [];
    const one = (nth: number) => (nth < 8 ? [aFailure()] : []);
    const told = (failed: typeof many) => workerFindings([...siblings, ...votesOf('one', 40, failed)], terms);

    expect(told(many).blames[0]).to.deep.include({ worker: 'one', blame: 'blamed', family: 'test-failure' });
    expect(told(one).blames[0]).to.deep.include({ worker: 'one', blame: 'suspect' });
    expect(told(one).proposals).to.deep.equal([]);
  });

  it('count builds that Buildbot broke off against the machine, each time', () => {
    const broken = votesOf('one', 6, () => [], { says: 'broken' });
    const [blame] = workerFindings([...siblings, ...votesOf('one', 40), ...broken], terms).blames;

    expect(blame).to.deep.include({ worker: 'one', blame: 'blamed', family: 'broken off' });
  });

  it('compare on commits that a sibling built as well: a broken commit is the fault of nobody', () => {
    const alone = Array.from({ length: 10 }, (_, nth) =>
      aVote(100 + nth, { failures: [full, aFailure({ incident: 'i2' })] }),
    );
    expect(workerFindings([...alone, ...siblings, ...votesOf('one', 40)], terms).blames).to.deep.equal([]);
    const red = (worker: string) => votesOf(worker, 10, () => [full]);
    expect(workerFindings(['one', 'two'].flatMap(red), terms).blames).to.deep.equal([]);
  });

  it('say that the only worker of a platform cannot be told from it, where it fails more than the fleet', () => {
    const bsd = (failed: number) =>
      votesOf('bsd', 40, (nth) => (nth < failed ? [full] : []), { platform: 'freebsd' });
    const mixed = [...siblings, ...votesOf('one', 40, (nth) => (nth === 0 ? [full] : []))];
    const [blame] = workerFindings([...mixed, ...bsd(6)], terms).blames;

    expect(blame).to.deep.include({ worker: 'bsd', blame: 'inseparable', p: null });
    expect(blame?.why).to.contain('cannot separate worker from platform freebsd');
    expect(workerFindings([...mixed, ...bsd(1)], terms).blames).to.deep.equal([]);
    expect(workerFindings([...mixed, ...bsd(6)], terms).proposals).to.deep.equal([]);
  });

  it('propose one back after fifty clean runs in a row, and none that the lists call stable', () => {
    const votes = [...votesOf('one', 51, (nth) => (nth === 50 ? [full] : [])), ...siblings];
    const lists = { now, isStable: (worker: string) => worker !== 'one' };
    expect(workerFindings(votes, lists).proposals).to.deep.equal([
      { worker: 'one', to: 'stable', why: '50 clean runs in a row' },
    ]);
    expect(workerFindings(votes, terms).proposals).to.deep.equal([]);
  });
});

describe('the votes of landed commits', () => {
  it('are the first build of each commit on each builder, in whatever order they come', () => {
    const gathered = gatherVotes();
    const first = aVote(3, { revision: 'r', failures: [aFailure()] });
    for (const vote of [aVote(1, { revision: 'r' }), first, aVote(2, { revision: 'r' })]) gathered.add(vote);
    gathered.add(aVote(9, { says: 'nothing' }));
    expect(gathered.votes()).to.deep.equal([first]);
  });
});
