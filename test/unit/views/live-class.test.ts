// What is read of a build before its end: shown as likely, wherever a builder is shown, and gone as soon as a ruling or a reading takes its place.

import { expect } from 'chai';
import type { Attempt } from '../../../src/gate/attempt.ts';
import type { BuilderName } from '../../../src/fleet/fleet.ts';
import { jobText } from '../../../src/cli/job-text.ts';
import { likelyClasses } from '../../../src/views/builder-view.ts';
import { progressData } from '../../../src/views/gatekeeper.ts';
import { jobView } from '../../../src/views/job-view.ts';
import {
  attempt,
  build,
  context,
  debian,
  failure,
  rawhide,
  reading,
  startedRun,
  step,
  windows,
} from './sample.ts';

const running = (builder: BuilderName, change: Partial<Attempt> = {}): Attempt =>
  attempt(builder, { state: 'running', builds: [build(null)], ...change });
const failed = (builder: BuilderName, change: Partial<Attempt> = {}): Attempt =>
  attempt(builder, {
    state: 'ended',
    outcome: { kind: 'failed', why: 'a test step failed' },
    builds: [build(2, { steps: [step('test', 2)] })],
    ...change,
  });
const live = (found: Parameters<typeof failure>[0], ...builders: readonly BuilderName[]) =>
  context({
    live: new Map(
      builders.map((name) => [name, reading([failure(found)], { doubt: 'the build still runs' })]),
    ),
  });

describe('what is read of a build that runs', () => {
  it('is told to the gatekeeper as the builder’s class, as likely, and without a result', () => {
    const run = startedRun([running(debian), running(windows)]);
    const data = progressData(run, run.jobs[0]!, live({ class: 'known-flake' }, debian));

    expect(data.builders.map((one) => one.class)).to.deep.equal(['known-flake', null, null]);
    expect(data.summary).to.equal(`2 of 2 voting builders at work; likely known-flake on ${debian}`);
    expect(JSON.stringify(data)).to.not.contain('"result"');
  });

  it('is shown with its class called likely, and said to be so far', () => {
    const run = startedRun([running(debian)]);
    const view = jobView(run, run.jobs[0]!, live({ class: 'new' }, debian));
    const text = jobText(view, { color: false, columns: 200 }).join('\n');

    expect(view.builders[0]).to.include({ class: 'new', result: null });
    expect(view.builders[0]!.found).to.include({ so_far: true, doubt: 'the build still runs' });
    expect(text).to.include('1 failure so far').and.to.include('likely new: test_a.T.test_x');
  });

  it('stays until the end of the build is read, and then the class is that of what was read', () => {
    const shown = (one: Attempt) => {
      const run = startedRun([one]);
      const [builder] = jobView(run, run.jobs[0]!, live({ class: 'new' }, debian)).builders;
      return [builder!.state, builder!.class, builder!.found?.so_far];
    };

    expect(shown(failed(debian))).to.deep.equal(['measuring', 'new', true]);
    const read = reading([failure({ class: 'seen-on-base' })]);
    expect(shown(failed(debian, { reading: read }))).to.deep.equal(['measuring', 'seen-on-base', false]);
  });

  it('is the last word on an advisory builder, which nothing else reads', () => {
    const run = startedRun([failed(rawhide, { counts: 'advisory' })]);
    const view = jobView(run, run.jobs[0]!, live({}, rawhide)).builders.find(({ name }) => name === rawhide);

    expect(view!.found).to.include({ so_far: false });
  });

  it('is news where the class of a builder changes, and none where one more failure has the same', () => {
    const run = startedRun([running(debian)]);
    const of = (...found: readonly Parameters<typeof failure>[0][]): string =>
      likelyClasses(run, new Map([[debian, reading(found.map(failure))]]));

    expect(of({ class: 'known-flake' }, { class: 'known-flake' })).to.equal(of({ class: 'known-flake' }));
    expect(of({ class: 'known-flake' }, { class: 'new' })).to.not.equal(of({ class: 'known-flake' }));
    expect(likelyClasses(run, new Map())).to.equal('');
  });
});
