import { expect } from 'chai';
import { ofBuildsets, ofHandles, ofRequests, ofWaiting } from '../../../src/daemon/compare.ts';
import type { RequestFacts } from '../../../src/gate/facts.ts';
import { aBuild, ids, linux, started, type Course } from '../gate/a-run.ts';

const text = ({ is }: { readonly is: string }): string => is;

function requestsOf(course: Course, wish: Partial<RequestFacts> = {}): readonly RequestFacts[] {
  return [course.facts('linux', wish), course.facts('windows')];
}

describe('what journal, Buildbot and Gearman do not agree on', () => {
  const course = started();

  it('is nothing where the master says what the journal has', () => {
    expect(ofRequests([course.run], requestsOf(course))).to.deep.equal([]);
  });

  const rows: readonly (readonly [string, Partial<RequestFacts> | null, RegExp])[] = [
    ['a request that the master does not know', null, /does not know it/],
    ['one that is complete there', { complete: true, results: 0 }, /complete, and the journal has it open/],
    ['one that is being built', { claimed: true }, /being built, and the journal has it queued/],
    ['builds that the journal lacks', { builds: [aBuild()] }, /1 of its builds are not in the journal/],
  ];
  for (const [title, wish, says] of rows) {
    it(`is ${title}, with its job and builder`, () => {
      const listed = wish === null ? requestsOf(course).slice(1) : requestsOf(course, wish);
      const [found, ...others] = ofRequests([course.run], listed);
      expect(others).to.deep.equal([]);
      expect(found?.is).to.match(says);
      expect(found?.about).to.include(`on ${linux}`);
      expect(found?.job).to.equal(course.run.jobs[0]?.number);
    });
  }

  it('is a buildset of a run that nobody knows, and a second request of one that is known (rule 4.3)', async () => {
    const marker = course.attempt('linux').marker!;
    const request = { id: ids.request(999), builder: linux, complete: false, claimed: false };
    const buildset = { id: ids.buildset(999), marker, complete: false, requests: [request] };
    const around = { manager: 'gate.example.org', runOf: () => Promise.resolve(course.run) };
    expect((await ofBuildsets([buildset], around)).map(text)).to.deep.equal([
      `a second request of run ${course.run.id} on ${linux}`,
    ]);
    const unknown = await ofBuildsets([buildset], { ...around, runOf: () => Promise.resolve(null) });
    expect(unknown[0]?.is).to.include('no run').and.to.include('is known');
    const other = await ofBuildsets([buildset], { ...around, manager: 'somebody.else' });
    expect(other).to.deep.equal([]);
  });

  it('is a handle that its server does not know, and a lost job that it lists', () => {
    const look = { job: 'u1', server: 's:1', handle: 'H:1' } as const;
    const statuses = ['running', 'unknown', 'silent'] as const;
    expect(ofHandles(statuses.map((status) => ({ ...look, status }))).map(text)).to.deep.equal([
      'the server does not know it: its client is gone',
      'the server did not answer',
    ]);
    const { unique } = course.run.jobs[0]!;
    expect(ofWaiting([course.run], 's:1', new Set([unique]))).to.deep.equal([]);
    const lost = started();
    lost.tell({ kind: 'restarted' });
    expect(ofWaiting([lost.run], 's:1', new Set([unique])).map(({ job }) => job)).to.deep.equal([
      lost.run.jobs[0]?.number,
    ]);
    expect(ofWaiting([lost.run], 's:1', new Set())).to.deep.equal([]);
  });
});
