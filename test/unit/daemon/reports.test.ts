// What the gatekeeper hears while a run goes on: seldom, but of a new class at once.

import { expect } from 'chai';
import { createReports, type Reports } from '../../../src/daemon/reports.ts';
import type { Run } from '../../../src/gate/run.ts';
import type { Gearman } from '../../../src/gearman/gearman.ts';
import { aBinding, aJob, aPlanned, aRun } from '../gate/a-run.ts';

describe('the reports of a run', () => {
  let now: number;
  let classes: string;
  let sent: number[];
  let run: Run;
  let reports: Reports;

  beforeEach(() => {
    [now, classes, sent] = [10_000, '', []];
    const job = aJob('u1', { bindings: [aBinding({ announced: true })] });
    run = { ...aRun({ job }), phase: 'started', plan: { builders: [aPlanned('linux')], coverage: {} } };
    const data: Gearman['data'] = () => sent.push(now) > 0;
    reports = createReports({
      gearman: () => ({ data }) as Gearman,
      progress: () => ({}),
      classes: () => classes,
      mono: () => now,
    });
    reports.changed(run);
  });

  const pass = (milliseconds: number): void => {
    for (const end = now + milliseconds; now < end;) {
      now += 250;
      reports.tick(() => run);
    }
  };

  it('are five seconds apart while nothing is found', () => {
    now += 250;
    reports.changed(run);
    pass(10_000);

    expect(sent).to.deep.equal([10_000, 15_000]);
  });

  it('tell of a new class half a second after the last one, once', () => {
    now += 250;
    classes = 'linux: new';
    reports.changed(run);
    pass(3_000);
    reports.changed(run);
    pass(5_000);

    expect(sent).to.deep.equal([10_000, 10_500, 15_500]);
  });
});
