// What is seen of a job in each part of its life.

import { expect } from 'chai';
import type { Answer, Verdict } from '../../../src/gate/answer.ts';
import type { Attempt } from '../../../src/gate/attempt.ts';
import type { RequestId } from '../../../src/gate/ids.ts';
import type { Run } from '../../../src/gate/run.ts';
import type { BuilderView, JobView } from '../../../src/views/document.ts';
import { jobRow, jobView } from '../../../src/views/job-view.ts';
import {
  attempt,
  build,
  context,
  debian,
  minute,
  rawhide,
  received,
  revision,
  sampleJob,
  sampleRun,
  startedRun,
  step,
  windows,
} from './sample.ts';

function viewOf(run: Run, change: Parameters<typeof context>[0] = {}): JobView {
  return jobView(run, run.jobs[0]!, context(change));
}

function builderOf(view: JobView, name: string): BuilderView {
  return view.builders.find((one) => one.name === name)!;
}

const failure: Answer = {
  word: 'FAILURE',
  summary: 'failed on AMD64 Debian 3.x',
  reason: 'AMD64 Debian 3.x',
};

describe('the view of a job', () => {
  it('that waits for a slot says how many are before it and when that ends at the latest', () => {
    const view = viewOf(sampleRun(), { line: { ahead: 2, slotUntil: received + 60 * minute } });

    expect(view).to.include({ state: 'waiting', result: null, elapsed_ms: 5 * minute });
    expect(view.waits_for).to.include({
      what: 'a free slot (2 before it in the line)',
      since: '2026-03-04T05:06:07.000Z',
      until: '2026-03-04T06:06:07.000Z',
    });
  });

  it('says since when each builder waits: for its turn since a slot was free, for the verdict since the last build ended', () => {
    const intended = startedRun([attempt(debian, { state: 'intended', sentAt: null })], { age: minute });
    const turn = viewOf(intended).builders[0]?.waits_for;
    expect([turn?.what, turn?.since]).to.deep.equal(['its turn to be forced', '2026-03-04T05:10:07.000Z']);

    const endedAt = received + 2 * minute;
    const ended = attempt(debian, { state: 'ended', outcome: { kind: 'passed' }, endedAt });
    const verdict = viewOf(startedRun([ended], { age: 4 * minute })).waits_for;
    expect([verdict?.what, verdict?.since]).to.deep.equal(['the verdict', '2026-03-04T05:08:07.000Z']);
  });

  it('waits for the cancel of a request whose time is over, and not for a worker any more (rule 5.5)', () => {
    const expired = { clock: 'offline', why: 'no worker was there for 30 min' } as const;
    const view = viewOf(startedRun([attempt(debian, { state: 'queued', expired })]));
    expect(view.builders[0]?.waits_for?.what).to.equal(
      'Buildbot to cancel the request: no worker was there for 30 min',
    );
  });

  it('says when the last client left, though its grace stands still (rule 9.1)', () => {
    const left = { state: 'void', endedAt: received + 3 * minute } as const;
    const bindings = sampleJob().bindings.map((binding) => ({ ...binding, ...left }));
    const view = viewOf(startedRun([attempt(debian)], { jobs: [sampleJob({ bindings })], grace: 0 }));
    expect(view.waits_for?.since).to.equal('2026-03-04T05:09:07.000Z');
  });

  it('shows the stamp, with times in ISO 8601 UTC and the page as url', () => {
    const view = viewOf(sampleRun());

    expect(view).to.include({
      number: '0a1b2c3d',
      name: 'cpython-gate',
      project: 'cpython',
      branch: 'main',
      revision,
      ref: 'refs/zuul/main/Z1',
      received_at: '2026-03-04T05:06:07.000Z',
      url: 'https://gate.example.org/jobs/0a1b2c3d',
      gatekeeper: 'connected',
    });
  });

  it('says when it is stopped if nobody is connected for it any more, not what its builders wait for (rule 9.1)', () => {
    const bindings = sampleJob().bindings.map((binding) => ({ ...binding, state: 'void' as const }));
    const jobs = [sampleJob({ bindings })];
    const view = viewOf(startedRun([attempt(debian)], { jobs, grace: 4 * minute }));
    expect(view.gatekeeper).to.equal('gone');
    expect(view.waits_for).to.deep.equal({
      what: 'somebody to ask for it again: nobody is connected for it any more',
      since: '2026-03-04T05:07:07.000Z',
      until: '2026-03-04T05:17:07.000Z',
      next: 'it is stopped',
    });
  });

  it('calls an advisory builder that the verdict overtook stopped, and blames no person for it (rule 3.3)', () => {
    const overtaken = { kind: 'aborted', why: 'the verdict had fallen' } as const;
    const never = attempt(rawhide, { state: 'ended', request: null, sentAt: null, outcome: overtaken });
    const aborted = { ...never, request: 7 as RequestId, sentAt: received, requestResults: 6 } as const;
    const shown = (one: Attempt) =>
      builderOf(viewOf(startedRun([one], { phase: 'decided', verdict: null })), rawhide);
    expect(shown(never)).to.include({
      state: 'stopped',
      result: null,
      class: null,
      why: 'the verdict had fallen',
    });
    expect(shown(aborted), 'by a person').to.include({ state: 'failed', result: 'ABORTED', class: 'person' });
  });

  it('puts Buildbot being away before everything else that an open job waits for', () => {
    const away = { since: received + minute, why: 'connection refused' };

    const wait = viewOf(startedRun([attempt(debian)]), { buildbotAway: away }).waits_for;

    expect(wait?.what).to.equal('Buildbot, which does not answer: connection refused');
    expect(wait?.since).to.equal('2026-03-04T05:07:07.000Z');
    expect(wait?.until).to.equal('2026-03-04T13:11:07.000Z');
  });

  it('says what Buildbot refuses (rule 4.8), with the end of the run as the end of the wait', () => {
    const wait = viewOf(sampleRun({ notReady: 'no such scheduler: gate' })).waits_for;

    expect(wait?.what).to.contain('no such scheduler: gate');
    expect(wait?.until).to.be.a('string');
  });

  it('tells a free worker from a worker that is not there (rule 5.1: each has its own clock)', () => {
    const clocks = { offline: 10 * minute, queued: 20 * minute, running: 0, silent: 0 };
    const view = viewOf(startedRun([attempt(debian, { clocks }), attempt(windows, { clocks })]));

    expect(builderOf(view, debian).waits_for?.what).to.equal('a free worker');
    expect(builderOf(view, debian).waits_for?.until).to.equal('2026-03-04T08:51:07.000Z');
    expect(builderOf(view, windows).waits_for?.what).to.contain('a worker to come back');
    expect(builderOf(view, windows).waits_for?.until).to.equal('2026-03-04T05:31:07.000Z');
  });

  it('shows a running build with its worker, revision, steps, address and elapsed time', () => {
    const running = build(null, { steps: [step('checkout', 0), step('test', null)] });
    const view = viewOf(startedRun([attempt(debian, { state: 'running', builds: [running] })]));
    const shown = builderOf(view, debian);

    expect(shown).to.include({ state: 'running', worker: 'w1', revision, result: null, elapsed_ms: 299_000 });
    expect(shown.url).to.equal('https://buildbot.example.org/#/builders/4/builds/3');
    expect(shown.steps.map((one) => `${one.name} ${one.state}`)).to.deep.equal([
      'checkout success',
      'test running',
    ]);
    expect(shown.waits_for?.what).to.equal('step test to finish');
    expect(view.waits_for?.what).to.equal('AMD64 Debian 3.x: step test to finish');
  });

  it('leads to the request while no build has begun, and where the id of the builder is not known', () => {
    const queued = viewOf(startedRun([attempt(debian)]));
    const blind = viewOf(startedRun([attempt(debian, { builds: [build(null)] })]), { fleet: null });

    const address = 'https://buildbot.example.org/#/buildrequests/11?redirect_to_build=true';
    expect(builderOf(queued, debian).url).to.equal(address);
    expect(builderOf(blind, debian).url).to.equal(address);
  });

  it('calls a builder retrying while its pause lasts, and says when that is over', () => {
    const outcome = { kind: 'infrastructure', why: 'worker lost', checkoutFailed: false } as const;
    const ended = attempt(debian, { state: 'ended', outcome, endedAt: received + minute });
    const run = startedRun([ended], { life: 60_000, retryAt: { [debian]: 70_000 } });

    const paused = builderOf(viewOf(run), debian);
    const spent = builderOf(viewOf({ ...run, life: 70_000 }), debian);

    expect(paused).to.include({ state: 'retrying', result: 'INFRA_FAILURE', class: 'infrastructure' });
    expect(paused.waits_for?.until).to.equal('2026-03-04T05:11:17.000Z');
    expect(spent.state).to.equal('failed');
  });

  it('of a stopped run tells what had ended before from what was stopped', () => {
    const passed = attempt(debian, {
      state: 'ended',
      outcome: { kind: 'passed' },
      endedAt: received + minute,
    });
    const view = viewOf(startedRun([passed, attempt(windows)], { phase: 'stopped' }));

    expect(view.builders.map((one) => one.state)).to.deep.equal(['passed', 'stopped', 'stopped']);
  });

  it('counts voting builders only', () => {
    const passed = attempt(debian, {
      state: 'ended',
      outcome: { kind: 'passed' },
      endedAt: received + minute,
    });
    const failed = attempt(windows, { state: 'ended', outcome: { kind: 'failed', why: 'x' }, endedAt: 1 });

    const stands = {
      action: 'fail',
      result: 'FAILURE',
      why: 'x',
      summary: '',
      unmeasured: false,
      basis: '',
    } as const;
    const run = startedRun([passed, failed], { rulings: { [windows]: stands } });
    const row = jobRow(run, sampleJob(), context());

    expect(row.progress).to.deep.equal({ total: 2, done: 2, failed: 1 });
  });

  it('says who knows which files the change touches, or that nobody does (FLAKES.md 6.3)', () => {
    const run = sampleRun();
    const { terms } = run;
    if (terms === null) throw new Error('a run without terms');
    const command = { ...terms, definition: { ...terms.definition, changedFiles: ['x'] } };
    const listed = { ...command, change: { ...terms.change, files: ['a'] } };
    expect(viewOf(run).changed_files).to.equal('unknown');
    expect(viewOf({ ...run, terms: command }).changed_files).to.equal('command');
    expect(viewOf({ ...run, terms: listed }).changed_files).to.equal('gatekeeper');
  });

  it('calls a builder measuring until its failure is decided, and says what is repeated where (FLAKES.md 6.3)', () => {
    const ended = { state: 'ended', endedAt: received + minute } as const;
    const vote = attempt(debian, { ...ended, outcome: { kind: 'failed', why: 'build 3 failed' } });
    const read = builderOf(viewOf(startedRun([vote])), debian);
    expect(read).to.include({ state: 'measuring', result: null, class: null, why: 'build 3 failed' });
    expect(read.waits_for?.what).to.equal('what went wrong in its build to be read');
    const task = { tests: ['test_ssl'], repeat: 20, base: null, recheck: null };
    const reading = { failures: [], more: 0, doubt: null, repeats: null, base: null };
    const measure = attempt(debian, { ordinal: 2, role: 'measure', task, state: 'running' });
    const run = startedRun([{ ...vote, reading }, measure]);
    const measured = builderOf(viewOf(run), debian);
    expect(measured.state).to.equal('measuring');
    expect(measured.waits_for?.what).to.equal(
      '20 repeats of test_ssl on the change, which tell a flake from a fault',
    );
    expect(measured.waits_for?.until).to.be.a('string');
  });

  it('is finished with its own answer, though the run was decided otherwise', () => {
    const aborted: Answer = { word: 'ABORTED', summary: 'stopped by the gatekeeper', reason: '' };
    const job = sampleJob({ state: 'answered', answer: aborted, answeredAt: received + minute });
    const verdict: Verdict = { ...failure, builders: [], at: received + 2 * minute };

    const view = viewOf(sampleRun({ phase: 'decided', jobs: [job], verdict }));

    expect(view).to.include({ state: 'finished', result: 'ABORTED', fault: 'person', elapsed_ms: minute });
    expect(view.waits_for?.what).to.equal('the gatekeeper to take the answer');
    expect(view.waits_for?.until).to.equal('2026-03-04T05:22:07.000Z');
  });

  it('takes the fault from the builder that decided', () => {
    const verdict: Verdict = {
      word: 'TIMED_OUT',
      summary: 's',
      reason: '',
      at: received,
      builders: [
        {
          name: debian,
          platform: 'linux',
          role: 'voting',
          state: 'failed',
          result: 'TIMED_OUT',
          class: 'infrastructure',
          why: 'silent for 45 min',
          attempts: 1,
          worker: null,
          revision: null,
          build: null,
        },
      ],
    };

    const view = viewOf(startedRun([attempt(debian)], { phase: 'decided', verdict }));

    expect(view.fault).to.equal('infrastructure');
    expect(builderOf(view, debian)).to.include({
      state: 'failed',
      result: 'TIMED_OUT',
      why: 'silent for 45 min',
    });
  });

  it('is abandoned when it was closed without an answer', () => {
    const view = viewOf(sampleRun({ jobs: [sampleJob({ state: 'closed' })] }));

    expect(view).to.include({ state: 'abandoned', result: null, waits_for: null });
  });

  it('takes the tags off the gatekeeper description and makes control characters visible', () => {
    const description = '<a href="x" onclick="y">Change</a> 5 &lt;b&gt;\u001b[31m<script>alert(1)</script>';

    const view = viewOf(sampleRun({ jobs: [sampleJob({ description })] }));

    expect(view.description).to.equal('Change 5 <b>\\x1b[31m alert(1)');
  });

  it('bounds what a build says', () => {
    const outcome = { kind: 'failed', why: 'x'.repeat(100_000) } as const;
    const view = viewOf(startedRun([attempt(debian, { state: 'ended', outcome, endedAt: received })]));

    expect(builderOf(view, debian).why).to.have.length(500);
  });

  it('of a refused job, which has no terms, shows what its parameters say', () => {
    const refused = sampleRun({ key: null, keyHash: '', terms: null });

    expect(viewOf(refused)).to.include({ project: 'cpython', branch: null, repository: null });
    expect(viewOf({ ...refused, terms: sampleRun().terms }).repository).to.be.a('string');
  });
});
