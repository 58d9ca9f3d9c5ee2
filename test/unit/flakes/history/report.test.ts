import { expect } from 'chai';
import { wasWrong } from '../../../../src/flakes/history/excuses.ts';
import { groupsOf, type IncidentSample } from '../../../../src/flakes/history/groups.ts';
import { reportLines, type DayRow } from '../../../../src/flakes/history/report.ts';
import { nothingCounted } from '../../../../src/flakes/history/day-counts.ts';

const days = ['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04'];

/** Rows of a test that failed so many times on each day, and of a builder fleet that ran so often. */
function rows(failures: readonly number[], runs: number): readonly DayRow[] {
  return days.flatMap((day, nth) => {
    const failed = failures[nth] ?? 0;
    const all: DayRow = {
      day,
      of: 'all',
      name: '',
      tally: { ...nothingCounted, runs, failures: failed, seen: failed },
    };
    const test: DayRow = {
      day,
      of: 'test',
      name: 'test_a',
      tally: { ...nothingCounted, runs: failed, failures: failed, seen: failed },
    };
    return failed === 0 ? [all] : [all, test];
  });
}

function lineOf(failures: readonly number[], runs: number) {
  return reportLines(rows(failures, runs), days).find(({ of }) => of === 'test');
}

describe('a report over day counters', () => {
  it('takes for the runs of a test all builds that could have run it', () => {
    const line = lineOf([1, 0, 1, 0], 50);
    expect(line).to.deep.include({ failures: 2, runs: 200, first: '2026-03-01', last: '2026-03-03' });
    expect(line?.interval.low).to.be.closeTo(0.0027, 0.0002);
    expect(line?.interval.high).to.be.closeTo(0.0357, 0.0002);
    expect(line?.byDay).to.deep.equal([1, 0, 1, 0]);
  });

  it('says whether a rate moved, and nothing where it cannot be told', () => {
    const trends = [
      [1, 1, 30, 30],
      [30, 30, 1, 1],
      [5, 5, 6, 6],
      [0, 0, 30, 30],
    ].map((failures) => lineOf(failures, 100)?.trend);
    expect(trends).to.deep.equal(['rising', 'falling', 'steady', 'new']);
    expect(lineOf([0, 0, 4, 4], 9)?.trend).to.equal(null);
  });

  it('names the worst first, and leaves out what never failed', () => {
    const builder = (name: string, failures: number): DayRow => ({
      day: days[0]!,
      of: 'builder',
      name,
      tally: { ...nothingCounted, runs: 10, failures, seen: failures },
    });
    const lines = reportLines([builder('a', 1), builder('b', 3), builder('c', 0)], days);
    expect(lines.map(({ name }) => name)).to.deep.equal(['b', 'a']);
  });
});

describe('an excuse', () => {
  const after = (marks: string) =>
    Array.from(marks, (mark, nth) => ({ revision: `r${nth}`, at: nth, keys: mark === 'x' ? ['k'] : [] }));

  it('was wrong where two commits in a row then fail so on the branch', () => {
    const wrong = ['', 'x', 'x.x', '.xx', 'xx.'].map((marks) => wasWrong('k', after(marks)));
    expect(wrong).to.deep.equal([false, false, false, true, true]);
    const twice = [...after('x'), ...after('x')];
    expect(wasWrong('k', twice)).to.equal(false);
  });
});

describe('groups of incidents', () => {
  const minute = 60_000;
  const sample = (incident: string, text: string, wish: Partial<IncidentSample> = {}): IncidentSample => ({
    incident,
    kind: 'test-failure',
    text,
    first: 0,
    last: 0,
    ...wish,
  });
  const grouped = (...samples: readonly IncidentSample[]) => [...groupsOf(samples).values()];

  it('hold texts that differ by a tenth at most', () => {
    const text = 'AssertionError: expected the connection to be closed by the peer';
    expect(grouped(sample('a', text), sample('b', text.replace('closed', 'cl0sd')))).to.deep.equal([
      'a',
      'a',
    ]);
    const other = text.replace('connection to be closed', 'descriptor not to be open');
    expect(grouped(sample('a', text), sample('b', other))).to.deep.equal(['a', 'b']);
    expect(grouped(sample('a', text), sample('b', text, { kind: 'crash' }))).to.deep.equal(['a', 'b']);
    expect(grouped(sample('a', ''), sample('b', ''), sample('c', 'xy'))).to.deep.equal(['a', 'a', 'c']);
  });

  it('hold what machines suffered in one way within half an hour, whatever they said', () => {
    const lost = (incident: string, at: number) =>
      sample(incident, incident.repeat(9), { kind: 'worker-lost', first: at, last: at });
    expect(grouped(lost('a', 0), lost('b', 30 * minute), lost('c', 90 * minute))).to.deep.equal([
      'a',
      'a',
      'c',
    ]);
  });

  it('are made of five hundred hostile texts in a moment', () => {
    const started = performance.now();
    const many = Array.from({ length: 600 }, (_, nth) =>
      sample(`i${nth}`, `${'ab'.repeat(140)}${nth % 3}${nth}`),
    );
    expect(groupsOf(many).size).to.equal(600);
    expect(performance.now() - started).to.be.below(3_000);
  });
});
