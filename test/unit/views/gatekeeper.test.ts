// What the gatekeeper is told.

import { expect } from 'chai';
import type { Answer, Verdict } from '../../../src/gate/answer.ts';
import type { BuilderName } from '../../../src/fleet/fleet.ts';
import type { Run } from '../../../src/gate/run.ts';
import { dataBound, finalData, firstData, progressData, resultText } from '../../../src/views/gatekeeper.ts';
import {
  noReports,
  reportEvery,
  reportsAtMost,
  reportTurn,
  urgentAtMost,
  urgentEvery,
} from '../../../src/views/progress.ts';
import {
  attempt,
  build,
  context,
  debian,
  plainly,
  planned,
  received,
  sampleRun,
  startedRun,
} from './sample.ts';

const failure: Answer = {
  word: 'FAILURE',
  summary: 'test_ssl failed on AMD64 Debian 3.x',
  reason: 'new: test_ssl on AMD64 Debian 3.x',
};

function finalOf(run: Run, answer = failure) {
  return finalData(run, run.jobs[0]!, { context: context(), answer });
}

/** A decided run with as many builders: the last advisory, the one before it failed, the others passed; names make it large. */
function large(count: number): Run {
  const names = Array.from({ length: count }, (_, index) => `${index} ${'ü'.repeat(90)}` as BuilderName);
  const builders = names.map((name, index) => ({
    name,
    platform: 'linux',
    role: index === count - 1 ? ('advisory' as const) : ('voting' as const),
    state:
      index === count - 2
        ? ('failed' as const)
        : index === count - 1
          ? ('unheard' as const)
          : ('passed' as const),
    result: index === count - 2 ? ('FAILURE' as const) : null,
    class: null,
    why: '',
    attempts: 1,
    worker: null,
    revision: null,
    build: null,
  }));
  const verdict: Verdict = { ...failure, builders, at: received };
  return startedRun([], {
    phase: 'decided',
    verdict,
    plan: {
      builders: names.map((name, index) =>
        planned(name, { counts: index === count - 1 ? 'advisory' : 'voting' }),
      ),
      coverage: { linux: 1 },
    },
  });
}

describe('what the gatekeeper is told', () => {
  it('begins with number, manager, url and the worker_* fields, and no result', () => {
    const run = sampleRun();
    const data = firstData(run, run.jobs[0]!, context());

    expect(data).to.include({
      name: 'cpython-gate',
      number: '0a1b2c3d',
      manager: 'gate.example.org',
      url: 'https://gate.example.org/jobs/0a1b2c3d',
      worker_hostname: 'gate',
      worker_fqdn: 'gate.example.org',
      worker_program: 'gearbridge',
      worker_version: '0.1.0',
    });
    expect(data.worker_ips).to.deep.equal(['192.0.2.7']);
    expect(data).to.not.have.property('result');
  });

  it('has no result anywhere while the run goes on', () => {
    const run = startedRun([attempt(debian, { state: 'running', builds: [build(null)] })]);

    const data = progressData(run, run.jobs[0]!, context());

    expect(JSON.stringify(data)).to.not.contain('"result"');
    expect(data.summary).to.equal('1 of 2 voting builders at work');
  });

  it('ends with result, summary and every builder (rule 7.2)', () => {
    const run = startedRun([attempt(debian, { builds: [build(2)] })]);

    const data = finalOf(run);

    expect(data.summary).to.equal(failure.summary);
    expect(data.builders.map((one) => one.name)).to.have.length(3);
    expect(data.builders[0]).to.have.keys([
      'name',
      'platform',
      'role',
      'state',
      'result',
      'class',
      'attempt',
      'worker',
      'revision',
      'url',
    ]);
    expect(data.builders_left_out).to.equal(0);
  });

  it('explains a negative word in one bounded line, where the job asks for it', () => {
    const run = startedRun([]);
    const long = { ...failure, reason: `a\nb\u001b${'x'.repeat(1_000)}` };

    expect(resultText(run, failure)).to.equal('FAILURE (new: test_ssl on AMD64 Debian 3.x)');
    expect(resultText(plainly(run), failure)).to.equal('FAILURE');
    expect(resultText(run, long)).to.match(/^FAILURE \(a b\\x1bx+…\)$/);
    expect(resultText(run, long)).to.have.length(250);
    expect(resultText(run, { ...failure, reason: '' })).to.equal('FAILURE');
  });

  it('says SUCCESS bare, also where it might be explained (rule 7.3)', () => {
    const answer: Answer = { word: 'SUCCESS', summary: '3 passed', reason: 'a forgiven flake' };

    expect(finalOf(startedRun([]), answer).result).to.equal('SUCCESS');
  });

  it('fits into 64 KiB of UTF-8 by leaving out passed builders first, and counts them (rule 7.2)', () => {
    const data = finalOf(large(600));
    const size = Buffer.byteLength(JSON.stringify(data), 'utf8');

    expect(size)
      .to.be.at.most(dataBound)
      .and.above(dataBound - 1_000);
    expect(data.builders.at(-1)).to.include({ role: 'advisory' });
    expect(data.builders.at(-2)).to.include({ state: 'failed', result: 'FAILURE' });
    expect(data.builders.length + data.builders_left_out).to.equal(600);
  });

  it('fits though no builder passed', () => {
    const run = large(600);
    const builders = run.verdict!.builders.map((one) => ({ ...one, state: 'failed' as const }));

    const data = finalOf({ ...run, verdict: { ...run.verdict!, builders } });

    expect(Buffer.byteLength(JSON.stringify(data), 'utf8')).to.be.at.most(dataBound);
    expect(data.builders_left_out).to.be.above(0);
  });
});

describe('the rate of reports', () => {
  it('lets one through in five seconds, one that is urgent sooner, and says when the next may go', () => {
    const first = reportTurn(noReports, 100, false);
    expect(first.kind).to.equal('now');
    const rate = first.kind === 'now' ? first.rate : noReports;

    const early = reportTurn(rate, 100 + reportEvery - 1, false);
    expect(early).to.deep.equal({ kind: 'later', at: 100 + reportEvery });
    expect(reportTurn(rate, 100 + reportEvery, false).kind).to.equal('now');
    expect(reportTurn(rate, 100 + urgentEvery - 1, true).kind).to.equal('later');
    expect(reportTurn(rate, 100 + urgentEvery, true).kind).to.equal('now');
  });

  it('ends after two hundred, and for good after fifty more that were urgent', () => {
    let rate = noReports;
    for (
      let turn = reportTurn(rate, 0, false);
      turn.kind === 'now';
      turn = reportTurn(rate, rate.sent * reportEvery, false)
    ) {
      rate = turn.rate;
    }

    expect(rate.sent).to.equal(reportsAtMost).and.to.equal(200);
    expect(reportTurn(rate, 1e9, false)).to.deep.equal({ kind: 'never' });
    expect(reportTurn(rate, 1e9, true).kind).to.equal('now');
    expect(reportTurn({ ...rate, sent: reportsAtMost + urgentAtMost }, 1e9, true).kind).to.equal('never');
  });
});
