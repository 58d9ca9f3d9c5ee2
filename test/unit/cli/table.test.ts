// The live table: it fits into the terminal, and nothing in it acts on the terminal.

import { expect } from 'chai';
import fc from 'fast-check';
import { table, type TableJob } from '../../../src/cli/table.ts';
import { fit, width } from '../../../src/cli/text.ts';
import type { BuilderName } from '../../../src/fleet/fleet.ts';
import { jobView } from '../../../src/views/job-view.ts';
import { attempt, build, context, debian, received, startedRun } from '../views/sample.ts';

function job(change: Partial<TableJob> = {}): TableJob {
  const passed = attempt(debian, { state: 'ended', outcome: { kind: 'passed' }, endedAt: received + 62_000 });
  const run = startedRun([
    passed,
    attempt('AMD64 Windows 3.x' as BuilderName, { state: 'running', builds: [build(null)] }),
  ]);
  return { ...jobView(run, run.jobs[0]!, context()), ...change };
}

describe('the live table', () => {
  it('is a matrix of jobs and builders where the terminal is wide enough', () => {
    const [head, row, other] = table([job({ title: 'good change' }), job({ title: 'bad change' })], {
      columns: 160,
      color: false,
    });

    expect(head).to.match(/^JOB +AMD64 Debian 3.x +AMD64 Windows 3.x +AMD64 Rawhide 3.x +VERDICT$/);
    expect(row).to.match(/^good change +passed 1 min 01 s +running 4 min 59 s +planned +running 5 min 00 s$/);
    expect(other).to.match(/^bad change/);
  });

  it('is a list of builders where it is narrow', () => {
    const text = table([job()], { columns: 60, color: false });

    expect(text).to.have.length(5);
    expect(text[0]).to.match(/^JOB +BUILDER +STATE$/);
    expect(text[4]).to.contain('AMD64 Rawhide 3.x (advisory)');
  });

  it('colours words that say the same without colour', () => {
    const plain = table([job()], { columns: 160, color: false }).join('\n');
    const colored = table([job()], { columns: 160, color: true }).join('\n');

    expect(colored).to.contain('\u001b[32mpassed');
    // eslint's rule is about mistakes; here the escape is meant.
    const bare = colored
      .split('\u001b')
      .map((part) => part.replace(/^\[\d+m/, ''))
      .join('');
    expect(bare.replace(/ +$/gm, '')).to.equal(plain);
  });

  it('never is wider than the terminal and never holds a control character, whatever builders are called', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 60 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 20, max: 200 }),
        (names, columns) => {
          const [sample] = job().builders;
          const text = table([job({ builders: names.map((name) => ({ ...sample!, name })) })], {
            columns,
            color: false,
          });
          for (const line of text) {
            expect(width(line)).to.be.at.most(columns);
            expect(line).to.not.match(/[\p{Cc}\p{Cs}\u2028\u202e]/u);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('counts wide characters as two columns and combining ones as none', () => {
    expect(width('世界🎉e\u0301')).to.equal(7);
    expect(fit('世界世界', 5)).to.equal('世界…');
  });
});
